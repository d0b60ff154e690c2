package org.sparkmto.experiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.json.Json;
import org.sparkmto.metric.Median;
import org.sparkmto.trial.ExchangeTimes;
import org.sparkmto.trial.ExchangeTimes.Cost;
import org.sparkmto.trial.ExchangeTimes.Way;

/**
 * What the ways to one update of K tasks move between ranks and to the driver, side by side: bytes,
 * memory, and time without anything that is computed.
 */
public final class ExchangeBenchmark {
  private static final double MEBIBYTE = 1 << 20;

  /**
   * What to measure.
   *
   * @param tasks numbers of tasks
   * @param parameters numbers of shared parameters
   * @param sketch numbers of a sketch of a gradient
   * @param bySpark whether Spark's own way is measured, too
   */
  public record Settings(
      List<Integer> tasks,
      List<Integer> parameters,
      int ranks,
      int sketch,
      int steps,
      boolean bySpark) {
    /** Keeps copies, and checks the numbers. */
    public Settings {
      tasks = List.copyOf(tasks);
      parameters = List.copyOf(parameters);
      for (int each : tasks) {
        for (int length : parameters) {
          new ExchangeTimes(ranks, each, length, sketch, steps, false);
        }
      }
    }
  }

  private record Row(int tasks, int parameters, Way way, Optional<Cost> cost, String failure) {
    /** By what ranks reached each other. */
    String over() {
      return way == Way.SPARK ? "" : cost.map(Cost::shared).orElse(false) ? "memory" : "Gloo";
    }

    String cpu() {
      return cost.map(Cost::cpu)
          .filter(nanos -> !nanos.isNaN())
          .map(nanos -> String.format(Locale.ROOT, "%.1f", nanos / 1e6))
          .orElse("");
    }

    double millis() {
      return cost.map(found -> Median.of(found.nanos().stream().map(nanos -> nanos / 1e6).toList()))
          .orElse(Double.NaN);
    }
  }

  private final Settings settings;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();

  private ExchangeBenchmark(Settings settings) {
    this.settings = settings;
  }

  /**
   * Measures, the way of Spark last.
   *
   * @param progress hears of every way
   */
  public static ExchangeBenchmark run(
      JavaSparkContext spark, Settings settings, PrintWriter progress) throws InterruptedException {
    ExchangeBenchmark benchmark = new ExchangeBenchmark(settings);
    double loadBefore = StepBenchmark.load();
    // Libraries come with the first ranks, and count for nobody.
    boolean shared =
        new ExchangeTimes(settings.ranks(), 1, settings.ranks(), 1, 1, false)
            .inTurns(List.of(Way.PLAIN), spark)
            .get(Way.PLAIN)
            .shared();
    benchmark.environment.put("master", spark.master().replaceAll(":\\d+$", ""));
    for (int parameters : settings.parameters()) {
      for (int tasks : settings.tasks()) {
        if (shared) {
          benchmark.byRanks(spark, tasks, parameters, false, progress);
        }
        benchmark.byRanks(spark, tasks, parameters, true, progress);
        if (settings.bySpark()) {
          benchmark.add(benchmark.bySpark(spark, tasks, parameters), progress);
        }
      }
    }
    benchmark.environment.putAll(StepBenchmark.environment(loadBefore));
    return benchmark;
  }

  private ExchangeTimes times(int tasks, int parameters, boolean overGloo) {
    return new ExchangeTimes(
        settings.ranks(), tasks, parameters, settings.sketch(), settings.steps(), overGloo);
  }

  private void byRanks(
      JavaSparkContext spark, int tasks, int parameters, boolean overGloo, PrintWriter progress)
      throws InterruptedException {
    times(tasks, parameters, overGloo)
        .inTurns(Way.OF_RANKS, spark)
        .forEach(
            (way, cost) -> add(new Row(tasks, parameters, way, Optional.of(cost), ""), progress));
  }

  private void add(Row row, PrintWriter progress) {
    rows.add(row);
    progress.println(line(row));
    progress.flush();
  }

