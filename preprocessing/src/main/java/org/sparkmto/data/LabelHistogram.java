package org.sparkmto.data;

import java.util.List;

/**
 * How often each label of a task occurs in the training split.
 *
 * @param counts by class; for a multi-label task, how often each of its labels is a yes
 * @param missing samples (or elements) without a label
 */
public record LabelHistogram(List<Long> counts, long missing) {
  public LabelHistogram {
    counts = List.copyOf(counts);
  }

  /** Labelled elements; for a multi-label task, those that are a yes. */
  public long labelled() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }
}
