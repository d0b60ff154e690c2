package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.CaseEntry.NUMBER;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;

/** Methods that see losses. */
final class LossRules {
  /** A few roundings. */
  private static final double ROUNDED = 1e-15;

  private LossRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.of("ew_sum", LossRules::equal),
        Rule.of("uw_libmtl_step1", LossRules::libmtlUncertainty),
        Rule.of("uw_kendall_(gaussian|laplace|classification)", LossRules::uncertainty),
        Rule.of("uw_o_(laplace|gaussian)", LossRules::analyticUncertainty),
        Rule.of("imtl_l_step1", LossRules::imtlL),
        Rule.of("gls", LossRules::geometric),
        Rule.of("rlw_normal", entry -> compare(entry, weigh(entry, "rlw", Map.of()))),
        Rule.of("dwa(?:_T" + NUMBER + ")?", LossRules::dynamicWeightAverage),
        Rule.of("stch(?:_mu" + NUMBER + ")?", LossRules::smoothTchebycheff),
        Rule.of("pbi(?:_[0-9]+)?", LossRules::boundary));
  }

  private static void boundary(CaseEntry entry) {
    Fields fields = entry.fields();
    Map<String, Object> options = new HashMap<>();
    options.put("theta", fields.number("theta"));
    options.put("preferences", list(fields.vector("weights", entry.tasks())));
    if (fields.has("reference")) {
      options.put("ideal", list(fields.vector("reference", entry.tasks())));
    }
    Weighing weighing = weigh(entry, "pbi", options);
    entry.compareSums("alpha", entry.weights(weighing), fields.vector("alpha", entry.tasks()));
    compareHeads(entry, weighing);
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static Weighing weigh(CaseEntry entry, String method, Map<String, ?> options) {
    return entry.trial(method, options).losses(0, entry.of().losses());
  }

  private static void compare(CaseEntry entry, Weighing weighing) {
    double[] ours = entry.weights(weighing);
    entry.compareEach("alpha", ours, entry.fields().vector("alpha", entry.tasks()));
    entry.compareGradient(ours, "g", EXACT);
    compareHeads(entry, weighing);
  }

  /** A weighted loss weighs its head, too. */
  private static void compareHeads(CaseEntry entry, Weighing weighing) {
    entry.findings().same("weights of the heads", weighing.heads(), weighing.shared());
  }

  /** What a method answers before it has learned or seen anything. */
  private static void compareStart(CaseEntry entry, Weighing weighing, double[] expected) {
    entry.findings().each("weights at the start", entry.weights(weighing), expected, 0, ROUNDED);
  }

  private static void compareSlopes(CaseEntry entry, Trial trial, Weighing weighing, String field) {
    entry.findings().near(field, trial.slopes(weighing), entry.fields().vector(field), EXACT);
  }

  private static void equal(CaseEntry entry) {
    Weighing weighing = weigh(entry, "ew", Map.of());
    compare(entry, weighing);
    compareStart(entry, weighing, Vector.ones(entry.tasks()).toArray());
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
    compareStart(entry, first, Vector.ones(entry.tasks()).toArray());
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
      double[] losses = Arrays.stream(average).map(loss -> loss * part).toArray();
      compareStart(entry, trial.losses(step / 2, losses), Vector.ones(entry.tasks()).toArray());
    }
    compare(entry, trial.losses(2, entry.of().losses()));
  }

  /**
   * The nadir is the loss of step 0, seen in the epoch after the warm-up. What the warm-up sees
   * must not count, and logarithms are descended there.
   */
  private static void smoothTchebycheff(CaseEntry entry) {
    int warmUp = 4;
    double mu = entry.option("mu", 1, 1);
    Trial trial = entry.trial("stch", Map.of("form", "log", "mu", mu, "warm-up-epochs", warmUp));
    for (int epoch = 0; epoch <= warmUp; epoch++) {
      Vector losses = Vector.of(entry.of().losses(0)).times(epoch < warmUp ? 3 : 1);
      Weighing weighing = trial.losses(epoch, losses.toArray());
      compareStart(entry, weighing, losses.map(loss -> 1 / loss).toArray());
    }
    List<Fields> steps = entry.fields().children("steps");
    for (int i = 0; i < steps.size(); i++) {
      Weighing weighing = trial.losses(warmUp + 1, entry.of().losses(i + 1));
      // The exponents are multiples of 1 / mu.
      compareStep(entry, i, steps.get(i), weighing, 1e-12 * Math.max(1, 1 / mu));
    }
  }

  /** Compares the weights and the gradient of a step of the recorded sequence. */
  private static void compareStep(
      CaseEntry entry, int i, Fields step, Weighing weighing, double tolerance) {
    double[] ours = entry.weights(weighing);
    double[] theirs = step.vector("alpha", entry.tasks());
    entry.findings().each("alpha of step " + i, ours, theirs, 0, tolerance);
    entry.compareWeights("alpha of step " + i, ours, theirs, EXACT);
    entry.compareCombined(
        "g of step " + i, entry.of().gradients(i + 1), ours, step.vector("g"), EXACT);
    compareHeads(entry, weighing);
  }
}
