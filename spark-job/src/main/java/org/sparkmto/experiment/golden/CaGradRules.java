package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.CONVERGED;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;

/**
 * CAGrad: {@code min_w F(w) = w' M 1/K + c |g0| |g_w|} over the simplex, {@code g = g0 + c |g0| g_w
 * / |g_w|}. F is convex, so a point is certified by how much F could fall along its gradient.
 */
final class CaGradRules {
  private CaGradRules() {}

  /** The problem of some gradients. */
  private record Problem(Gradients rows, double c) {
    double[] equal() {
      double[] equal = new double[rows.tasks()];
      Arrays.fill(equal, 1.0 / equal.length);
      return equal;
    }

    double radius() {
      return c * Math.sqrt(rows.square(equal()));
    }

    double objective(double[] w) {
      return Vector.of(rows.products(equal())).dot(Vector.of(w))
          + radius() * Math.sqrt(rows.square(w));
    }

    /** At most how far F(w) is above the minimum, in units of the radius times the shortest row. */
    double gap(double[] w) {
      double norm = Math.sqrt(rows.square(w));
      double[] mean = rows.products(equal());
      double[] products = rows.products(w);
      double[] slopes =
          IntStream.range(0, w.length)
              .mapToDouble(k -> mean[k] + (norm > 0 ? radius() * products[k] / norm : 0))
              .toArray();
      double fall = Vector.of(slopes).dot(Vector.of(w)) - Vector.of(slopes).min();
      double shortest = Arrays.stream(rows.norms()).min().orElse(1);
      return fall / (Math.sqrt(rows.square(equal())) * shortest);
    }
  }

  /** The point of the simplex that our weights stem from. */
  private static double[] simplex(double[] weights) {
    double equal = 1.0 / weights.length;
    double sum = Arrays.stream(weights).map(weight -> weight - equal).sum();
    return Arrays.stream(weights).map(weight -> (weight - equal) / sum).toArray();
  }

  static void check(CaseEntry entry) {
    Fields fields = entry.fields();
    double c = entry.option("c", 1, 0.4);
    int[] moving = entry.gradients().moving();
    Problem problem = new Problem(entry.gradients().of(moving), c);
    Problem whole = new Problem(entry.gradients(), c);
    Weighing weighing = entry.weigh("cagrad", Map.of("c", c, "rescale", 0));
    double[] exact = fields.vector("alpha_exact_rescale0", entry.tasks());
    double[] exactG = fields.vector("g_exact_rescale0", entry.gradients().parameters());
    double[] exactPoint = fields.vector("w_exact", entry.tasks());
    entry
        .findings()
        .near(
            "objective_exact by w_exact",
            new double[] {whole.objective(exactPoint)},
            new double[] {fields.number("objective_exact")},
            Math.max(Math.abs(fields.number("objective_exact")), 1e-5 * whole.radius()),
            EXACT);
    double[] ours = entry.weights(weighing);
    if (weighing.failure().isPresent()) {
      return;
    }
    double[] point = simplex(CaseEntry.pick(ours, moving));
    entry.findings().within("optimality", problem.gap(point), CONVERGED);
    compareRescaled(entry, ours, c);
    if (!Vector.of(exact).isFinite()) {
      entry.findings().better("theirs is NaN (g_w = 0), ours is certified without what is zero");
    } else if (moving.length == entry.tasks()) {
      double theirs = problem.objective(exactPoint);
      entry
          .findings()
          .notWorse(
              "F",
              problem.objective(point),
              theirs,
              EXACT * Math.max(Math.abs(theirs), 1e-5 * problem.radius()),
              false);
      double error = entry.weightError("alpha_exact", ours, exact);
      double tolerance = entry.conditioning().plain() ? EXACT : CONVERGED;
      if (error <= tolerance || !problem.rows().dependent()) {
        entry.findings().within("alpha_exact_rescale0", error, tolerance);
      } else {
        entry.findings().remark("weights of dependent gradients are not unique, g is");
      }
      entry.compareCombined("g_exact_rescale0", ours, exactG, tolerance);
      entry.compareCombined("g_exact by alpha_exact", exact, exactG, EXACT);
    }
    libmtl(entry, whole, problem, point);
  }

  /** The other rescalings are ours divided by 1 + c^2 and by 1 + c. */
  private static void compareRescaled(CaseEntry entry, double[] ours, double c) {
    double[] divisors = {1, 1 + c * c, 1 + c};
    for (int rescale = 1; rescale <= 2; rescale++) {
      double divisor = divisors[rescale];
      double[] rescaled = entry.weights(entry.weigh("cagrad", Map.of("c", c, "rescale", rescale)));
      entry.compareWeights(
          "rescale " + rescale,
          rescaled,
          Arrays.stream(ours).map(weight -> weight / divisor).toArray(),
          EXACT);
    }
  }

  /** LibMTL's solver stops early and its result is used unchecked: its objective decides. */
  private static void libmtl(CaseEntry entry, Problem whole, Problem problem, double[] point) {
    Fields fields = entry.fields();
    if (!fields.has("libmtl_w")) {
      return;
    }
    double[] w = fields.vector("libmtl_w", entry.tasks());
    double sum = Arrays.stream(w).sum();
    entry.findings().near("libmtl_w_sum", sum, fields.number("libmtl_w_sum", sum), EXACT);
    boolean feasible = Math.abs(sum - 1) <= CONVERGED && Vector.of(w).min() >= -CONVERGED;
    if (fields.has("libmtl_feasible")) {
      entry.findings().same("libmtl_feasible", feasible, fields.flag("libmtl_feasible"));
    }
    double objective = whole.objective(w);
    entry
        .findings()
        .near(
            "libmtl_objective by libmtl_w",
            new double[] {objective},
            new double[] {fields.number("libmtl_objective", objective)},
            Math.max(Math.abs(objective), 1e-5 * whole.radius()),
            EXACT);
    compareGuarded(entry, whole, w);
    if (!feasible) {
      entry.findings().better("libmtl_w of sum %.3g is not feasible".formatted(sum));
    } else if (point.length == entry.tasks()) {
      double ours = problem.objective(point);
      double scale = Math.max(Math.abs(objective), 1e-5 * whole.radius());
      entry
          .findings()
          .notWorse("F", ours, objective, EXACT * scale, objective - ours > CONVERGED * scale);
    } else {
      entry.findings().remark("LibMTL weighs the zero gradient, ours leaves it out");
    }
  }

  /** LibMTL adds 1e-8 in three places; with them its gradients follow from its w. */
  private static void compareGuarded(CaseEntry entry, Problem whole, double[] w) {
    double c = whole.c();
    double guard = 1e-8;
    double radius = c * Math.sqrt(whole.rows().square(whole.equal()) + guard) + guard;
    double lambda = radius / (Math.sqrt(whole.rows().square(w)) + guard);
    double[] divisors = {1, 1 + c * c, 1 + c};
    for (int rescale = 0; rescale < divisors.length; rescale++) {
      String field = "libmtl_g_rescale" + rescale;
      if (entry.fields().has(field)) {
        double divisor = divisors[rescale];
        double[] weights =
            Arrays.stream(w).map(weight -> (1.0 / w.length + lambda * weight) / divisor).toArray();
        entry.compareCombined(field + " by libmtl_w", weights, entry.fields().vector(field), EXACT);
      }
    }
  }
}
