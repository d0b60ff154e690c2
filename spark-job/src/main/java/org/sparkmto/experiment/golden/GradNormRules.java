package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.CaseEntry.NUMBER;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;

/**
 * GradNorm. A zero gradient leaves the step here, so means and sums go over fewer tasks than in the
 * references. There the definition is computed twice: over all tasks, which must give the
 * reference's numbers, and over the others, which must give ours.
 */
final class GradNormRules {
  /** The size of the step on the weights in the entries of the paper's form. */
  private static final double RATE = 0.025;

  /** Our weights of the paper's form do not go below it; the references let them turn negative. */
  private static final double LEAST = 1e-3;

  private GradNormRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.ofGradients("gradnorm_libmtl_gamma" + NUMBER, GradNormRules::softmaxForm),
        Rule.ofGradients("gradnorm_paper_gamma" + NUMBER, GradNormRules::paperForm));
  }

  /** The losses of the first step are those that rates are taken against. */
  private static Trial started(CaseEntry entry, String form) {
    double gamma = entry.option("gamma", 1, 1.5);
    Trial trial =
        entry.trial("gradnorm", Map.of("gamma", gamma, "form", form, "baseline", "first"));
    Weighing first = trial.gradients(0, initial(entry), entry.gradients());
    int[] moving = entry.gradients().moving();
    double[] ones = Vector.ones(moving.length).toArray();
    double[] ours = CaseEntry.pick(first.shared().toArray(), moving);
    entry.findings().each("weights of the first step", ours, ones, 0, 1e-15);
    return trial;
  }

  private static double[] initial(CaseEntry entry) {
    return entry.fields().vector("initial_losses", entry.tasks());
  }

  private static Weighing step(CaseEntry entry, Trial trial) {
    return trial.gradients(1, entry.of().losses(), entry.gradients());
  }

  private static void softmaxForm(CaseEntry entry) {
    Fields fields = entry.fields();
    double[] parameter = fields.vector("param", entry.tasks());
    Trial trial = started(entry, "softmax");
    trial.learned(parameter);
    Weighing weighing = step(entry, trial);
    double[] ours = entry.weights(weighing);
    double[] slopes = trial.slopes(weighing);
    if (!entry.gradients().hasZero()) {
      entry.compareEach("alpha", ours, fields.vector("alpha", entry.tasks()));
      entry.compareGradient(ours, "g", EXACT);
      entry.findings().near("grad_param", slopes, fields.vector("grad_param"), EXACT);
      return;
    }
    int[] all = all(entry);
    double[] theirs = softmaxWeights(parameter, all);
    entry.compareWeights("alpha by definition", theirs, fields.vector("alpha"), EXACT);
    entry.compareCombined("g by definition", theirs, fields.vector("g"), EXACT);
    entry
        .findings()
        .near(
            "grad_param by definition",
            softmaxSlopes(entry, parameter, all),
            fields.vector("grad_param"),
            EXACT);
    int[] moving = entry.gradients().moving();
    entry
        .findings()
        .near(
            "alpha of the others",
            CaseEntry.pick(ours, moving),
            softmaxWeights(parameter, moving),
            EXACT);
    entry
        .findings()
        .near(
            "grad_param of the others",
            CaseEntry.pick(slopes, moving),
            softmaxSlopes(entry, parameter, moving),
            EXACT);
    entry.findings().remark("ours leaves out the zero gradient, compared by the definition");
  }

  private static void paperForm(CaseEntry entry) {
    Fields fields = entry.fields();
    double[] before = fields.vector("w_before", entry.tasks());
    Trial trial = started(entry, "paper");
    trial.learned(before);
    Weighing weighing = step(entry, trial);
    double[] slopes = trial.slopes(weighing);
    int[] all = all(entry);
    int[] moving = entry.gradients().moving();
    double[] theirSlopes = slopes(entry, before, all);
    entry.findings().near("grad_w by definition", theirSlopes, fields.vector("grad_w"), EXACT);
    double[] stepped = stepped(before, theirSlopes);
    entry
        .findings()
        .near(
            "w_after by definition",
            scaled(stepped, entry.tasks()),
            fields.vector("w_after"),
            EXACT);
    double[] expected = CaseEntry.pick(before, moving);
    double[] answered = CaseEntry.pick(entry.weights(weighing), moving);
    entry
        .findings()
        .each("weights of w_before", answered, scaled(expected, moving.length), 0, EXACT);
    entry.findings().same("weights of the heads", weighing.heads(), weighing.shared());
    double[] expectedSlopes = slopes(entry, before, moving);
    entry.findings().near("grad_w", CaseEntry.pick(slopes, moving), expectedSlopes, EXACT);
    double[] after = stepped(expected, expectedSlopes);
    trial.learned(stepped(before, slopes));
    double[] ours = CaseEntry.pick(entry.weights(step(entry, trial)), moving);
    double[] clipped = Arrays.stream(after).map(weight -> Math.max(LEAST, weight)).toArray();
    entry.findings().near("w_after", ours, scaled(clipped, moving.length), EXACT);
    if (moving.length < entry.tasks()) {
      entry.findings().remark("ours leaves out the zero gradient, compared by the definition");
    }
    if (!Arrays.equals(after, clipped)) {
      entry
          .findings()
          .better(
              "the step takes theirs to a weight of %.3g, ours is held at %s"
                  .formatted(Arrays.stream(after).min().orElseThrow(), LEAST));
    }
  }

  private static int[] all(CaseEntry entry) {
    int[] all = new int[entry.tasks()];
    Arrays.setAll(all, k -> k);
    return all;
  }

  private static double[] stepped(double[] weights, double[] slopes) {
    double[] after = new double[weights.length];
    Arrays.setAll(after, k -> weights[k] - RATE * slopes[k]);
    return after;
  }

  private static double[] scaled(double[] weights, double total) {
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / sum * total).toArray();
  }

  private static double[] softmaxWeights(double[] parameter, int[] tasks) {
    return scaled(
        Arrays.stream(CaseEntry.pick(parameter, tasks)).map(Math::exp).toArray(), tasks.length);
  }

  /** The slopes of sum |w n - mean(w n) r^gamma| by w, target constant, over these tasks. */
  private static double[] slopes(CaseEntry entry, double[] allWeights, int[] tasks) {
    return slopesAt(entry, CaseEntry.pick(allWeights, tasks), tasks);
  }

  private static double[] slopesAt(CaseEntry entry, double[] weights, int[] tasks) {
    double gamma = entry.option("gamma", 1, 1.5);
    double[] norms = CaseEntry.pick(entry.gradients().norms(), tasks);
    double[] ratios =
        CaseEntry.pick(CaseEntry.quotient(entry.of().losses(), initial(entry)), tasks);
    double meanRatio = Arrays.stream(ratios).average().orElseThrow();
    double[] moves = CaseEntry.product(weights, norms);
    double meanMove = Arrays.stream(moves).average().orElseThrow();
    double[] slopes = new double[tasks.length];
    for (int k = 0; k < slopes.length; k++) {
      double target = meanMove * Math.pow(ratios[k] / meanRatio, gamma);
      slopes[k] = Math.signum(moves[k] - target) * norms[k] + 0.0;
    }
    return slopes;
  }

  /** The slopes by the parameter p of w = K softmax(p). */
  private static double[] softmaxSlopes(CaseEntry entry, double[] parameter, int[] tasks) {
    double[] weights = softmaxWeights(parameter, tasks);
    double[] slopes = slopesAt(entry, weights, tasks);
    double mean = Arrays.stream(CaseEntry.product(weights, slopes)).sum() / tasks.length;
    double[] chained = new double[tasks.length];
    Arrays.setAll(chained, k -> weights[k] * (slopes[k] - mean));
    return chained;
  }
}
