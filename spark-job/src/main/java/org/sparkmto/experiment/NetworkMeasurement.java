package org.sparkmto.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkmto.json.Json;
import org.sparkmto.metric.Median;
import org.sparkmto.naming.Counted;
import org.sparkmto.trial.ProcessMemory;

/** What {@link NetworkBenchmark} measured. */
public final class NetworkMeasurement {
  private static final int MEBIBYTE = 1 << 20;

  private final NetworkBenchmark.Settings settings;
  private final Map<String, String> environment;
  private final List<NetworkBenchmark.Sample> samples;
  private final NetworkBenchmark.Weighed weighed;
  private final ProcessMemory before;
  private final ProcessMemory settled;
  private final ProcessMemory end;

  /**
   * A measurement.
   *
   * @param samples one for each step
   * @param weighed how the first step was weighed
   * @param before after a collection before the network was made
   * @param settled the same when a fifth of the steps was made
   * @param end the same after the last step, before the network was closed
   */
  NetworkMeasurement(
      NetworkBenchmark.Settings settings,
      Map<String, String> environment,
      List<NetworkBenchmark.Sample> samples,
      NetworkBenchmark.Weighed weighed,
      ProcessMemory before,
      ProcessMemory settled,
      ProcessMemory end) {
    this.settings = settings;
    this.environment = Collections.unmodifiableMap(environment);
    this.samples = List.copyOf(samples);
    this.weighed = weighed;
    this.before = before;
    this.settled = settled;
    this.end = end;
  }

  static double mebibytes(long bytes) {
    return (double) bytes / MEBIBYTE;
  }

  private List<Double> laterMillis() {
    return samples.stream().skip(1).map(sample -> sample.nanos() / 1e6).toList();
  }

  private ProcessMemory last() {
    return samples.get(samples.size() - 1).memory();
  }

  /** Of the resident memory after the first fifth of the steps, in MiB. */
  private Drift drift() {
    return Drift.of(
        samples.stream()
            .skip(settings.settled())
            .map(sample -> mebibytes(sample.memory().resident()))
            .toList());
  }

