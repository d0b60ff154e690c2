package org.sparkmto.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.SealedJson;
import org.sparkmto.json.Json;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.LogFormatException;

/**
 * The file of an evaluation, which says of which weights and data it is and carries a digest of its
 * own: others are compared with it later.
 */
final class SealedEvaluation {
  private static final String MODEL = "model";
  private static final String DATA = "data";

  /** The last format of evaluations that bore no digest. */
  private static final int UNSEALED_FORMAT = 1;

  private SealedEvaluation() {}

  /**
   * The content of the file.
   *
   * @param model digest of the weights
   * @param data digest of the split
   * @param yesFromProbability thresholds of the model, by task, one for each label; none where it
   *     decides at one half
   */
  static String write(
      Evaluation evaluation,
      String model,
      String data,
      Map<String, List<Double>> yesFromProbability) {
    try {
      ObjectNode root = (ObjectNode) Json.parse(evaluation.toJson());
      if (!yesFromProbability.isEmpty()) {
        ObjectNode thresholds = root.putObject("yesFromProbability");
        yesFromProbability.forEach((task, of) -> Json.put(thresholds, task, of));
      }
      return SealedJson.write(root.put(MODEL, model).put(DATA, data));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was just written is JSON", e);
    }
  }

  /** Reads it; absent if it is of other weights or data, of an earlier format, or damaged. */
  static Optional<Evaluation> read(String json, String model, String data) {
    try {
      ObjectNode root = SealedJson.read(json, UNSEALED_FORMAT);
      boolean same =
          root.path(MODEL).asText().equals(model) && root.path(DATA).asText().equals(data);
      return same ? Optional.of(Evaluation.parse(json, "evaluation")) : Optional.empty();
    } catch (DataContractException | LogFormatException e) {
      return Optional.empty();
    }
  }
}
