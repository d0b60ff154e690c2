package org.sparkmto.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import org.sparkmto.metric.Spread;
import org.sparkmto.naming.Counted;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Difference;
import org.sparkmto.runlog.SweepResults.Row;
import org.sparkmto.runlog.SweepResults.SweptRun;

/**
 * Writes what a sweep came to for people: tables in Markdown, LaTeX and CSV, and a page with plots.
 */
public final class SweepReport {
  /** Tables to read as text. */
  public static final String MARKDOWN = "results.md";

  /**
   * Median milliseconds of a step of each row, and relative to the first row's; apart, because they
   * are never the same twice.
   */
  public static final String TIMES = "times.csv";

  private SweepReport() {}

  /**
   * Writes all files.
   *
   * @param times median milliseconds of a step of each run, by {@link SweepResults#name}
   * @throws IOException if a file cannot be written
   */
  public static List<String> write(
      SweepResults results, Map<String, Double> times, ReportFolder out) throws IOException {
    return write(results, times, List.of(), out);
  }

  /**
   * Writes all files, with learning curves on the page.
   *
   * @param times as there
   * @param curves of the runs, in the order of the rows; none if they are not known
   * @throws IOException if a file cannot be written
   */
  public static List<String> write(
      SweepResults results, Map<String, Double> times, List<LearningCurve> curves, ReportFolder out)
      throws IOException {
    SweepTables tables = new SweepTables(results);
    StringBuilder latex =
        new StringBuilder("% Written by spark-mto. Needs \\usepackage{booktabs}.\n");
    tables.all().forEach(table -> latex.append('\n').append(table.latex()));
    Map<String, String> files = new LinkedHashMap<>();
    files.put(Report.PAGE, new SweepPage(results, tables, times, curves).markup());
    files.put(MARKDOWN, markdown(results));
    files.put(Report.LATEX, latex.toString());
    files.put(Report.CSV, csv(results));
    files.put(TIMES, times(results, times));
    for (Map.Entry<String, String> file : files.entrySet()) {
      try (OutputStream stream = out.create(file.getKey())) {
        stream.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return List.copyOf(files.keySet());
  }

  /** The tables, and what is to be known of them, as {@value #MARKDOWN} has them. */
  public static String markdown(SweepResults results) {
    StringBuilder markdown = new StringBuilder("# " + title(results) + "\n");
    for (MarkedTable table : new SweepTables(results).all()) {
      markdown.append('\n').append(table.markdown());
    }
    list(markdown, "Runs without a result", failures(results));
    list(markdown, "What to know of these results", remarks(results));
    return markdown.toString();
  }

  private static void list(StringBuilder markdown, String title, List<String> lines) {
    if (!lines.isEmpty()) {
      markdown.append("\n## " + title + "\n\n");
      lines.forEach(line -> markdown.append("- ").append(line).append('\n'));
    }
  }

  static String title(SweepResults results) {
    return "Sweep over " + results.dataset() + ": " + Counted.of(results.runs().size(), "run");
  }

  /** What failed and why, a line for each reason. */
  static List<String> failures(SweepResults results) {
    return lines(
        results,
        run ->
            run.failure().isEmpty()
                ? List.of()
                : List.of((run.possible() ? "failed: " : "cannot be: ") + run.failure()));
  }

  /** What else is to be known of the runs that the rows are of. */
  static List<String> remarks(SweepResults results) {
    return lines(
        results,
        run ->
            results.rows().stream()
                    .anyMatch(
                        row -> row.point().equals(run.point()) && row.seeds().contains(run.seed()))
                ? run.remarks()
                : List.of());
  }

  private static List<String> lines(SweepResults results, Function<SweptRun, List<String>> said) {
    Map<String, List<String>> runs = new LinkedHashMap<>();
    for (SweptRun run : results.runs()) {
      for (String what : said.apply(run)) {
        runs.computeIfAbsent(what, reason -> new ArrayList<>())
            .add(SweepResults.name(run.point(), run.seed()));
      }
    }
    List<String> lines = new ArrayList<>();
    runs.forEach(
        (reason, names) ->
            lines.add(
                String.join("; ", names.subList(0, Math.min(3, names.size())))
                    + (names.size() > 3 ? "; and " + (names.size() - 3) + " more" : "")
                    + ": "
                    + reason));
    return lines;
  }

  /** One number per line, of every row and every run. */
  private static String csv(SweepResults results) {
    StringBuilder csv = new StringBuilder();
    StringJoiner head = new StringJoiner(",", "", "\r\n").add("of");
    results.axes().forEach(axis -> head.add(Csv.quoted(axis)));
    head.add("seed,scope,task,figure,value,deviation,student,wilcoxon");
    csv.append(head);
    for (Row row : results.rows()) {
      for (Column column : results.columns()) {
        Spread value = row.value(column);
        Difference difference =
            row.differences().getOrDefault(column.key(), new Difference(Double.NaN, Double.NaN));
        StringJoiner line = line(results, "row", row.point(), "", column);
        line.add(Csv.number(value.mean())).add(Csv.number(value.deviation()));
        line.add(Csv.number(difference.student())).add(Csv.number(difference.wilcoxon()));
        csv.append(line);
      }
    }
    for (SweptRun run : results.runs()) {
      for (Column column : results.columns()) {
        Double value = run.values().get(column.key());
        if (value != null) {
          StringJoiner line = line(results, "run", run.point(), Long.toString(run.seed()), column);
          csv.append(line.add(Csv.number(value)).add(",,"));
        }
      }
    }
    return csv.toString();
  }

  private static StringJoiner line(
      SweepResults results, String of, Map<String, String> point, String seed, Column column) {
    StringJoiner line = new StringJoiner(",", "", "\r\n").add(of);
    results.axes().forEach(axis -> line.add(Csv.quoted(point.getOrDefault(axis, ""))));
    return line.add(seed)
        .add(column.scope())
        .add(Csv.quoted(column.task()))
        .add(Csv.quoted(column.figure()));
  }

  /** Mean over a row's seeds of the median milliseconds of a step; NaN if not known. */
  static double millis(Row row, Map<String, Double> times) {
    return row.seeds().stream()
        .map(seed -> times.get(SweepResults.name(row.point(), seed)))
        .filter(time -> time != null && Double.isFinite(time))
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }

  /** How many times as long as a step of the first row a step takes. */
  static double ofFirst(Row row, SweepResults results, Map<String, Double> times) {
    return millis(row, times) / millis(results.rows().get(0), times);
  }

  private static String times(SweepResults results, Map<String, Double> times) {
    StringJoiner head = new StringJoiner(",", "", "\r\n");
    results.axes().forEach(axis -> head.add(Csv.quoted(axis)));
    StringBuilder csv =
        new StringBuilder(head.add("milliseconds").add("of the first row").toString());
    for (Row row : results.rows()) {
      StringJoiner line = new StringJoiner(",", "", "\r\n");
      results.axes().forEach(a -> line.add(Csv.quoted(row.point().getOrDefault(a, ""))));
      csv.append(
          line.add(Csv.number(millis(row, times))).add(Csv.number(ofFirst(row, results, times))));
    }
    return csv.toString();
  }
}
