package org.sparkmto.exchange;

/** Rank 0's way to the aggregator of its run. */
@FunctionalInterface
public interface AggregatorLink {
  /** Reports, and waits for the answer; all that was told before has its answer then. */
  StepAnswer ask(StepReport report);

  /**
   * Reports what has no answer that anybody waits for. The aggregator hears reports in the order in
   * which they were told and asked.
   */
  default void tell(StepReport report) {
    ask(report);
  }

  /** Waits until all that was told has its answer, and throws what the aggregator threw. */
  default void settle() {}

  /** Whether the driver said with its last answer that the step is to be the last. */
  default boolean stops() {
    return false;
  }
}