  private Row bySpark(JavaSparkContext spark, int tasks, int parameters)
      throws InterruptedException {
    long gradients = (long) Float.BYTES * tasks * parameters;
    long heap = Runtime.getRuntime().maxMemory();
    if (gradients > heap) {
      return new Row(
          tasks,
          parameters,
          Way.SPARK,
          Optional.empty(),
          String.format(
              Locale.ROOT,
              "not tried: the K gradients of one rank are %,.0f MiB, the driver's heap is %,.0f",
              gradients / MEBIBYTE,
              heap / MEBIBYTE));
    }
    try {
      Cost cost = times(tasks, parameters, false).bySpark(spark);
      return new Row(tasks, parameters, Way.SPARK, Optional.of(cost), "");
    } catch (Exception e) {
      if (e instanceof SparkException) {
        return new Row(tasks, parameters, Way.SPARK, Optional.empty(), firstLine(e));
      }
      throw e;
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("failed");
  }

  private double plain(Row of) {
    return rows.stream()
        .filter(row -> row.way() == Way.PLAIN)
        .filter(row -> row.over().equals(of.over()) || of.way() == Way.SPARK)
        .filter(row -> row.tasks() == of.tasks() && row.parameters() == of.parameters())
        .mapToDouble(Row::millis)
        .findFirst()
        .orElse(of.millis());
  }

  private String line(Row row) {
    String what =
        String.format(
            Locale.ROOT,
            "%5d %,12d  %-26s%-7s",
            row.tasks(),
            row.parameters(),
            row.way().words(),
            row.over());
    return what
        + row.cost()
            .map(
                cost ->
                    String.format(
                        Locale.ROOT,
                        "%10.2f %8s %8.2f %11.2f %11.4f %11.0f %11.0f",
                        row.millis(),
                        row.cpu(),
                        row.millis() / plain(row),
                        cost.sent() / MEBIBYTE,
                        cost.toDriver() / MEBIBYTE,
                        cost.rankPeak() / MEBIBYTE,
                        cost.driverPeak() / MEBIBYTE))
            .orElse("  " + row.failure());
  }

  /** As a table for people. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    environment.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append(value));
    text.append(
        String.format(
            Locale.ROOT,
            "%n%d ranks, sketches of %,d numbers, medians of %d steps%n%n",
            settings.ranks(),
            settings.sketch(),
            settings.steps()));
    text.append(
        String.format(
            "%5s %12s  %-26s%-7s%10s %8s %8s %11s %11s %11s %11s%n",
            "tasks",
            "parameters",
            "what moves",
            "over",
            "ms",
            "cpu ms",
            "of one",
            "MiB sent",
            "to driver",
            "MiB rank",
            "MiB driver"));
    rows.forEach(row -> text.append(line(row)).append('\n'));
    text.append(
        """

        over: in memory that the ranks share, where they can, and over Gloo, which is TCP
        ms: a step's messages without anything that is computed; cpu ms: processor time of a rank's process meanwhile
        of one: in the time of one gradient
        MiB sent: by a rank to others; to driver: by all; MiB rank, driver: peak above what the process had
        """);
    return text.toString();
  }

  /** For machines. */
  public String toJson() {
    ObjectNode json = Json.object();
    environment.forEach(json.putObject("environment")::put);
    ArrayNode array = json.put("ranks", settings.ranks()).putArray("rows");
    for (Row row : rows) {
      ObjectNode node =
          array
              .addObject()
              .put("tasks", row.tasks())
              .put("parameters", row.parameters())
              .put("way", row.way().words())
              .put("over", row.over());
      row.cost()
          .ifPresentOrElse(
              cost ->
                  node.put("millis", row.millis())
                      .put("cpuMillis", cost.cpu() / 1e6)
                      .put("bytesSent", cost.sent())
                      .put("bytesToDriver", cost.toDriver())
                      .put("peakBytesOfRank", cost.rankPeak())
                      .put("peakBytesOfDriver", cost.driverPeak()),
              () -> node.put("failure", row.failure()));
    }
    return Json.pretty(json);
  }
}
