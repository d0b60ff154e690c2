package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.CONVERGED;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.Set;

/** What a case says of its gradients themselves. */
final class CaseFacts {
  /** Fields of a case that its methods read, and those that describe it. */
  static final Set<String> INPUTS =
      Set.of(
          "name",
          "note",
          "K",
          "P",
          "G",
          "losses",
          "orders",
          "uniform_draws",
          "normal_draws",
          "sequence",
          "methods");

  private CaseFacts() {}

  static void gram(GoldenCase of, Findings findings) {
    int tasks = of.tasks();
    double[][] theirs = of.fields().matrix("gram", tasks, tasks);
    findings.near(
        "gram",
        of.gradients().gram().toArray(),
        Arrays.stream(theirs).flatMapToDouble(Arrays::stream).toArray(),
        EXACT);
    for (int k = 0; k < tasks; k++) {
      // Relative to each diagonal element: norms may differ by many decades.
      findings.near("gram of " + k, of.gradients().gram().at(k, k), theirs[k][k], EXACT);
    }
  }

  static void stats(GoldenCase of, Fields fields, Findings findings) {
    Gradients gradients = of.gradients();
    int tasks = of.tasks();
    double[] norms = gradients.norms();
    findings.near("norms", norms, fields.vector("norms"), EXACT);
    double[] cosines = new double[tasks * tasks];
    double[] similarities = new double[tasks * tasks];
    double[] conflicts = new double[tasks * tasks];
    for (int i = 0; i < tasks; i++) {
      for (int j = 0; j < tasks; j++) {
        int at = i * tasks + j;
        cosines[at] = gradients.gram().at(i, j) / (norms[i] * norms[j]);
        similarities[at] = 2 * norms[i] * norms[j] / (norms[i] * norms[i] + norms[j] * norms[j]);
        conflicts[at] = conflicting(gradients, i, j);
      }
    }
    compareSquare(findings, fields, "cosine", cosines, tasks);
    compareSquare(findings, fields, "gms", similarities, tasks);
    if (fields.has("ratio_conflicting_params")) {
      compareSquare(findings, fields, "ratio_conflicting_params", conflicts, tasks);
    }
    compareSingularValues(of, fields, findings);
  }

  private static double conflicting(Gradients gradients, int i, int j) {
    int count = 0;
    for (int p = 0; p < gradients.parameters(); p++) {
      count += gradients.at(i, p) * gradients.at(j, p) < 0 ? 1 : 0;
    }
    return (double) count / gradients.parameters();
  }

  private static void compareSquare(
      Findings findings, Fields fields, String field, double[] ours, int tasks) {
    double[][] theirs = fields.matrix(field, tasks, tasks);
    double[] flat = Arrays.stream(theirs).flatMapToDouble(Arrays::stream).toArray();
    for (int i = 0; i < flat.length; i++) {
      if (Double.isNaN(ours[i])) {
        // 0/0 of a zero gradient: undefined, whatever a reference made of it.
        findings.remark(field + " of a zero gradient is undefined");
        ours[i] = flat[i];
      }
    }
    findings.near(field, ours, flat, 1, EXACT);
  }

  /** From eigenvalues of M, whose rounding leaves half of the digits of the small ones. */
  private static void compareSingularValues(GoldenCase of, Fields fields, Findings findings) {
    double[] eigenvalues = of.gradients().gram().eigen().values().toArray();
    double[] theirs = fields.vector("singular_values");
    Fields.requireSize(
        "singular_values", theirs.length, Math.min(of.tasks(), of.gradients().parameters()));
    double[] ours = new double[theirs.length];
    Arrays.setAll(ours, i -> Math.sqrt(Math.max(0, eigenvalues[i])));
    findings.near("singular_values", ours, theirs, CONVERGED);
    if (fields.has("samsung_condition_number")) {
      double least = Arrays.stream(theirs).filter(value -> value > 0).min().orElse(Double.NaN);
      findings.near(
          "samsung_condition_number by singular_values",
          Arrays.stream(theirs).max().orElse(Double.NaN) / least,
          fields.number("samsung_condition_number"),
          CONVERGED);
    }
  }
}