  private String subject() {
    var problem = settings.problem();
    String options =
        problem.options().entrySet().stream()
            .map(option -> option.getKey() + " " + option.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
    return "%s%s, tasks of %s, %dx%d, batch %d, %s, %s"
            .formatted(
                problem.network(),
                problem.options().isEmpty() ? "" : options,
                problem.data().name(),
                problem.data().height(),
                problem.data().width(),
                problem.batch(),
                settings.method(),
                Counted.of(settings.threads(), "thread"))
        + (settings.passes().isEmpty() ? "" : ", " + settings.passes());
  }

  /** How passes were made. */
  String passes() {
    return settings.passes();
  }

  /** How the first step was weighed. */
  NetworkBenchmark.Weighed weighed() {
    return weighed;
  }

  /** Of the steps but the first, in milliseconds. */
  double median() {
    return Median.of(laterMillis());
  }

  /** Their mean, to which steps of several kinds add what they take. */
  double mean() {
    return laterMillis().stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** The shortest of them. */
  double least() {
    return Collections.min(laterMillis());
  }

  /** What was resident at the peak of the steps above what the process holds between them. */
  long peakAbove() {
    return end.peak() - end.resident();
  }

  private String verdict() {
    Drift drift = drift();
    String slope =
        Double.isNaN(drift.slope())
            ? "too few steps for a slope"
            : String.format(
                Locale.ROOT,
                "slope %+.3f \u00b1 %.3f MiB per step (95 %% interval)",
                drift.slope(),
                drift.uncertainty());
    return String.format(
        Locale.ROOT,
        "%+.1f MiB resident from step %d to step %d; %s",
        drift.growth(),
        Math.min(settings.settled() + 1, samples.size()),
        samples.size(),
        slope);
  }

  /** As a table for people; the last line says how much resident memory grew. */
  public String toText() {
    var problem = settings.problem();
    List<String> words = new ArrayList<>();
    environment.forEach((name, value) -> words.add(name + " " + value));
    List<Double> millis = laterMillis();
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("shared parameters", count(problem.sharedParameters()));
    Map<String, Long> heads = problem.headParameters();
    rows.put("heads' parameters", heads(heads));
    rows.put("first step", "%s ms".formatted(millis(samples.get(0).nanos() / 1e6)));
    rows.put(
        "steps 2 to " + samples.size(),
        "median %s ms, least %s ms, most %s ms"
            .formatted(
                millis(Median.of(millis)),
                millis(Collections.min(millis)),
                millis(Collections.max(millis))));
    rows.put(
        "resident memory",
        "%s MiB before, %s after step 1, %s at the end, %s at the peak"
            .formatted(
                whole(before.resident()),
                whole(samples.get(0).memory().resident()),
                whole(last().resident()),
                whole(end.peak())));
    rows.put(
        "Java heap in use",
        "%s MiB before, %s after step %d, %s at the end, each after a collection; %s reserved"
            .formatted(
                tenths(before.heapUsed()),
                tenths(settled.heapUsed()),
                settings.settled(),
                tenths(end.heapUsed()),
                whole(end.heapCommitted())));
    rows.put(
        "native objects",
        "%s before, %s after step %d, %s at the end"
            .formatted(
                count(before.handles()),
                count(settled.handles()),
                settings.settled(),
                count(end.handles())));
    rows.put("growth", verdict());
    StringBuilder text = new StringBuilder();
    text.append(subject()).append('\n');
    text.append(String.join(", ", words)).append("\n\n");
    rows.forEach((name, value) -> text.append("%-18s %s%n".formatted(name, value)));
    return text.toString();
  }

  private static String heads(Map<String, Long> heads) {
    long total = heads.values().stream().mapToLong(Long::longValue).sum();
    if (heads.values().stream().distinct().count() == 1) {
      return "%s: %d of %s"
          .formatted(count(total), heads.size(), count(heads.values().iterator().next()));
    }
    return heads.entrySet().stream()
        .map(head -> head.getKey() + " " + count(head.getValue()))
        .collect(Collectors.joining(", ", count(total) + ": ", ""));
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%,.1f", value);
  }

  private static String whole(long bytes) {
    return String.format(Locale.ROOT, "%,.0f", mebibytes(bytes));
  }

  private static String tenths(long bytes) {
    return String.format(Locale.ROOT, "%,.1f", mebibytes(bytes));
  }

  /** Every step: its time, and the memory after it. */
  public String toCsv() {
    StringBuilder csv =
        new StringBuilder(
            "step,milliseconds,resident_bytes,peak_bytes,heap_used_bytes,heap_committed_bytes,"
                + "native_objects\n");
    for (int step = 0; step < samples.size(); step++) {
      NetworkBenchmark.Sample sample = samples.get(step);
      ProcessMemory memory = sample.memory();
      csv.append(
          String.format(
              Locale.ROOT,
              "%d,%.3f,%d,%d,%d,%d,%d%n",
              step + 1,
              sample.nanos() / 1e6,
              memory.resident(),
              memory.peak(),
              memory.heapUsed(),
              memory.heapCommitted(),
              memory.handles()));
    }
    return csv.toString();
  }

  /** Resident memory and Java heap over the steps. */
  public BufferedImage toPicture() {
    return new MemoryPlot(
            subject(),
            verdict(),
            settings.settled(),
            samples,
            List.of(before.heapUsed(), settled.heapUsed(), end.heapUsed()))
        .draw();
  }

  /** As JSON; a slope that too few steps give is left out. */
  public String toJson() {
    var problem = settings.problem();
    ObjectNode json = Json.object();
    json.put("network", problem.network());
    ObjectNode options = json.putObject("networkOptions");
    problem.options().forEach(options::put);
    json.put("tasks", problem.data().name())
        .put("height", problem.data().height())
        .put("width", problem.data().width())
        .put("batch", problem.batch())
        .put("method", settings.method().toString())
        .put("threads", settings.threads())
        .put("steps", settings.steps())
        .put("passes", settings.passes());
    ObjectNode where = json.putObject("environment");
    environment.forEach(where::put);
    ObjectNode parameters = json.putObject("parameters");
    parameters.put("shared", problem.sharedParameters());
    ObjectNode heads = parameters.putObject("heads");
    problem.headParameters().forEach(heads::put);
    List<Double> millis = laterMillis();
    json.putObject("milliseconds")
        .put("first", samples.get(0).nanos() / 1e6)
        .put("median", Median.of(millis))
        .put("least", Collections.min(millis))
        .put("most", Collections.max(millis));
    ObjectNode memory = json.putObject("memory");
    memory.put("peakResidentBytes", end.peak());
    put(memory.putObject("before"), before);
    put(memory.putObject("settled").put("afterStep", settings.settled()), settled);
    put(memory.putObject("end").put("afterStep", settings.steps()), end);
    Drift drift = drift();
    ObjectNode growth = json.putObject("residentGrowth");
    growth.put("fromStep", settings.settled() + 1).put("mebibytes", drift.growth());
    if (!Double.isNaN(drift.slope())) {
      growth
          .put("mebibytesPerStep", drift.slope())
          .put("mebibytesPerStepUncertainty95", drift.uncertainty());
    }
    return Json.pretty(json);
  }

  /** As it was after a collection. */
  private static void put(ObjectNode json, ProcessMemory memory) {
    json.put("residentBytes", memory.resident())
        .put("heapUsedBytes", memory.heapUsed())
        .put("heapCommittedBytes", memory.heapCommitted())
        .put("nativeObjects", memory.handles());
  }
}
