package org.sparkmto.runlog;

import java.util.List;

/**
 * A word of warning about a run, for the person who started it.
 *
 * @param tasks that it is about, in the order of the run
 * @param text one or two sentences: what was seen, what it means, what to do
 */
public record Caution(List<String> tasks, String text) {
  /** Takes a copy. */
  public Caution {
    tasks = List.copyOf(tasks);
  }
}
