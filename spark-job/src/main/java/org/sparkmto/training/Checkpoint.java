package org.sparkmto.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.JsonFields;
import org.sparkmto.data.SampleSchema;
import org.sparkmto.data.SealedJson;
import org.sparkmto.json.Json;
import org.sparkmto.network.ScriptFiles;

/**
 * The manifest of a checkpoint or a trained model: which files make it up, and everything one needs
 * to know to continue the run, to repeat it or to use the model. It is written after the files it
 * names; what has no manifest is no checkpoint.
 *
 * @param step steps made
 * @param directory where it lies, relative to the run
 * @param files its files
 * @param configuration the run's configuration, rendered
 * @param identity the part of the configuration that must not change when the run goes on
 * @param tasks names of the tasks, in order
 * @param data directory, name and content digests of the data set
 * @param environment versions, cluster and ranks
 * @param validation metrics of the validation split, by task and metric; empty if there is none
 * @param selection which checkpoint is the best so far
 * @param statistics what the inputs are standardised by, by column, whatever data set the model
 *     looks at later; empty in models of earlier versions
 * @param thresholds from which logit on the answer is yes, by task, one for each label, where a
 *     metric had the validation split choose that; NaN for a label that could not choose
 * @param schema what the model needs to know of its data set; absent in models of earlier versions
 */
