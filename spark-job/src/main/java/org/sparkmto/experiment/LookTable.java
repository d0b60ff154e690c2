package org.sparkmto.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkmto.json.Json;
import org.sparkmto.metric.Median;
import org.sparkmto.trial.LookTrials;

/** What {@link LookBenchmark} measured. */
public final class LookTable {
  private static final double MEBI_FLOATS = (1 << 20) / (double) Float.BYTES;

  private final LookTrials trials;
  private final LookBenchmark.Settings settings;
  private final Map<String, String> environment;
  private final List<Row> rows = new ArrayList<>();

  /**
   * A way to a gradient.
   *
   * @param time median, in that of equal weights for the same batch
   * @param processor the same of processor time
   * @param kept MiB of gradients that a rank keeps
   * @param moved MiB that each of two ranks sends more than with equal weights
   * @param errors by method the median error, as a share; empty where nothing was looked at
   */
  private record Row(
      String look,
      double time,
      double processor,
      double kept,
      double moved,
      Map<String, Double> errors) {}

  /**
   * A table.
   *
   * @param times by way, of every batch in that of equal weights
   * @param processors the same of processor time
   * @param errors by way and method, of every batch
   * @param held by method, of the last step of every stand before the next look
   * @param kept by way, floats that a rank kept and that each of two sends
   */
  LookTable(
      LookTrials trials,
      LookBenchmark.Settings settings,
      Map<String, String> environment,
      List<List<Double>> times,
      List<List<Double>> processors,
      List<Map<String, List<Double>>> errors,
      Map<String, List<Double>> held,
      long[][] kept) {
    this.trials = trials;
    this.settings = settings;
    this.environment = Collections.unmodifiableMap(environment);
    List<LookTrials.Way> ways = trials.ways();
    for (int way = 0; way < ways.size(); way++) {
      rows.add(
          new Row(
              ways.get(way).words(),
              Median.of(times.get(way)),
              Median.of(processors.get(way)),
              kept[way][0] / MEBI_FLOATS,
              kept[way][1] / MEBI_FLOATS,
              medians(errors.get(way))));
    }
    Row exact = rows.get(trials.leastWork());
    int every = settings.every();
    rows.add(
        trials.leastWork() + 1,
        new Row(
            "every = " + every,
            (exact.time() + every - 1) / every,
            (exact.processor() + every - 1) / every,
            exact.kept(),
            exact.moved() / every,
            medians(held)));
  }

  private static Map<String, Double> medians(Map<String, List<Double>> errors) {
    return errors.entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty())
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> Median.of(entry.getValue())));
  }

  /** As a table for people. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(trials.words()).append('\n');
    text.append(
        "before steps %s of training with equal weights, %d batches each; %s%n%n"
            .formatted(
                settings.at().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                settings.batches(),
                environment.entrySet().stream()
                    .map(entry -> entry.getKey() + " " + entry.getValue())
                    .collect(Collectors.joining(", "))));
    int width = rows.stream().mapToInt(row -> row.look().length()).max().orElse(0);
    text.append(
        String.format(
            Locale.ROOT,
            "%-" + width + "s %7s %7s %9s %9s",
            "look",
            "time",
            "cpu",
            "MiB kept",
            "MiB sent"));
    LookBenchmark.METHODS.forEach(name -> text.append(String.format("%12s", name)));
    text.append('\n');
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-" + width + "s %7.2f %7s %9.2f %9.2f",
              row.look(),
              row.time(),
              // Of steps that end before the clock of processors has moved there is none.
              Double.isFinite(row.processor())
                  ? String.format(Locale.ROOT, "%.2f", row.processor())
                  : "",
              row.kept(),
              row.moved()));
      for (String name : LookBenchmark.METHODS) {
        Double error = row.errors().get(name);
        text.append(
            error == null
                ? String.format("%12s", "")
                : String.format(Locale.ROOT, "%11.2f%%", 100 * error));
      }
      text.append('\n');
    }
    text.append(
        """

        time: median of all passes of a step, in that with equal weights for the same batch
        cpu: the same of processor time, which other work on the machine disturbs less
        MiB kept, sent: of gradients by one rank alone, and by each of two besides the gradient
        methods: median error of the combined gradient (gradnorm: of what its weights learn by)
        every = %d: time of %d steps; errors in the last step before the next look
        """
            .formatted(settings.every(), settings.every()));
    return text.toString();
  }

  /** For machines. */
  public String toJson() {
    ObjectNode json = Json.object().put("training", trials.words());
    json.put("batches", settings.batches()).put("every", settings.every());
    settings.at().forEach(json.putArray("at")::add);
    environment.forEach(json.putObject("environment")::put);
    var array = json.putArray("looks");
    for (Row row : rows) {
      ObjectNode node = array.addObject();
      node.put("look", row.look()).put("time", row.time()).put("processor", row.processor());
      node.put("mebibytesKept", row.kept()).put("mebibytesSent", row.moved());
      ObjectNode errors = node.putObject("errors");
      row.errors().forEach(errors::put);
    }
    return Json.pretty(json);
  }
}
