package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkmto.json.Json;
import org.sparkmto.runlog.SharedWeights.Blocks;

/**
 * A step of the training.
 *
 * @param step its number, from 0
 * @param epoch the pass over the data that it belongs to, from 0
 * @param losses of the tasks, before the update; NaN for a task without a label in the batch
 * @param shared weights of the task gradients in the gradient of the shared parameters
 * @param heads weights of the task gradients in those of the heads
 * @param norms of the task gradients, where the method sees them
 * @param cosines between the task gradients, row by row, where the method sees them and the step is
 *     one whose cosines are logged; NaN beside a gradient of zero
 * @param rate the learning rate; NaN if not known
 * @param millis time since the step before; NaN if not known
 * @param fallback why the tasks got equal weights instead of the method's
 * @param clippedFrom length of the combined gradient before it was clipped, where it was
 */
public record StepLine(
    long step,
    long epoch,
    List<Double> losses,
    SharedWeights shared,
    List<Double> heads,
    Optional<List<Double>> norms,
    Optional<List<List<Double>>> cosines,
    double rate,
    double millis,
    Optional<String> fallback,
    Optional<Double> clippedFrom)
    implements LogLine {
  static final String TYPE = "step";

  /** Takes copies. */
  public StepLine {
    losses = List.copyOf(losses);
    heads = List.copyOf(heads);
    norms = norms.map(List::copyOf);
    cosines = cosines.map(rows -> rows.stream().map(List::copyOf).toList());
  }

  /** This step, whose combined gradient was clipped. */
  public StepLine clippedFrom(double norm) {
    return new StepLine(
        step,
        epoch,
        losses,
        shared,
        heads,
        norms,
        cosines,
        rate,
        millis,
        fallback,
        Optional.of(norm));
  }

  @Override
  public String toJson() {
    ObjectNode line = LogLine.start(TYPE, step).put("epoch", epoch);
    Json.put(line, "losses", losses);
    line.set("shared", shared.toJson());
    Json.put(line, "heads", heads);
    norms.ifPresent(values -> Json.put(line, "norms", values));
    cosines.ifPresent(
        rows -> {
          ArrayNode array = line.putArray("cosines");
          rows.forEach(row -> array.add(Json.array(row)));
        });
    Json.put(line, "rate", rate);
    Json.put(line, "millis", millis);
    fallback.ifPresent(reason -> line.put("fallback", reason));
    clippedFrom.ifPresent(norm -> Json.put(line, "clipped-from", norm));
    return line.toString();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param tasks how many the run has
   * @param ofRow what the blocks of weights in a single row are
   */
  static StepLine parse(JsonNode line, int tasks, Blocks ofRow) throws UnreadableLineException {
    long step = LogLine.stepOf(line);
    JsonNode fallback = line.path("fallback");
    return new StepLine(
        step,
        line.path("epoch").asLong(),
        ofTasks(line.path("losses"), tasks),
        SharedWeights.parse(line.path("shared"), tasks, ofRow),
        ofTasks(line.path("heads"), tasks),
        line.has("norms") ? Optional.of(ofTasks(line.path("norms"), tasks)) : Optional.empty(),
        line.has("cosines") ? Optional.of(matrix(line.path("cosines"), tasks)) : Optional.empty(),
        Json.number(line.path("rate")),
        Json.number(line.path("millis")),
        fallback.isTextual() ? Optional.of(fallback.textValue()) : Optional.empty(),
        line.has("clipped-from")
            ? Optional.of(Json.number(line.path("clipped-from")))
            : Optional.empty());
  }

  private static List<List<Double>> matrix(JsonNode rows, int tasks)
      throws UnreadableLineException {
    if (rows.size() != tasks) {
      throw otherTasks();
    }
    List<List<Double>> matrix = new ArrayList<>();
    for (JsonNode row : rows) {
      matrix.add(ofTasks(row, tasks));
    }
    return matrix;
  }

  private static List<Double> ofTasks(JsonNode array, int tasks) throws UnreadableLineException {
    if (!array.isArray() || array.size() != tasks) {
      throw otherTasks();
    }
    return Json.numbers(array);
  }

  static UnreadableLineException otherTasks() {
    return new UnreadableLineException("with another number of tasks than " + RunHeader.FILE);
  }
}
