package org.sparkmto.optimizer;

/**
 * Weight decay beside the step of a rule, {@code p -= rate * decay * p} (Loshchilov and Hutter,
 * ICLR 2019, algorithm 2): unlike an L2 penalty it does not enter the rule's moments.
 */
final class DecoupledDecay {
  private DecoupledDecay() {}

  static void shrink(float[] parameters, int length, double decay, double rate) {
    if (decay == 0) {
      return;
    }
    float part = (float) (rate * decay);
    for (int i = 0; i < length; i++) {
      parameters[i] -= part * parameters[i];
    }
  }

  static void shrink(double[] parameters, int length, double decay, double rate) {
    double part = rate * decay;
    for (int i = 0; i < length; i++) {
      parameters[i] -= part * parameters[i];
    }
  }
}
