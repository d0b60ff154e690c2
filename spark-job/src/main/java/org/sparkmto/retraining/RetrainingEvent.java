package org.sparkmto.retraining;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.JsonFields;
import org.sparkmto.data.SealedJson;
import org.sparkmto.json.Json;
import org.sparkmto.options.ConfigurationException;

/**
 * Something that happened to the promoted model, or might have: the content of one file of the
 * history, which is never changed.
 *
 * @param number of the event, from 1 on
 * @param outcome what it came to
 * @param run the run that was decided about; of a way back, the one that it led to
 * @param time when, in ISO 8601
 * @param reasons why, in sentences
 * @param data what was trained on: name, directory and digest; empty for a way back
 * @param split that both models were evaluated on; empty if none was
 * @param model the model of the run, if there is one
 * @param before the model that was promoted until then, if there was one
 * @param delta Delta_m of the model against that, in percent, lower is better; NaN if not known
 * @param gained tasks that the model has and the one before has not
 * @param lost tasks that the model before has and this one has not
 */
public record RetrainingEvent(
    int number,
    Outcome outcome,
    String run,
    String time,
    List<String> reasons,
    Map<String, String> data,
    String split,
    Optional<Judged> model,
    Optional<Judged> before,
    double delta,
    List<String> gained,
    List<String> lost) {
  private static final int FORMAT = 1;
  private static final String MODEL = "model";
  private static final String PREVIOUS = "before";

  /** What an event comes to. */
  public enum Outcome {
    /** The new model was promoted. */
    PROMOTED("promoted", true),
    /** The old model was kept. */
    KEPT("kept", false),
    /** There was nothing to train on. */
    NOTHING_NEW("nothing-new", false),
    /** An earlier model was promoted again. */
    ROLLED_BACK("rolled-back", true);

    private final String word;
    private final boolean moves;

    Outcome(String word, boolean moves) {
      this.word = word;
      this.moves = moves;
    }

    /** As it stands in the file. */
    public String word() {
      return word;
    }

    /** Whether the promoted model is another from then on. */
    boolean moves() {
      return moves;
    }

    private static Outcome of(String word) {
      for (Outcome outcome : values()) {
        if (outcome.word.equals(word)) {
          return outcome;
        }
      }
      throw new DataContractException("has the unknown outcome '" + word + "'");
    }
  }

  /**
   * A model and what it was found to be worth.
   *
   * @param run that left it
   * @param steps that it was trained for
   * @param weights SHA-256 of its weights
   * @param tasks metrics on the split, by task; empty if it was not evaluated
   */
  public record Judged(
      String run, long steps, String weights, Map<String, Map<String, Double>> tasks) {
    public Judged {
      tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
    }

    private void putInto(ObjectNode root, String name) {
      ObjectNode node = root.putObject(name);
      node.put("run", run).put("steps", steps).put("weights", weights);
      ObjectNode byTask = node.putObject("tasks");
      tasks.forEach((task, values) -> Json.put(byTask, task, values));
    }

    private static Judged parse(JsonFields fields) {
      Judged read =
          new Judged(
              fields.text("run"),
              fields.longInteger("steps"),
              fields.text("weights"),
              fields.map("tasks", (task, values) -> Json.numbersByName(values)));
      fields.end();
      return read;
    }
  }

  public RetrainingEvent {
    reasons = List.copyOf(reasons);
    data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
    gained = List.copyOf(gained);
    lost = List.copyOf(lost);
  }

  /** Whether it is the decision about a run, which there is once for each. */
  boolean isDecision() {
    return outcome != Outcome.ROLLED_BACK;
  }

  /** The text of its file. */
  public String toJson() {
    ObjectNode root = Json.object();
    root.put("format", FORMAT).put("number", number).put("run", run);
    root.put("decision", outcome.word()).put("time", time);
    Json.putTexts(root, "reasons", reasons);
    Json.putTexts(root, "data", data);
    root.put("split", split);
    model.ifPresent(judged -> judged.putInto(root, MODEL));
    before.ifPresent(judged -> judged.putInto(root, PREVIOUS));
    Json.put(root, "delta", delta);
    Json.putTexts(root, "gained", gained);
    Json.putTexts(root, "lost", lost);
    return SealedJson.write(root);
  }

  /**
   * Reads what {@link #toJson} gave.
   *
   * @param where name of the file, for messages
   * @throws ConfigurationException if it is damaged or of a later format
   */
  static RetrainingEvent parse(String json, String where) {
    try {
      JsonFields fields = SealedJson.readOnly(json, FORMAT);
      RetrainingEvent read =
          new RetrainingEvent(
              fields.integer("number"),
              Outcome.of(fields.text("decision")),
              fields.text("run"),
              fields.text("time"),
              fields.texts("reasons"),
              fields.textsByName("data"),
              fields.text("split"),
              judged(fields, MODEL),
              judged(fields, PREVIOUS),
              Json.number(fields.any("delta")),
              fields.texts("gained"),
              fields.texts("lost"));
      fields.end();
      return read;
    } catch (DataContractException e) {
      throw new ConfigurationException(
          SealedJson.complaint(where, e) + "; restore it from a copy, the history is not guessed",
          e);
    }
  }

  private static Optional<Judged> judged(JsonFields fields, String name) {
    return fields.has(name) ? Optional.of(Judged.parse(fields.fields(name))) : Optional.empty();
  }
}
