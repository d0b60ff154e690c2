package org.sparkmto.method;

/**
 * The losses of the last {@code 2 * length} steps of every task, kept as per-task state: two
 * adjoining windows whose means tell how fast a loss falls. Steps without a task do not count for
 * it. What was not yet seen counts as a loss of 1.
 *
 * @param length steps of one window, at least 1
 */
record LossWindows(int length) {
  private static final String SEEN = "seen";
  private static final String PREFIX = "loss-";

  /** Windows in which nothing was seen, added to a state. */
  MethodState startedIn(MethodState state, int tasks) {
    MethodState started = state.withPerTask(SEEN, Vector.zeros(tasks));
    for (int slot = 0; slot < 2 * length; slot++) {
      started = started.withPerTask(PREFIX + slot, Vector.ones(tasks));
    }
    return started;
  }

  /** How many losses of every task were recorded. */
  Vector seen(MethodState state) {
    return state.perTask(SEEN);
  }

  /** The state with one more loss per task; each replaces the oldest. */
  MethodState recorded(MethodState state, Vector losses) {
    Vector seen = state.perTask(SEEN);
    MethodState next = state.withPerTask(SEEN, seen.map(steps -> steps + 1));
    for (int k = 0; k < losses.size(); k++) {
      String slot = PREFIX + slotOf(seen.at(k));
      next =
          next.withPerTask(
              slot, next.perTask(slot).replaced(new int[] {k}, Vector.of(losses.at(k))));
    }
    return next;
  }

  /**
   * The mean over the newer window divided by the mean over the older one; 1 where either mean is
   * not positive.
   */
  Vector rates(MethodState state) {
    Vector seen = state.perTask(SEEN);
    double[] rates = new double[seen.size()];
    for (int k = 0; k < rates.length; k++) {
      double older = 0;
      double newer = 0;
      for (int i = 0; i < length; i++) {
        // The slot that is replaced next holds the oldest loss.
        older += state.perTask(PREFIX + slotOf(seen.at(k) + i)).at(k);
        newer += state.perTask(PREFIX + slotOf(seen.at(k) + length + i)).at(k);
      }
      rates[k] = older > 0 && newer > 0 ? newer / older : 1;
    }
    return Vector.of(rates);
  }

  private long slotOf(double recorded) {
    return (long) recorded % (2L * length);
  }
}
