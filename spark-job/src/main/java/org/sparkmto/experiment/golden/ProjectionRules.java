package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.CaseEntry.NUMBER;
import static org.sparkmto.experiment.golden.Findings.CONVERGED;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.method.Weighing;

/** Methods that project gradients pair by pair, in recorded orders. */
final class ProjectionRules {
  private ProjectionRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.ofGradients("pcgrad_paper_(sum|mean)", ProjectionRules::paper),
        Rule.ofGradients("pcgrad_libmtl_(sum|mean)", ProjectionRules::libmtl),
        Rule.ofGradients("pcgrad_samsung_(sum|mean)", ProjectionRules::samsung),
        Rule.ofGradients("gradvac_libmtl(?:_beta" + NUMBER + ")?", e -> vaccine(e, "always", 1e-8)),
        Rule.ofGradients(
            "gradvac_samsung(?:_beta" + NUMBER + ")?", e -> vaccine(e, "modified", 0)));
  }

  private static Map<String, Object> options(CaseEntry entry) {
    Map<String, Object> options = new LinkedHashMap<>();
    if (entry.name().group(1).equals("mean")) {
      options.put("reduction", "mean");
    }
    return options;
  }

  private static void paper(CaseEntry entry) {
    double[] ours = entry.weights(entry.weigh("pcgrad", options(entry)));
    compare(entry, ours);
    if (entry.fields().has("self_projection_changes_result")) {
      Map<String, Object> options = options(entry);
      options.put("self", true);
      double[] withSelf = entry.weights(entry.weigh("pcgrad", options));
      entry
          .findings()
          .same(
              "self_projection_changes_result",
              entry.weightError("self", withSelf, ours) > EXACT,
              entry.fields().flag("self_projection_changes_result"));
    }
  }

  private static void compare(CaseEntry entry, double[] ours) {
    if (entry.fields().has("alpha")) {
      entry.compareSums("alpha", ours, entry.fields().vector("alpha", entry.tasks()));
    }
    entry.compareGradient(ours, "g", EXACT);
  }

  private static void libmtl(CaseEntry entry) {
    Map<String, Object> options = options(entry);
    options.put("self", true);
    options.put("epsilon", 1e-8);
    double[] ours = entry.weights(entry.weigh("pcgrad", options));
    compare(entry, ours);
    if (entry.fields().has("coefficients_own")) {
      double[][] coefficients =
          entry.fields().matrix("coefficients_own", entry.tasks(), entry.tasks());
      double[] sums = new double[entry.tasks()];
      for (double[] row : coefficients) {
        Arrays.setAll(sums, k -> sums[k] + row[k]);
      }
      double part = entry.name().group(1).equals("mean") ? 1.0 / entry.tasks() : 1;
      double[] summed = Arrays.stream(sums).map(sum -> sum * part).toArray();
      entry.compareWeights("sums of coefficients_own", ours, summed, EXACT);
    }
  }

  private static void samsung(CaseEntry entry) {
    Map<String, Object> options = options(entry);
    options.put("self", true);
    options.put("epsilon", 1e-5);
    options.put("one-order", true);
    int[] order = entry.fields().counts("order");
    Trial trial = new Trial("pcgrad", options, entry.tasks(), entry.of().drawsInOneOrder(order));
    double[] ours = entry.weights(trial.gradients(0, entry.of().losses(), entry.gradients()));
    compare(entry, ours);
  }

  /**
   * Steps on the same gradients. Near a cosine of -1 the projected gradient is what cancellation
   * leaves, hence the wider tolerance of the gradient beside the narrow one of the weights.
   */
  private static void vaccine(CaseEntry entry, String update, double epsilon) {
    double beta = entry.option("beta", 1, 0.5);
    Trial trial =
        entry.trial("gradvac", Map.of("beta", beta, "update", update, "epsilon", epsilon));
    List<Fields> steps = entry.fields().children("steps");
    for (int i = 0; i < steps.size(); i++) {
      Fields step = steps.get(i);
      Weighing weighing = trial.gradients(0, entry.of().losses(), entry.gradients());
      double[] ours = entry.weights(weighing);
      String at = " of step " + i;
      if (step.has("alpha_own")) {
        entry.compareSums("alpha" + at, ours, step.vector("alpha_own"));
      }
      entry.compareCombined(
          "g" + at, ours, step.vector("g"), step.has("alpha_own") ? CONVERGED : EXACT);
      if (step.has("rho_after")) {
        double[][] targets = step.matrix("rho_after", entry.tasks(), entry.tasks());
        entry
            .findings()
            .near(
                "rho" + at,
                pairs(trial),
                Arrays.stream(targets).flatMapToDouble(Arrays::stream).toArray(),
                EXACT);
      }
    }
  }

  /** The one matrix that the method remembers. */
  private static double[] pairs(Trial trial) {
    List<double[]> pairs =
        trial.state().toArrays().entrySet().stream()
            .filter(array -> array.getKey().startsWith("pair/"))
            .map(Map.Entry::getValue)
            .toList();
    if (pairs.size() != 1) {
      throw new NotOfferedException(
          "the method remembers " + trial.state().toArrays().keySet() + ", not one value per pair");
    }
    return pairs.get(0);
  }
}