record Checkpoint(
    long step,
    String directory,
    List<CheckpointFile> files,
    String configuration,
    Map<String, String> identity,
    List<String> tasks,
    Map<String, String> data,
    Map<String, String> environment,
    Map<String, Map<String, Double>> validation,
    Selection selection,
    Map<String, ChannelStatistics> statistics,
    Map<String, List<Double>> thresholds,
    Optional<SampleSchema> schema) {
  static final int FORMAT = 3;

  /** The format without a digest of its own and without a kind. */
  static final int UNSEALED_FORMAT = 1;

  /** The last format whose models cannot be used without their data set. */
  private static final int WITHOUT_SCHEMA = 2;

  static final String MANIFEST = "manifest.json";
  static final String WEIGHTS = "model.safetensors";
  static final String AVERAGE = "average.safetensors";
  static final String OPTIMIZER = "optimizer.safetensors";
  static final String METHOD = "method.safetensors";
  static final String AGGREGATOR = "aggregator.safetensors";
  static final String STATISTICS = "statistics.safetensors";

  private static final String THRESHOLDS = "thresholds";

  /** In the environment of a model whose run has not made all its steps: why. */
  private static final String UNFINISHED = "unfinished";

  Checkpoint {
    files = List.copyOf(files);
    identity = Collections.unmodifiableMap(new TreeMap<>(identity));
    tasks = List.copyOf(tasks);
    statistics = Collections.unmodifiableMap(new TreeMap<>(statistics));
    data = Collections.unmodifiableMap(new TreeMap<>(data));
    thresholds = Collections.unmodifiableMap(new TreeMap<>(thresholds));
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
  }

  String toJson() {
    ObjectNode root = Json.object();
    root.put("format", FORMAT).put("kind", kind(directory)).put("step", step);
    ArrayNode fileNodes = root.putArray("files");
    for (CheckpointFile file : files) {
      fileNodes
          .addObject()
          .put("name", file.name())
          .put("bytes", file.bytes())
          .put("sha256", file.sha256());
    }
    Json.putTexts(root, "tasks", tasks);
    Json.putTexts(root, "data", data);
    Json.putTexts(root, "environment", environment);
    Json.putTexts(root, "identity", identity);
    Selection.putMetrics(root.putObject("validation"), validation);
    root.set("selection", selection.toJson());
    ObjectNode statisticsNode = root.putObject("statistics");
    statistics.forEach((column, of) -> of.put(statisticsNode.putObject(column)));
    if (!thresholds.isEmpty()) {
      ObjectNode logits = root.putObject(THRESHOLDS);
      thresholds.forEach((task, of) -> Json.put(logits, task, of));
    }
    schema.ifPresent(known -> root.set("schema", known.toJson()));
    root.put("configuration", configuration);
    return SealedJson.write(root);
  }

  private static String kind(String directory) {
    return directory.equals(RunDirectory.MODEL) ? "model" : "checkpoint";
  }

  /**
   * Reads a manifest and checks its digest, which those of format 1 do not have. What it says of
   * the files beside it is not checked here.
   *
   * @throws UnsoundException if it is damaged, of another format, or names no such files as make up
   *     a checkpoint or a model
   */
  static Checkpoint parse(String json, String directory) throws UnsoundException {
    try {
      JsonFields fields = JsonFields.of(SealedJson.read(json, UNSEALED_FORMAT), "");
      int format = fields.integer("format");
      if (format < UNSEALED_FORMAT || format > FORMAT) {
        throw new DataContractException(
            "is of format "
                + format
                + "; this version reads formats "
                + UNSEALED_FORMAT
                + " to "
                + FORMAT);
      }
      boolean sealed = format > UNSEALED_FORMAT;
      if (sealed && !fields.text("kind").equals(kind(directory))) {
        throw new DataContractException("is not that of a " + kind(directory));
      }
      Checkpoint read =
          new Checkpoint(
              fields.longInteger("step"),
              directory,
              fields.list("files", node -> file(JsonFields.of(node, "files"))),
              fields.text("configuration"),
              fields.textsByName("identity"),
              fields.texts("tasks"),
              fields.textsByName("data"),
              fields.textsByName("environment"),
              Selection.metricsOf(fields.fields("validation")),
              // Those of the first runs did not select, and standardised by the data set.
              sealed || fields.has("selection")
                  ? Selection.parse(fields.fields("selection"))
                  : Selection.against(Map.of()),
              sealed || fields.has("statistics")
                  ? fields.map(
                      "statistics", (name, node) -> ChannelStatistics.of(JsonFields.of(node, name)))
                  : Map.of(),
              fields.has(THRESHOLDS)
                  ? fields.map(THRESHOLDS, (task, logits) -> Json.numbers(logits))
                  : Map.of(),
              format > WITHOUT_SCHEMA && fields.has("schema")
                  ? Optional.of(SampleSchema.parse(fields.fields("schema")))
                  : Optional.empty());
      fields.end();
      read.requireWhole();
      return read;
    } catch (DataContractException e) {
      throw new UnsoundException(SealedJson.complaint(directory + "/" + MANIFEST, e), e);
    }
  }

  private static CheckpointFile file(JsonFields fields) {
    CheckpointFile file =
        new CheckpointFile(fields.text("name"), fields.longInteger("bytes"), fields.text("sha256"));
    fields.end();
    return file;
  }

  private void requireWhole() {
    Set<String> names = new TreeSet<>();
    files.forEach(file -> names.add(file.name()));
    boolean whole =
        kind(directory).equals("model")
            ? names.stream()
                .filter(name -> !ScriptFiles.isName(name))
                .toList()
                .equals(List.of(WEIGHTS))
            : names.containsAll(Set.of(WEIGHTS, OPTIMIZER, AGGREGATOR))
                && Set.of(WEIGHTS, AVERAGE, OPTIMIZER, AGGREGATOR, METHOD, STATISTICS)
                    .containsAll(names);
    if (step < 0 || !whole || names.size() < files.size()) {
      throw new DataContractException(
          "names the files "
              + names
              + " of step "
              + step
              + ", which make up no "
              + kind(directory));
    }
  }

  /** Whether a manifest that {@link #parse} accepted carries a digest of its own. */
  static boolean isSealed(String json) {
    return SealedJson.isSealed(json);
  }

  /** The file of this name, if it has one. */
  Optional<CheckpointFile> file(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  /** What is published as the weights of the model: their average, where there is one. */
  CheckpointFile toPublish() {
    return file(AVERAGE).orElseGet(this::weights);
  }

  /** The same as the file of the model that it becomes. */
  CheckpointFile published() {
    return new CheckpointFile(WEIGHTS, toPublish().bytes(), toPublish().sha256());
  }

  /** The weights, which every checkpoint and model has. */
  CheckpointFile weights() {
    return file(WEIGHTS).orElseThrow();
  }

  /** This checkpoint with what its model needs to know of its data set. */
  Checkpoint with(SampleSchema known) {
    return with(directory, files, environment, Optional.of(known));
  }

  /** This checkpoint as one of a run that is to go on. */
  Checkpoint unfinished(String reason) {
    Map<String, String> facts = new TreeMap<>(environment);
    facts.put(UNFINISHED, reason);
    return with(directory, files, facts, schema);
  }

  /** How its run ended, if that was before its last step and it is to go on. */
  Optional<String> unfinished() {
    return Optional.ofNullable(environment.get(UNFINISHED));
  }

  /**
   * This checkpoint's weights as the model of its run.
   *
   * @param scripts files of the network that hold them, too; none for most networks
   */
  Checkpoint model(List<CheckpointFile> scripts) {
    List<CheckpointFile> all = new ArrayList<>(List.of(published()));
    all.addAll(scripts);
    return with(RunDirectory.MODEL, all, environment, schema);
  }

  private Checkpoint with(
      String place,
      List<CheckpointFile> content,
      Map<String, String> facts,
      Optional<SampleSchema> ofData) {
    return new Checkpoint(
        step,
        place,
        content,
        configuration,
        identity,
        tasks,
        data,
        facts,
        validation,
        selection,
        statistics,
        thresholds,
        ofData);
  }
}
