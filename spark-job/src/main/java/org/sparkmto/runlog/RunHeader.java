package org.sparkmto.runlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.sparkmto.json.Json;
import org.sparkmto.runlog.SharedWeights.Blocks;

/**
 * What a run is: {@code run.json}, written when it starts. Of a file that is read, every text may
 * be empty and every number absent, except the name and the tasks.
 *
 * @param run name of the run
 * @param method name of its method
 * @param methodTitle the method's name for people
 * @param sight what the method sees of a step, in words
 * @param level where it compares gradients; empty if it sees none
 * @param groups names of the groups of shared parameters that it weighs by themselves; empty if it
 *     weighs all of them alike
 * @param network name of the network's architecture
 * @param dataset name of the data set
 * @param tasks their names, in the order in which all lines of the log have them; at least one
 * @param ranks how many ranks trained
 * @param steps how many were planned
 * @param globalBatch samples of a step
 * @param sharedParameters numbers of the shared part
 * @param headParameters numbers of all heads
 * @param configuration as resolved
 * @param versions what it was made with: {@link Provenance#facts}
 * @param started when, in ISO 8601
 * @param seed of all draws
 * @param data what is known of the training split
 */
public record RunHeader(
    String run,
    String method,
    String methodTitle,
    String sight,
    String level,
    List<String> groups,
    String network,
    String dataset,
    List<String> tasks,
    OptionalLong ranks,
    OptionalLong steps,
    OptionalLong globalBatch,
    OptionalLong sharedParameters,
    OptionalLong headParameters,
    String configuration,
    Map<String, String> versions,
    String started,
    OptionalLong seed,
    TrainingData data) {

  /** Name of the file. */
  public static final String FILE = "run.json";

  /** Takes copies. */
  public RunHeader {
    groups = List.copyOf(groups);
    tasks = List.copyOf(tasks);
    versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
  }

  /** What people call the run by: its method's title, or else the best name there is. */
  public String title() {
    return methodTitle.isEmpty() ? (method.isEmpty() ? run : method) : methodTitle;
  }

  /**
   * What runs have in common that differ in their seed and directory alone; empty if the header
   * does not say its configuration.
   */
  public Optional<String> recipe() {
    if (configuration.isEmpty()) {
      return Optional.empty();
    }
    String settings = configuration;
    try {
      settings =
          ConfigFactory.parseString(configuration)
              .withoutPath("run.seed")
              .withoutPath("run.directory")
              .root()
              .render(ConfigRenderOptions.concise());
    } catch (ConfigException e) {
      // Of a file that a person has changed: then it stands for itself, as written.
    }
    return Optional.of(
        String.join("\n", method, network, dataset, String.join(" ", tasks), settings));
  }

  /** The content of {@link #FILE}. */
  public String toJson() {
    return Json.pretty(toNode());
  }

  /** Its fields, to be put into a larger file. */
  public ObjectNode toNode() {
    ObjectNode root = Json.object();
    LogFormat.put(root);
    text(root, "run", run);
    text(root, "method", method);
    text(root, "methodTitle", methodTitle);
    text(root, "sight", sight);
    text(root, "level", level);
    if (!groups.isEmpty()) {
      Json.putTexts(root, "groups", groups);
    }
    text(root, "network", network);
    text(root, "dataset", dataset);
    Json.putTexts(root, "tasks", tasks);
    number(root, "ranks", ranks);
    number(root, "steps", steps);
    number(root, "globalBatch", globalBatch);
    ObjectNode parameters = root.putObject("parameters");
    number(parameters, "shared", sharedParameters);
    number(parameters, "heads", headParameters);
    text(root, "configuration", configuration);
    Json.putTexts(root, "versions", versions);
    text(root, "started", started);
    number(root, "seed", seed);
    data.putInto(root);
    return root;
  }

  private static void text(ObjectNode node, String name, String text) {
    if (!text.isEmpty()) {
      node.put(name, text);
    }
  }

  private static void number(ObjectNode node, String name, OptionalLong number) {
    number.ifPresent(value -> node.put(name, value));
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param file its name, for messages
   * @throws LogFormatException if it is no such file, or of a later format
   */
  public static RunHeader parse(String json, String file) {
    JsonNode root;
    try {
      root = Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new LogFormatException(file + " is not JSON: " + e.getOriginalMessage(), e);
    }
    LogFormat.of(root, file);
    String run = root.path("run").asText();
    if (run.isEmpty()) {
      throw new LogFormatException(file + " has no 'run' (the name of the run)");
    }
    List<String> tasks = Json.texts(root.path("tasks"));
    if (tasks.isEmpty()) {
      throw new LogFormatException(file + " has no 'tasks' (the list of task names)");
    }
    return new RunHeader(
        run,
        root.path("method").asText(),
        root.path("methodTitle").asText(),
        root.path("sight").asText(),
        root.path("level").asText(),
        Json.texts(root.path("groups")),
        root.path("network").asText(),
        root.path("dataset").asText(),
        tasks,
        number(root.path("ranks")),
        number(root.path("steps")),
        number(root.path("globalBatch")),
        number(root.at("/parameters/shared")),
        number(root.at("/parameters/heads")),
        root.path("configuration").asText(),
        Json.textsByName(root.path("versions")),
        root.path("started").asText(),
        number(root.path("seed")),
        TrainingData.of(root));
  }

  private static OptionalLong number(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong()
        ? OptionalLong.of(node.longValue())
        : OptionalLong.empty();
  }

  /** What the several weights of a task in one row are, in a log of format 1. */
  Blocks blocksOfRow() {
    return sight.contains("parts of the batch") ? Blocks.PARTS : Blocks.GROUPS;
  }
}
