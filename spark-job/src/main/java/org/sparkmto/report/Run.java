package org.sparkmto.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that is known about a run.
 *
 * @param files where it came from
 * @param results the last evaluation of each split, final ones first choice, test before val before
 *     the others
 * @param notes what was missing or could not be read, as sentences
 */
record Run(
    String files,
    RunHeader header,
    RunLog log,
    Map<String, Evaluation> results,
    List<String> notes) {

  private static final String PREFIX = "evaluation-";
  private static final String SUFFIX = ".json";

  static Run read(RunFiles files) throws IOException {
    TreeSet<String> names = new TreeSet<>(files.names());
    if (!names.contains(RunHeader.FILE)) {
      throw new ReportException(
          files.label()
              + " has no "
              + RunHeader.FILE
              + ": is it the directory of a run? (a run writes this file when it starts)");
    }
    RunHeader header = RunHeader.read(files);
    List<String> notes = new ArrayList<>();
    RunLog log = RunLog.empty(header.tasks());
    if (names.contains(RunLog.FILE)) {
      try (InputStream in = files.open(RunLog.FILE)) {
        log = RunLog.read(in, header.tasks());
      }
    } else {
      notes.add("There is no " + RunLog.FILE + ", so nothing is known about the steps.");
    }
    notes.addAll(log.notes());

    Map<String, Evaluation> found = new LinkedHashMap<>();
    for (String split : log.splits()) {
      log.evaluations(split).forEach(evaluation -> found.put(split, evaluation));
    }
    for (String name : names) {
      if (name.startsWith(PREFIX) && name.endsWith(SUFFIX)) {
        String split = name.substring(PREFIX.length(), name.length() - SUFFIX.length());
        try (InputStream in = files.open(name)) {
          Evaluation evaluation = Evaluation.read(new ObjectMapper().readTree(in), false);
          found.put(evaluation.split().isEmpty() ? split : evaluation.split(), evaluation);
        } catch (JsonProcessingException e) {
          notes.add(name + " is not whole JSON and was skipped.");
        }
      }
    }
    Map<String, Evaluation> results = new LinkedHashMap<>();
    for (String split : List.of("test", "val")) {
      if (found.containsKey(split)) {
        results.put(split, found.remove(split));
      }
    }
    results.putAll(new TreeMap<>(found));
    return new Run(files.label(), header, log, results, List.copyOf(notes));
  }
}
