package org.sparkmto.data;

import java.util.List;

/**
 * How often each label of a task occurs in the training split.
 *
 * @param counts by class
 * @param missing samples (or elements) without a label
 */
public record LabelHistogram(List<Long> counts, long missing) {
  public LabelHistogram {
    counts = List.copyOf(counts);
  }

  /** Labelled elements. */
  public long labelled() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }
}
