package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.CaseEntry.NUMBER;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.sparkmto.method.Weighing;

/** Methods that see losses. */
final class LossRules {
  private LossRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.of("ew_sum", entry -> compare(entry, weigh(entry, "ew", Map.of()))),
        Rule.of("uw_libmtl_step1", LossRules::libmtlUncertainty),
        Rule.of("uw_kendall_(gaussian|laplace|classification)", LossRules::uncertainty),
        Rule.of("uw_o_(laplace|gaussian)", LossRules::analyticUncertainty),
        Rule.of("imtl_l_step1", LossRules::imtlL),
        Rule.of("gls", LossRules::geometric),
        Rule.of("rlw_normal", entry -> compare(entry, weigh(entry, "rlw", Map.of()))),
        Rule.of("dwa(?:_T" + NUMBER + ")?", LossRules::dynamicWeightAverage),
        Rule.of("stch(?:_mu" + NUMBER + ")?", LossRules::smoothTchebycheff));
  }

  private static Weighing weigh(CaseEntry entry, String method, Map<String, ?> options) {
    return entry.trial(method, options).losses(0, entry.of().losses());
  }

  private static void compare(CaseEntry entry, Weighing weighing) {
    entry.compare(entry.weights(weighing), "alpha", "g", EXACT);
  }

  private static void compareSlopes(CaseEntry entry, Trial trial, Weighing weighing, String field) {
    entry.findings().near(field, trial.slopes(weighing), entry.fields().vector(field), EXACT);
  }

  private static void libmtlUncertainty(CaseEntry entry) {
    Trial trial = entry.trial("uw", Map.of("init", entry.fields().number("s_init")));
    Weighing weighing = trial.losses(0, entry.of().losses());
    compare(entry, weighing);
    compareSlopes(entry, trial, weighing, "grad_s");
  }

  private static void uncertainty(CaseEntry entry) {
    Trial trial = entry.trial("uw", Map.of("form", entry.name().group(1)));
    Weighing weighing = trial.losses(0, entry.of().losses());
    compare(entry, weighing);
    compareSlopes(entry, trial, weighing, "grad_s");
  }

  private static void analyticUncertainty(CaseEntry entry) {
    compare(entry, weigh(entry, "uw-o", Map.of("form", entry.name().group(1))));
  }

  private static void imtlL(CaseEntry entry) {
    Trial trial = entry.trial("imtl-l", Map.of());
    Weighing first = trial.losses(0, entry.of().losses());
    compareSlopes(entry, trial, first, "grad_s_at_0");
    trial.learned(entry.fields().vector("s", entry.tasks()));
    Weighing second = trial.losses(0, entry.of().losses());
    compare(entry, second);
    compareSlopes(entry, trial, second, "grad_s");
  }

  private static void geometric(CaseEntry entry) {
    Weighing weighing = weigh(entry, "gls", Map.of());
    compare(entry, weighing);
    // Weights are GM / (K l_k), so the weighted sum is the geometric mean GM itself.
    double mean =
        Arrays.stream(CaseEntry.product(weighing.shared().toArray(), entry.of().losses())).sum();
    entry.findings().near("loss", mean, entry.fields().number("loss"), EXACT);
  }

  /** Two steps per epoch whose average is the recorded loss of the epoch. */
  private static void dynamicWeightAverage(CaseEntry entry) {
    Trial trial = entry.trial("dwa", Map.of("temperature", entry.option("T", 1, 2)));
    double[] before = entry.fields().vector("loss_epoch_minus2", entry.tasks());
    double[] last = entry.fields().vector("loss_epoch_minus1", entry.tasks());
    for (int step = 0; step < 4; step++) {
      double part = step % 2 == 0 ? 0.5 : 1.5;
      double[] average = step < 2 ? before : last;
      trial.losses(step / 2, Arrays.stream(average).map(loss -> loss * part).toArray());
    }
    compare(entry, trial.losses(2, entry.of().losses()));
  }

  /** The nadir is the loss of step 0, seen in every epoch of the warm-up and in the one after. */
  private static void smoothTchebycheff(CaseEntry entry) {
    int warmUp = 4;
    Trial trial =
        entry.trial(
            "stch",
            Map.of("form", "log", "mu", entry.option("mu", 1, 1), "warm-up-epochs", warmUp));
    for (int epoch = 0; epoch <= warmUp; epoch++) {
      trial.losses(epoch, entry.of().losses(0));
    }
    List<Fields> steps = entry.fields().children("steps");
    for (int i = 0; i < steps.size(); i++) {
      double[] ours = entry.weights(trial.losses(warmUp + 1, entry.of().losses(i + 1)));
      compareStep(entry, i, steps.get(i), ours);
    }
  }

  /** Compares the weights and the gradient of a step of the recorded sequence. */
  private static void compareStep(CaseEntry entry, int i, Fields step, double[] ours) {
    Gradients gradients = entry.of().gradients(i + 1);
    entry.compareWeights("alpha of step " + i, ours, step.vector("alpha"), EXACT);
    entry.compareCombined("g of step " + i, gradients, ours, step.vector("g"), EXACT);
  }
}
