package org.sparkmto.report;

import java.util.List;

/**
 * What was written.
 *
 * @param files names in the report folder, the page first
 * @param notes what the reader of the runs should know and the log of the caller should say: files
 *     that are missing, lines that could not be read; one sentence each, starting with the run
 */
public record WrittenReport(List<String> files, List<String> notes) {
  public WrittenReport {
    files = List.copyOf(files);
    notes = List.copyOf(notes);
  }
}
