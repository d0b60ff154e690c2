package org.sparkmto.preprocessing.inspection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.shard.QuarantineTable;

/** What a data set says about itself, for people. Reads its manifest and its quarantine alone. */
public final class Inspection {
  private static final int WIDTH = 110;

  /** So that a digest can be copied in one piece. */
  private static final int WIDTH_OF_DIGESTS = 150;

  private static final int EXAMPLES = 3;

  private final DatasetDirectory dataset;
  private final DatasetManifest manifest;
  private final Consumer<String> out;

  private Inspection(DatasetDirectory dataset, Consumer<String> out) {
    this.dataset = dataset;
    this.manifest = dataset.manifest();
    this.out = out;
  }

  /**
   * Prints a data set.
   *
   * @param whole whether all rows of the quarantine are printed, not only examples
   * @param out receives lines
   * @throws IOException if the table of the quarantine is damaged
   */
  public static void print(
      DatasetDirectory dataset, Configuration hadoop, boolean whole, Consumer<String> out)
      throws IOException {
    Inspection inspection =
        new Inspection(dataset, line -> out.accept(Printable.text(line).stripTrailing()));
    inspection.splits();
    inspection.columns();
    inspection.tasks();
    inspection.remarks();
    inspection.quarantine(hadoop, whole);
    inspection.settings();
  }

  private void splits() {
    out.accept(manifest.dataset() + " in " + dataset.root());
    out.accept("written by " + manifest.writer() + ", seed " + manifest.seed());
    out.accept("");
    out.accept("splits");
    Table table = new Table();
    for (Split split : manifest.splits().values()) {
      long bytes = split.files().stream().mapToLong(ShardFile::bytes).sum();
      table.add(
          split.name(),
          count(split.rows()),
          split.rows() == 1 ? "sample" : "samples",
          count(split.files().size()),
          split.files().size() == 1 ? "file" : "files",
          megabytes(bytes),
          "MB",
          "digest " + split.digest());
    }
    table.lines(WIDTH_OF_DIGESTS).forEach(out);
  }

  private void columns() {
    out.accept("");
    out.accept("columns");
    Table table = new Table();
    for (Column column : manifest.columns()) {
      List<String> remarks = new ArrayList<>();
      if (column.scale() != 1 || column.offset() != 0) {
        remarks.add("times " + column.scale() + (column.offset() == 0 ? "" : " " + signed(column)));
      }
      if (!column.unit().isEmpty()) {
        remarks.add("in " + column.unit());
      }
      ChannelStatistics statistics = manifest.statistics().get(column.name());
      if (statistics != null) {
        remarks.add(
            "mean "
                + numbers(statistics.mean())
                + ", deviation "
                + numbers(statistics.deviation()));
      }
      LabelHistogram groups =
          column.role() == Column.Role.GROUP ? manifest.histograms().get(column.name()) : null;
      if (groups != null) {
        remarks.add(groups(groups));
      }
      table.add(
          column.name(),
          column.role().name().toLowerCase(Locale.ROOT),
          column.type().label(),
          column.shape().stream().map(String::valueOf).collect(Collectors.joining(" x ")),
          String.join(", ", remarks));
    }
    print(table);
  }

  private static String signed(Column column) {
    return (column.offset() < 0 ? "minus " : "plus ") + Math.abs(column.offset());
  }

  private static String groups(LabelHistogram groups) {
    List<Long> counts = groups.counts().stream().filter(count -> count > 0).sorted().toList();
    return counts.isEmpty()
        ? "no groups"
        : String.format(
            Locale.ROOT,
            "%d groups of %,d to %,d samples",
            counts.size(),
            counts.get(0),
            counts.get(counts.size() - 1));
  }

  private void tasks() {
    out.accept("");
    out.accept(
        "tasks ("
            + manifest.tasks().size()
            + ")"
            + (manifest.splits().containsKey("train") ? ", targets in the training split" : ""));
    boolean sameInputs = manifest.tasks().stream().map(Task::inputs).distinct().count() == 1;
    Table table = new Table();
    for (Task task : manifest.tasks()) {
      List<String> remarks = new ArrayList<>();
      if (task.kind().hasLabels() && task.classes() > 2) {
        remarks.add(
            task.classes() + (task.kind() == TaskKind.MULTI_LABEL ? " labels" : " classes"));
      }
      if (!task.loss().isEmpty()) {
        remarks.add("loss " + task.loss());
      }
      if (!sameInputs) {
        remarks.add("sees " + String.join(" and ", task.inputs()));
      }
      if (task.element() == Task.WHOLE && !task.target().equals(task.name())) {
        remarks.add("in column " + task.target());
      }
      String values = TargetText.of(manifest, task);
      String remark = String.join(", ", remarks);
      table.add(
          task.name(),
          task.kind().label(),
          remark.isEmpty() || values.isEmpty() ? remark + values : remark + ": " + values);
    }
    print(table);
  }

  private void remarks() {
    if (!manifest.remarks().isEmpty()) {
      out.accept("");
      out.accept("to be looked at");
      for (String remark : manifest.remarks()) {
        Printable.wrapped(remark, WIDTH - 2).forEach(line -> out.accept("  " + line));
      }
    }
  }

  private void quarantine(Configuration hadoop, boolean whole) throws IOException {
    Map<String, Long> reasons = manifest.sources().quarantined();
    long listed = manifest.sources().listed();
    out.accept("");
    if (reasons.isEmpty()) {
      out.accept("none of the " + count(listed) + " samples of the raw data is set aside");
      return;
    }
    out.accept(
        String.format(
            Locale.ROOT,
            "set aside: %,d of %,d samples of the raw data",
            listed - manifest.sources().kept(),
            listed));
    Map<String, List<String>> examples = new TreeMap<>();
    Consumer<QuarantineTable.Entry> shown =
        whole
            ? entry ->
                out.accept(
                    "  %s  %s  %s  (%s)"
                        .formatted(entry.reason(), entry.id(), entry.detail(), entry.source()))
            : entry -> {
              List<String> some =
                  examples.computeIfAbsent(entry.reason(), reason -> new ArrayList<>());
              if (some.size() < EXAMPLES) {
                some.add(entry.id() + ": " + entry.detail());
              }
            };
    boolean there = QuarantineTable.read(dataset, hadoop, shown);
    reasons.forEach(
        (reason, count) -> {
          out.accept("  " + count(count) + " " + reason);
          examples.getOrDefault(reason, List.of()).stream()
              .flatMap(example -> Printable.wrapped(example, WIDTH - 6).stream())
              .forEach(line -> out.accept("      " + line));
        });
    if (!there) {
      out.accept(
          "  (the table "
              + QuarantineTable.directory(manifest)
              + " with the samples is not there)");
    }
  }

  private void settings() {
    if (!manifest.settings().isEmpty()) {
      out.accept("");
      out.accept("settings");
      Table table = new Table();
      manifest.settings().forEach((name, value) -> table.add(name, "= " + value));
      print(table);
    }
  }

  private void print(Table table) {
    table.lines(WIDTH).forEach(out);
  }

  private static String numbers(List<Double> numbers) {
    return numbers.stream().map(Amounts::text).collect(Collectors.joining(" "));
  }

  private static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f", bytes / 1e6);
  }
}
