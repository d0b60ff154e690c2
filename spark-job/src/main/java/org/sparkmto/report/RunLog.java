package org.sparkmto.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What {@code metrics.jsonl} says, read line by line into memory that depends on the number of
 * tasks and evaluations but not on the number of steps (except 4 bytes per step for the exact
 * median time).
 *
 * <p>After a restart the run does some steps again and logs them again: the later lines replace the
 * earlier ones.
 */
final class RunLog {
  static final String FILE = "metrics.jsonl";

  /** A restart from the checkpoint before {@code step}. */
  record Restart(long step, long attempt, String reason) {}

  /** How often the weights fell back to equal ones for one reason. */
  record Fallback(long count, long first, long last) {}

  /** Lines that could not be used, for one reason. */
  private record Unread(long count, long firstLine, long lastLine) {}

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  private static final ObjectReader JSON = MAPPER.reader();

  private final List<String> tasks;
  private final Series[] losses;
  private final Series[] shared;
  private final Series[] heads;
  private final Series[] norms;
  private final Series rate = new Series();
  private final Series time = new Series();
  private final CosineAverage cosines;
  private final long[] nonFinite;
  private final long[] firstNonFinite;
  private final TreeMap<String, TreeMap<Long, Evaluation>> evaluations = new TreeMap<>();
  private final List<Restart> restarts = new ArrayList<>();
  private final Map<String, Fallback> fallbacks = new LinkedHashMap<>();
  private final Map<String, Unread> unread = new LinkedHashMap<>();
  private float[] times = new float[1024];
  private int timed;
  private long lines;
  private long lastStep = -1;
  private boolean headsDiffer;

  private RunLog(List<String> tasks) {
    this.tasks = tasks;
    losses = series(tasks.size());
    shared = series(tasks.size());
    heads = series(tasks.size());
    norms = series(tasks.size());
    cosines = new CosineAverage(tasks.size());
    nonFinite = new long[tasks.size()];
    firstNonFinite = new long[tasks.size()];
  }

  private static Series[] series(int tasks) {
    return IntStream.range(0, tasks).mapToObj(task -> new Series()).toArray(Series[]::new);
  }

  static RunLog empty(List<String> tasks) {
    return new RunLog(tasks);
  }

