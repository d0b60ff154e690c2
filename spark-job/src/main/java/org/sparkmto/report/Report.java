package org.sparkmto.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the report of one run, or of several runs side by side.
 *
 * <p>A run directory holds {@code run.json} (required: {@code run} and {@code tasks}), {@code
 * metrics.jsonl} (one JSON object per line, of type step, evaluation or restart) and any number of
 * {@code evaluation-<split>.json} and {@code details-<split>.json}. What is missing is left out and
 * said so. The configuration is printed as {@code run.json} has it, so whoever writes that file
 * keeps secrets out of it.
 */
public final class Report {
  /** The page. */
  public static final String PAGE = "report.html";

  /** All final numbers, one per line. */
  public static final String CSV = "results.csv";

  /** A booktabs table for a paper. */
  public static final String LATEX = "results.tex";

  /** How often which class was taken for which, where evaluations say so. */
  public static final String CONFUSION = "confusion.csv";

  /** All final numbers with what is known about the runs. */
  public static final String JSON = "results.json";

  private Report() {}

  /**
   * The report of runs on this machine.
   *
   * @param runs run directories, one or more, in the order in which the report shows them
   * @param out a directory, created if it is not there; earlier reports in it are replaced
   * @throws ReportException if there is no run, or one has no readable {@code run.json}
   * @throws IOException if a file cannot be read or written
   */
  public static WrittenReport write(List<Path> runs, Path out) throws IOException {
    return write(runs.stream().map(RunFiles::of).toList(), ReportFolder.of(out));
  }

  /**
   * The report of runs on any file system.
   *
   * @param runs one or more, in the order in which the report shows them
   * @throws ReportException if there is no run, or one has no readable {@code run.json}
   * @throws IOException if a file cannot be read or written
   */
  public static WrittenReport write(List<RunFiles> runs, ReportFolder out) throws IOException {
    if (runs.isEmpty()) {
      throw new ReportException("a report needs one run directory or more; none was given");
    }
    List<Run> read = new ArrayList<>();
    for (RunFiles files : runs) {
      read.add(Run.read(files));
    }
    Map<String, String> contents = new LinkedHashMap<>();
    contents.put(PAGE, ReportPage.of(read));
    contents.put(CSV, CsvResults.of(read));
    contents.put(LATEX, LatexResults.of(read));
    contents.put(JSON, JsonResults.of(read));
    if (read.stream().anyMatch(run -> !run.details().isEmpty())) {
      contents.put(CONFUSION, ConfusionCsv.of(read));
    }
    for (Map.Entry<String, String> file : contents.entrySet()) {
      try (OutputStream stream = out.create(file.getKey())) {
        stream.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    List<String> notes = new ArrayList<>();
    for (Run run : read) {
      run.notes().forEach(note -> notes.add(run.files() + ": " + note));
    }
    return new WrittenReport(List.copyOf(contents.keySet()), notes);
  }
}
