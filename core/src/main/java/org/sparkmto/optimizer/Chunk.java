package org.sparkmto.optimizer;

import java.util.Objects;

/** The preconditions of {@link Optimizer#update}, checked before anything is overwritten. */
final class Chunk {
  private Chunk() {}

  static void check(
      Optimizer rule, float[] parameters, float[] gradient, float[][] state, int at, int length) {
    checkCount(rule, state.length);
    Objects.checkFromIndexSize(0, length, Math.min(parameters.length, gradient.length));
    for (float[] vector : state) {
      Objects.checkFromIndexSize(at, length, vector.length);
    }
  }

  static void check(
      Optimizer rule,
      double[] parameters,
      double[] gradient,
      double[][] state,
      int at,
      int length) {
    checkCount(rule, state.length);
    Objects.checkFromIndexSize(0, length, Math.min(parameters.length, gradient.length));
    for (double[] vector : state) {
      Objects.checkFromIndexSize(at, length, vector.length);
    }
  }

  static void checkStep(long step) {
    if (step < 1) {
      throw new IllegalArgumentException("steps are counted from 1, this one is " + step);
    }
  }

  private static void checkCount(Optimizer rule, int given) {
    if (given != rule.state().size()) {
      throw new IllegalArgumentException(
          rule + " keeps state vectors " + rule.state() + ", but " + given + " were given");
    }
  }
}
