package org.sparkmto.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkmto.json.Json;

/**
 * What {@link StepBenchmark} measured.
 *
 * @param environment where it was measured
 * @param rows one per method and mode
 */
public record StepTable(
    StepBenchmark.Settings settings, Map<String, String> environment, List<Row> rows) {

  public StepTable {
    environment = Collections.unmodifiableMap(environment);
    rows = List.copyOf(rows);
  }

  /** What was measured together. */
  public record Key(String method, String mode) {}

  /**
   * One method in one mode.
   *
   * @param median of all timed steps, in milliseconds
   * @param least of them, in milliseconds
   * @param cpu median processor time of the rank's own thread, in milliseconds
   * @param steps how many they are
   * @param toLibtorch median ratio to the bare libtorch loop of the same round
   * @param toWithoutSpark the same to the method's own step without Spark
   * @param toEqualWeights the same to equal weights in the same mode
   * @param sent bytes that a rank sends to others per step
   * @param toDriver bytes that the driver receives per step
   */
  public record Row(
      Key key,
      double median,
      double least,
      double cpu,
      int steps,
      double toLibtorch,
      double toWithoutSpark,
      double toEqualWeights,
      long sent,
      long toDriver) {}

  /** As a table for people. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    var problem = settings.problem();
    text.append(
        String.format(
            Locale.ROOT,
            "ResNet-18 of width %d, RGB images %d x %d from memory, global batch %d, %d binary"
                + " tasks,%nSGD with momentum (libtorch's own in the mode 'libtorch alone'),"
                + " %d thread(s) per rank%n",
            problem.options().get("width"),
            problem.data().height(),
            problem.data().width(),
            problem.batch(),
            problem.data().tasks().size(),
            settings.threads()));
    List<String> words = new ArrayList<>();
    environment.forEach((name, value) -> words.add(name + " " + value));
    text.append(String.join(", ", words)).append(String.format("%n%n"));
    String form = "%-13s %-15s %6s %10s %10s %8s %9s %8s %6s %12s %10s%n";
    text.append(
        form.formatted(
            "method",
            "mode",
            "steps",
            "median ms",
            "least ms",
            "cpu ms",
            "/libtorch",
            "/alone",
            "/EW",
            "sent B/rank",
            "driver B"));
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              form,
              row.key().method(),
              row.key().mode(),
              row.steps(),
              decimals(1, row.median()),
              decimals(1, row.least()),
              decimals(1, row.cpu()),
              decimals(3, row.toLibtorch()),
              decimals(3, row.toWithoutSpark()),
              decimals(2, row.toEqualWeights()),
              String.format(Locale.ROOT, "%,d", row.sent()),
              String.format(Locale.ROOT, "%,d", row.toDriver())));
    }
    text.append(
        String.format(
            "%n'Gloo': TCP, where ranks of one machine share memory otherwise. 'in turn': the same,"
                + " and nothing travels while a rank%ncomputes. 'apart': each rank with its part of"
                + " the batch by itself, all at once, which is what the machine has for as"
                + " many%nranks. Ratios: to the bare libtorch loop with equal weights, to the"
                + " method's own step without Spark,%nto equal weights in the same mode; medians"
                + " over the rounds (%d). CPU: the rank's own thread.%n",
            settings.rounds()));
    return text.toString();
  }

  private static String decimals(int places, double value) {
    return String.format(Locale.ROOT, "%." + places + "f", value);
  }

  /** As JSON. */
  public String toJson() {
    ObjectNode json = Json.object();
    var problem = settings.problem();
    json.put("tasks", problem.data().tasks().size())
        .put("width", problem.options().get("width"))
        .put("side", problem.data().height())
        .put("batch", problem.batch())
        .put("threadsPerRank", settings.threads())
        .put("rounds", settings.rounds());
    ObjectNode where = json.putObject("environment");
    environment.forEach(where::put);
    var array = json.putArray("rows");
    for (Row row : rows) {
      array
          .addObject()
          .put("method", row.key().method())
          .put("mode", row.key().mode())
          .put("steps", row.steps())
          .put("medianMillis", row.median())
          .put("leastMillis", row.least())
          .put("cpuMillis", row.cpu())
          .put("ratioToLibtorch", row.toLibtorch())
          .put("ratioToWithoutSpark", row.toWithoutSpark())
          .put("ratioToEqualWeights", row.toEqualWeights())
          .put("bytesSentPerRankAndStep", row.sent())
          .put("bytesToDriverPerStep", row.toDriver());
    }
    return Json.pretty(json);
  }
}
