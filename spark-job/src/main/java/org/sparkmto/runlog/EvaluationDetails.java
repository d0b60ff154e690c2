package org.sparkmto.runlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.json.Json;

/**
 * What was found beside the metrics of an evaluation: a file {@code details-<split>.json} in the
 * run.
 *
 * @param split name of the split
 * @param step steps that the network was trained for
 * @param tasks what was found of each, in order
 */
public record EvaluationDetails(String split, long step, Map<String, Of> tasks) {
  private static final FilesBySplit FILES = new FilesBySplit("details");

  /**
   * Of a task.
   *
   * @param labels names of its classes or labels in order; none of real numbers
   * @param confusion how often each true class (row) was taken for each (column); no rows of a task
   *     without classes
   * @param reliability ranges of probability that occurred, from low to high; none of real numbers
   * @param loss what the loss of a sample is, in words
   * @param worst the samples of the highest loss, the worst first
   */
  public record Of(
      List<String> labels,
      List<List<Long>> confusion,
      List<Bin> reliability,
      String loss,
      List<Sample> worst) {
    /** Takes copies. */
    public Of {
      labels = List.copyOf(labels);
      confusion = confusion.stream().map(List::copyOf).toList();
      reliability = List.copyOf(reliability);
      worst = List.copyOf(worst);
    }
  }

  /**
   * Answers whose probability lies in one tenth of 0..1: of the class that was said, or of yes.
   *
   * @param count how many
   * @param probability their mean
   * @param share how many of them were right, or were a yes
   */
  public record Bin(long count, double probability, double share) {}

  /**
   * A sample.
   *
   * @param id its identity
   * @param loss how wrong the answer is
   * @param label what is true, in words; may be empty
   * @param said what the network has said, in words; may be empty
   * @param pictures JPEG files in base 64: the image, if there is one, and of a map what is true
   *     and what was said
   */
  public record Sample(String id, double loss, String label, String said, List<String> pictures) {
    /** Takes a copy. */
    public Sample {
      pictures = List.copyOf(pictures);
    }
  }

  /** Takes a copy. */
  public EvaluationDetails {
    tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
  }

  /** Name of the file of a split. */
  public static String file(String split) {
    return FILES.of(split);
  }

  /** Whether a file of a run has the name of one. */
  public static boolean isFile(String name) {
    return FILES.have(name);
  }

  /** The content of {@link #file}. */
  public String toJson() {
    ObjectNode root = Json.object();
    LogFormat.put(root);
    root.put("split", split).put("step", step);
    ObjectNode byTask = root.putObject("tasks");
    tasks.forEach((task, found) -> put(byTask.putObject(task), found));
    return Json.pretty(root);
  }

  private static void put(ObjectNode node, Of found) {
    Json.putTexts(node, "labels", found.labels());
    ArrayNode confusion = node.putArray("confusion");
    found.confusion().forEach(counts -> counts.forEach(confusion.addArray()::add));
    ArrayNode bins = node.putArray("reliability");
    for (Bin bin : found.reliability()) {
      ObjectNode one = bins.addObject().put("count", bin.count());
      Json.put(one, "probability", bin.probability());
      Json.put(one, "share", bin.share());
    }
    node.put("loss", found.loss());
    ArrayNode worst = node.putArray("worst");
    for (Sample sample : found.worst()) {
      ObjectNode one = worst.addObject().put("id", sample.id());
      Json.put(one, "loss", sample.loss());
      one.put("label", sample.label()).put("said", sample.said());
      Json.putTexts(one, "pictures", sample.pictures());
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param file its name, for messages
   * @throws LogFormatException if it is damaged or of a later format
   */
  public static EvaluationDetails parse(String json, String file) {
    try {
      JsonNode root = Json.parse(json);
      LogFormat.of(root, file);
      Map<String, Of> tasks = new LinkedHashMap<>();
      root.path("tasks")
          .properties()
          .forEach(task -> tasks.put(task.getKey(), of(task.getValue())));
      return new EvaluationDetails(root.path("split").asText(), root.path("step").asLong(), tasks);
    } catch (JsonProcessingException e) {
      throw new LogFormatException(file + " is not whole JSON: evaluate the model again", e);
    }
  }

  private static Of of(JsonNode node) {
    List<List<Long>> confusion = new ArrayList<>();
    for (JsonNode row : node.path("confusion")) {
      List<Long> counts = new ArrayList<>();
      row.forEach(count -> counts.add(count.asLong()));
      confusion.add(counts);
    }
    List<Bin> bins = new ArrayList<>();
    for (JsonNode bin : node.path("reliability")) {
      bins.add(
          new Bin(
              bin.path("count").asLong(),
              Json.number(bin.path("probability")),
              Json.number(bin.path("share"))));
    }
    List<Sample> worst = new ArrayList<>();
    for (JsonNode sample : node.path("worst")) {
      worst.add(
          new Sample(
              sample.path("id").asText(),
              Json.number(sample.path("loss")),
              sample.path("label").asText(),
              sample.path("said").asText(),
              Json.texts(sample.path("pictures"))));
    }
    return new Of(
        Json.texts(node.path("labels")), confusion, bins, node.path("loss").asText(), worst);
  }
}
