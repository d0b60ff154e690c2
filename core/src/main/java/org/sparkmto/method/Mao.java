package org.sparkmto.method;

import org.sparkmto.optimizer.Adam;
import org.sparkmto.optimizer.AdamW;
import org.sparkmto.optimizer.MaoRule;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.RmsProp;
import org.sparkmto.options.Option;

/**
 * MAO: every task has its own moments for every shared parameter, the small constant inside the
 * root, and weight decay acts once per step (Hervella, Rouco, Novo, Ortega, "Multi-Adaptive
 * Optimization", 2023). From the run's {@code adam} or {@code adamw} it takes the decays of the
 * moments and becomes eq. 12; from {@code rmsprop} the decay, and becomes eq. 9.
 *
 * @param correction of the moments' bias in eq. 12
 */
record Mao(MaoRule.Correction correction) implements TaskwiseMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "mao", "MAO", "Hervella et al., 2023, eq. 9 and 12", MethodInput.ELEMENTS)
          .option(
              "bias-correction",
              Option.choice(MaoRule.Correction.class),
              "sqrt",
              "sqrt (as Adam's; the default, because without the root the first steps are 30 times"
                  + " shorter and grow for thousands of steps, which the paper does not speak of),"
                  + " literal (as eq. 10 and 12 are printed), or none")
          .remembersElements()
          .madeBy(options -> new Mao(options.choice("bias-correction", MaoRule.Correction.class)));

  @Override
  public Optimizer rule(Optimizer ofRun) {
    if (ofRun instanceof Adam adam) {
      if (adam.weightDecay() > 0) {
        throw new IllegalArgumentException(
            "mao decays weights once per step beside the gradient (eq. 12); use optimizer.name ="
                + " adamw, whose weight-decay does that");
      }
      return new MaoRule(adam.beta1(), adam.beta2(), adam.epsilon(), correction);
    }
    if (ofRun instanceof AdamW adam) {
      return new MaoRule(adam.beta1(), adam.beta2(), adam.epsilon(), correction);
    }
    if (ofRun instanceof RmsProp rms) {
      if (rms.coupledDecay() > 0) {
        throw new IllegalArgumentException(
            "mao of rmsprop (eq. 9) has no weight decay; leave optimizer.weight-decay out");
      }
      if (rms.momentum() > 0) {
        throw new IllegalArgumentException(
            "mao has no momentum like that of rmsprop; leave it out, or use adam, whose beta1 it"
                + " takes");
      }
      return new MaoRule(0, rms.decay(), rms.epsilon(), MaoRule.Correction.NONE);
    }
    throw new IllegalArgumentException(
        "mao is made from optimizer adam, adamw or rmsprop, not from " + ofRun);
  }
}