  static RunLog read(InputStream in, List<String> tasks) throws IOException {
    RunLog log = new RunLog(tasks);
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        log.lines++;
        if (!line.isBlank()) {
          log.line(line);
        }
      }
    }
    return log;
  }

  private void line(String line) throws IOException {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      skip("not whole JSON");
      return;
    }
    switch (json.path("type").asText()) {
      case "step" -> step(json);
      case "evaluation" -> {
        Evaluation evaluation = Evaluation.read(json, true);
        evaluations
            .computeIfAbsent(evaluation.split(), split -> new TreeMap<>())
            .put(evaluation.step(), evaluation);
      }
      case "restart" ->
          restarts.add(
              new Restart(
                  json.path("step").asLong(),
                  json.path("attempt").asLong(),
                  json.path("reason").asText()));
      default -> skip("of a type this version does not know");
    }
  }

  private void skip(String reason) {
    Unread before = unread.getOrDefault(reason, new Unread(0, lines, lines));
    unread.put(reason, new Unread(before.count() + 1, before.firstLine(), lines));
  }

  private void step(JsonNode json) {
    for (String vector : List.of("losses", "shared", "heads", "norms")) {
      JsonNode values = json.path(vector);
      if (values.isArray() && values.size() != tasks.size()) {
        skip("with another number of tasks than " + RunHeader.FILE);
        return;
      }
    }
    JsonNode matrix = json.path("cosines");
    if (matrix.isArray() && !CosineAverage.fits(matrix, tasks.size())) {
      skip("with another number of tasks than " + RunHeader.FILE);
      return;
    }
    if (!json.path("step").isIntegralNumber() || json.path("step").asLong() < 0) {
      skip("without a step number");
      return;
    }
    long step = json.path("step").asLong();
    if (step <= lastStep) {
      rewind(step);
    }
    lastStep = step;
    JsonNode weights = json.path("shared");
    JsonNode headWeights = json.path("heads");
    for (int task = 0; task < tasks.size(); task++) {
      JsonNode loss = json.path("losses").path(task);
      if (!loss.isNull() && !loss.isMissingNode() && !add(losses[task], step, loss)) {
        firstNonFinite[task] = nonFinite[task]++ == 0 ? step : firstNonFinite[task];
      }
      add(shared[task], step, weights.path(task));
      add(heads[task], step, headWeights.path(task));
      add(norms[task], step, json.path("norms").path(task));
      headsDiffer |=
          headWeights.isArray()
              && weights.isArray()
              && headWeights.get(task).asDouble() != weights.get(task).asDouble();
    }
    if (matrix.isArray()) {
      cosines.add(matrix);
    }
    add(rate, step, json.path("rate"));
    JsonNode millis = json.path("millis");
    if (add(time, step, millis)) {
      times = timed == times.length ? Arrays.copyOf(times, 2 * timed) : times;
      times[timed++] = (float) millis.asDouble();
    }
    String reason = json.path("fallback").asText("");
    if (!reason.isEmpty() && !json.path("fallback").isNull()) {
      Fallback before = fallbacks.getOrDefault(reason, new Fallback(0, step, step));
      fallbacks.put(reason, new Fallback(before.count() + 1, before.first(), step));
    }
  }

  private static boolean add(Series series, long step, JsonNode value) {
    double number = Evaluation.number(value);
    if (Double.isFinite(number)) {
      series.add(step, number);
      return true;
    }
    return false;
  }

  private void rewind(long step) {
    for (Series[] group : List.of(losses, shared, heads, norms)) {
      for (Series series : group) {
        series.rewind(step);
      }
    }
    rate.rewind(step);
    time.rewind(step);
  }

  Series loss(int task) {
    return losses[task];
  }

  Series shared(int task) {
    return shared[task];
  }

  Series head(int task) {
    return heads[task];
  }

  Series norm(int task) {
    return norms[task];
  }

  Series rate() {
    return rate;
  }

  Series time() {
    return time;
  }

  CosineAverage cosines() {
    return cosines;
  }

  /** Whether the heads ever had other weights than the shared part. */
  boolean headsDiffer() {
    return headsDiffer;
  }

  /** The step after the last one logged; 0 if there is none. */
  long steps() {
    return lastStep + 1;
  }

  List<Restart> restarts() {
    return restarts;
  }

  Map<String, Fallback> fallbacks() {
    return fallbacks;
  }

  /** Names of the splits evaluated during training. */
  Collection<String> splits() {
    return evaluations.keySet();
  }

  /** Evaluations of a split in the order of their steps. */
  Collection<Evaluation> evaluations(String split) {
    return evaluations.getOrDefault(split, new TreeMap<>()).values();
  }

  /** NaN if no step was timed. */
  double medianMillis() {
    if (timed == 0) {
      return Double.NaN;
    }
    float[] sorted = Arrays.copyOf(times, timed);
    Arrays.sort(sorted);
    return timed % 2 == 1
        ? sorted[timed / 2]
        : (sorted[timed / 2 - 1] + (double) sorted[timed / 2]) / 2;
  }

  /** NaN if no step was timed. */
  double longestMillis() {
    double longest = Double.NaN;
    for (int step = 0; step < timed; step++) {
      longest = step == 0 ? times[0] : Math.max(longest, times[step]);
    }
    return longest;
  }

  /** What could not be read or is no number, as sentences. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    unread.forEach(
        (reason, skipped) -> {
          boolean end = skipped.count() == 1 && skipped.firstLine() == lines;
          notes.add(
              FILE
                  + (skipped.count() == 1
                      ? ": line " + NumberText.count(skipped.firstLine()) + " is "
                      : ": "
                          + NumberText.count(skipped.count())
                          + " lines (first "
                          + NumberText.count(skipped.firstLine())
                          + ", last "
                          + NumberText.count(skipped.lastLine())
                          + ") are ")
                  + reason
                  + (skipped.count() == 1 ? " and was skipped" : " and were skipped")
                  + (end ? "; it is the last one, as when a run is killed while writing" : "")
                  + ".");
        });
    for (int task = 0; task < tasks.size(); task++) {
      if (nonFinite[task] > 0) {
        notes.add(
            "Task "
                + tasks.get(task)
                + ": the loss was not finite in "
                + NumberText.count(nonFinite[task])
                + (nonFinite[task] == 1 ? " step" : " steps")
                + ", first in step "
                + NumberText.count(firstNonFinite[task])
                + ".");
      }
    }
    return notes;
  }
}
