package org.sparkmto.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.JsonFields;
import org.sparkmto.data.SealedJson;
import org.sparkmto.json.Json;
import org.sparkmto.options.ConfigurationException;

/**
 * Which model of a directory of retrainings is the one to use: the content of a file that is
 * replaced at once, after the model is complete.
 *
 * @param run identity of the run that left the model, in {@link #RUNS}
 * @param weights SHA-256 of its weights, lower-case hexadecimal
 * @param event number of the event in the history that made it so
 * @param since when
 */
public record PromotedModel(String run, String weights, int event, String since) {
  /** Name of the file. */
  public static final String FILE = "promoted.json";

  /** The directory of the runs, beside the file. */
  public static final String RUNS = "runs";

  private static final int FORMAT = 1;

  /** The content of the file. */
  public String toJson() {
    ObjectNode root = Json.object();
    root.put("format", FORMAT).put("run", run).put("weights", weights);
    return SealedJson.write(root.put("event", event).put("since", since));
  }

  /**
   * What the file of a directory says, if it is there.
   *
   * @throws ConfigurationException if it is damaged
   */
  public static Optional<PromotedModel> in(RunDirectory directory) {
    return directory.read(FILE).map(json -> parse(json, directory.name() + "/" + FILE));
  }

  private static PromotedModel parse(String json, String where) {
    try {
      JsonFields fields = SealedJson.readOnly(json, FORMAT);
      PromotedModel read =
          new PromotedModel(
              fields.text("run"),
              fields.text("weights"),
              fields.integer("event"),
              fields.text("since"));
      fields.end();
      return read;
    } catch (DataContractException e) {
      throw new ConfigurationException(
          SealedJson.complaint(where, e)
              + "; delete it, and the next retrain or rollback writes it anew from the history",
          e);
    }
  }

  /**
   * Opens the model.
   *
   * @param directory that holds the file
   * @throws ConfigurationException if it is not there, or another than was promoted
   */
  TrainedModel open(RunDirectory directory, Configuration hadoop) {
    TrainedModel model = TrainedModel.open(directory.below(RUNS).below(run).name(), hadoop);
    if (!model.digest().equals(weights)) {
      throw new ConfigurationException(
          model.run()
              + " holds another model than the one that was promoted (weights "
              + model.digest().substring(0, 12)
              + " instead of "
              + weights.substring(0, Math.min(12, weights.length()))
              + "); restore it, or go back with spark-mto rollback");
    }
    return model;
  }
}
