package org.sparkmto.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sparkmto.runlog.EvaluatedFront;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.EvaluationDetails;
import org.sparkmto.runlog.LogFormatException;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.RunHeader;

/**
 * All that is known about a run.
 *
 * @param files where it came from
 * @param results the last evaluation of each split, final ones first choice, test before val before
 *     the others
 * @param finals the splits whose result is in a file of its own, not in the log
 * @param details what was found beside the metrics, by split
 * @param fronts what the network answers to several preferences, by split
 * @param notes what was missing or could not be read, as sentences
 */
record Run(
    String files,
    RunHeader header,
    RunLog log,
    Map<String, Evaluation> results,
    Set<String> finals,
    Map<String, EvaluationDetails> details,
    Map<String, EvaluatedFront> fronts,
    List<String> notes) {

  /**
   * Reads the files of a run.
   *
   * @throws ReportException if its header is missing or damaged, or a file is of a later format
   */
  static Run read(RunFiles files) throws IOException {
    RunHeader header = header(files);
    try {
      return read(files, new TreeSet<>(files.names()), header);
    } catch (LogFormatException e) {
      throw new ReportException(e.getMessage(), e);
    }
  }

  /**
   * Reads what a run is.
   *
   * @throws ReportException if that is missing or damaged, or of a later format
   */
  static RunHeader header(RunFiles files) throws IOException {
    if (!files.names().contains(RunHeader.FILE)) {
      throw new ReportException(
          files.label()
              + " has no "
              + RunHeader.FILE
              + ": is it the directory of a run? (a run writes this file when it starts)");
    }
    try {
      return RunHeader.parse(text(files, RunHeader.FILE), files.label() + "/" + RunHeader.FILE);
    } catch (LogFormatException e) {
      throw new ReportException(e.getMessage(), e);
    }
  }

  private static Run read(RunFiles files, Set<String> names, RunHeader header) throws IOException {
    List<String> notes = new ArrayList<>();
    RunLog log = RunLog.empty(header);
    if (names.contains(MetricsLog.FILE)) {
      try (InputStream in = files.open(MetricsLog.FILE)) {
        log = RunLog.read(in, header);
      }
    } else {
      notes.add("There is no " + MetricsLog.FILE + ", so nothing is known about the steps.");
    }
    notes.addAll(log.notes());

    Map<String, Evaluation> found = new LinkedHashMap<>();
    for (String split : log.splits()) {
      log.evaluations(split).forEach(evaluation -> found.put(split, evaluation));
    }
    Set<String> finals = new HashSet<>();
    Map<String, EvaluationDetails> details = new TreeMap<>();
    Map<String, EvaluatedFront> fronts = new TreeMap<>();
    for (String name : names) {
      try {
        if (Evaluation.isFile(name)) {
          Evaluation evaluation = Evaluation.parse(text(files, name), name);
          found.put(evaluation.split(), evaluation);
          finals.add(evaluation.split());
        } else if (EvaluationDetails.isFile(name)) {
          EvaluationDetails beside = EvaluationDetails.parse(text(files, name), name);
          details.put(beside.split(), beside);
        } else if (EvaluatedFront.isFile(name)) {
          EvaluatedFront front = EvaluatedFront.parse(text(files, name), name);
          fronts.put(front.split(), front);
        }
      } catch (LogFormatException e) {
        notes.add(e.getMessage() + "; it was skipped.");
      }
    }
    Map<String, Evaluation> results = new LinkedHashMap<>();
    for (String split : List.of("test", "val")) {
      if (found.containsKey(split)) {
        results.put(split, found.remove(split));
      }
    }
    results.putAll(new TreeMap<>(found));
    return new Run(
        files.label(), header, log, results, finals, details, fronts, List.copyOf(notes));
  }

  private static String text(RunFiles files, String name) throws IOException {
    try (InputStream in = files.open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** When and how a result came about. */
  String source(Evaluation result) {
    return (finals.contains(result.split())
            ? "final " + result.split()
            : result.split() + " during training")
        + ", step "
        + NumberText.count(result.step());
  }
}
