package org.sparkmto.method;

import org.sparkmto.optimizer.Adam;

/**
 * A per-task vector of a method's state that Adam moves at a rate of its own, with its moments
 * beside it in the same state.
 *
 * @param vector the name of the vector
 * @param prefix of the names of its moments
 */
record AdamState(String vector, String prefix) {
  private static final Adam RULE = new Adam(0.9, 0.999, 1e-8, 0);

  private String first() {
    return prefix + "first";
  }

  private String second() {
    return prefix + "second";
  }

  private String updates() {
    return prefix + "updates";
  }

  /** A state with the moments before the first update. */
  MethodState startedIn(MethodState state, int tasks) {
    return state
        .withPerTask(first(), Vector.zeros(tasks))
        .withPerTask(second(), Vector.zeros(tasks))
        .withNumber(updates(), 0);
  }

  /** The state after an update against a slope. */
  MethodState moved(MethodState state, Vector slope, double rate) {
    double[] values = state.perTask(vector).toArray();
    double[][] moments = {state.perTask(first()).toArray(), state.perTask(second()).toArray()};
    long update = Math.round(state.number(updates())) + 1;
    RULE.update(values, slope.toArray(), moments, update, rate);
    return state
        .withPerTask(vector, Vector.of(values))
        .withPerTask(first(), Vector.of(moments[0]))
        .withPerTask(second(), Vector.of(moments[1]))
        .withNumber(updates(), (double) update);
  }
}
