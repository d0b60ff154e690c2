package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.CaseEntry.NUMBER;
import static org.sparkmto.experiment.golden.Findings.CONVERGED;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;

/** Methods of the Gram matrix with a closed form or a small system of equations. */
final class SolverRules {
  /** 2^-52: the rank tolerance of references that ran in double. */
  private static final double FLOAT64_EPSILON = Math.ulp(1.0);

  private SolverRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.ofGradients("mgda_exact_(none|l2|loss|loss\\+)", MinNormRules::exact),
        Rule.ofGradients("mgda_libmtl_(none|l2|loss|loss\\+)", MinNormRules::libmtl),
        Rule.ofGradients("mgda_samsung|mgda_torchjd_fw", MinNormRules::iterated),
        Rule.ofGradients("mgda_closed_form_unconstrained", MinNormRules::unconstrained),
        Rule.ofGradients("cagrad_c" + NUMBER, CaGradRules::check),
        Rule.ofGradients("nash_mtl", SolverRules::nash),
        Rule.ofGradients("fairgrad_alpha" + NUMBER, SolverRules::fair),
        Rule.ofGradients("imtl_g", SolverRules::impartial),
        Rule.ofGradients("aligned_mtl", SolverRules::aligned),
        Rule.ofGradients("upgrad(?:_reg" + NUMBER + ")?", entry -> projected(entry, "upgrad")),
        Rule.ofGradients("dualproj(?:_reg" + NUMBER + ")?", entry -> projected(entry, "dualproj")),
        Rule.ofGradients("config", SolverRules::conflictFree));
  }

  /** The largest {@code |(M x)_k x_k^(1/p) - 1|} over gradients that move. */
  private static double fairResidual(CaseEntry entry, double[] weights, double p) {
    int[] moving = entry.gradients().moving();
    double[] own = CaseEntry.pick(weights, moving);
    double[] products = entry.gradients().of(moving).products(own);
    double worst = 0;
    for (int k = 0; k < own.length; k++) {
      double miss = Math.abs(products[k] * Math.pow(own[k], 1 / p) - 1);
      worst = Double.isNaN(miss) ? Double.POSITIVE_INFINITY : Math.max(worst, miss);
    }
    return worst;
  }

  private static void nash(CaseEntry entry) {
    Fields fields = entry.fields();
    Weighing weighing = entry.weigh("nash-mtl", Map.of("max-norm", 0));
    double residual = fairResidual(entry, weighing.shared().toArray(), 1);
    if (fields.isNull("alpha")) {
      if (weighing.failure().isPresent()) {
        entry.findings().refuses(weighing.failure().get() + "; theirs is null");
      } else if (residual <= CONVERGED) {
        entry.findings().better("theirs is null, ours has residual %.1e".formatted(residual));
      } else {
        entry.findings().fail("ours answers with residual %.1e".formatted(residual));
      }
      return;
    }
    double[] theirs = fields.vector("alpha", entry.tasks());
    double theirResidual = fairResidual(entry, theirs, 1);
    if (fields.has("residual_max")) {
      // A residual of a few roundings is compared as such: by its size, not by its digits.
      double claimed = fields.number("residual_max");
      entry
          .findings()
          .within("residual_max", Math.abs(theirResidual - claimed) / Math.max(1, claimed), EXACT);
    }
    if (weighing.failure().isPresent() && !(theirResidual <= CONVERGED)) {
      entry.findings().refuses(weighing.failure().get() + "; theirs has residual " + theirResidual);
      return;
    }
    double[] ours = entry.weights(weighing);
    entry.findings().within("residual", residual, EXACT);
    double norm = Math.sqrt(entry.gradients().square(ours));
    if (theirResidual > CONVERGED) {
      if (fields.has("g")) {
        entry.compareCombined("g by their weights", theirs, fields.vector("g"), CONVERGED);
      }
      entry.findings().notWorse("residual", residual, theirResidual, 0, true);
      return;
    }
    entry.compare(ours, "alpha", "g", EXACT);
    if (fields.has("norm_g")) {
      entry.findings().near("norm_g", norm, fields.number("norm_g"), EXACT);
    }
    if (fields.has("g_clipped_max_norm_1")) {
      compareClipped(entry, ours, norm);
    }
  }

  /** torch divides by {@code |g| + 1e-6} where ours divides by {@code |g|}; both are looked for. */
  private static void compareClipped(CaseEntry entry, double[] whole, double norm) {
    String field = "g_clipped_max_norm_1";
    double[] theirs = entry.fields().vector(field, entry.gradients().parameters());
    double[] clipped = entry.weights(entry.weigh("nash-mtl", Map.of("max-norm", 1)));
    double torch = Math.min(1, 1 / (norm + 1e-6));
    double[] expected = Arrays.stream(whole).map(weight -> weight * torch).toArray();
    entry.compareCombined(field, clipped, theirs, CONVERGED);
    double[] nearest =
        Findings.error(entry.gradients().combined(clipped), theirs, 1)
                < Findings.error(entry.gradients().combined(expected), theirs, 1)
            ? clipped
            : expected;
    entry.compareCombined(field + " by torch's rule", nearest, theirs, EXACT);
  }

  private static void fair(CaseEntry entry) {
    Fields fields = entry.fields();
    double p = entry.option("alpha", 1, 1);
    Weighing weighing = entry.weigh("fairgrad", Map.of("alpha", p));
    if (fields.isNull("alpha_exact") && weighing.failure().isPresent()) {
      entry.findings().refuses(weighing.failure().get() + "; theirs is null");
      return;
    }
    double[] ours = entry.weights(weighing);
    double residual = fairResidual(entry, ours, p);
    entry.findings().within("residual", residual, EXACT);
    if (fields.has("alpha_exact")) {
      double[] exact = fields.vector("alpha_exact", entry.tasks());
      entry.compareWeights("alpha_exact", ours, exact, EXACT);
      if (fields.has("residual_exact")) {
        entry
            .findings()
            .within(
                "residual_exact",
                Math.abs(fairResidual(entry, exact, p) - fields.number("residual_exact")),
                EXACT);
      }
    }
    if (fields.has("alpha_libmtl")) {
      double[] libmtl = fields.vector("alpha_libmtl", entry.tasks());
      double theirs = fairResidual(entry, libmtl, p);
      if (fields.has("residual_libmtl")) {
        double claimed = fields.number("residual_libmtl");
        entry
            .findings()
            .within("residual_libmtl", Math.abs(theirs - claimed) / Math.max(1, claimed), EXACT);
      }
      compareOrBetter(entry, "alpha_libmtl", ours, libmtl, residual, theirs);
    }
  }

  /** Theirs comes out of an iteration that may not have converged: then the residuals decide. */
  private static void compareOrBetter(
      CaseEntry entry, String what, double[] ours, double[] theirs, double mine, double their) {
    double error = entry.weightError(what, ours, theirs);
    if (error <= CONVERGED || their <= EXACT) {
      entry.findings().within(what, error, CONVERGED);
    } else {
      entry.findings().notWorse("residual of " + what, mine, their, 0, true);
    }
  }

  /**
   * How far weights are from equal positive projections on unit gradients, as a share of what is
   * added up; infinite where their common projection is not positive.
   */
  private static double projectionResidual(CaseEntry entry, double[] weights) {
    int[] moving = entry.gradients().moving();
    Gradients gradients = entry.gradients().of(moving);
    double[] own = CaseEntry.pick(weights, moving);
    double[] projections = CaseEntry.quotient(gradients.products(own), gradients.norms());
    double added = 0;
    double mean = 0;
    for (int k = 0; k < own.length; k++) {
      added += Math.abs(own[k]) * gradients.norm(k);
      mean += projections[k] / own.length;
    }
    double common = mean;
    double worst =
        Arrays.stream(projections).map(value -> Math.abs(value - common)).max().orElse(0);
    return common > 1e-9 * added ? worst / added : Double.POSITIVE_INFINITY;
  }

  private static void impartial(CaseEntry entry) {
    Fields fields = entry.fields();
    Weighing weighing = entry.weigh("imtl-g", Map.of());
    double[] ours = weighing.shared().toArray();
    boolean refuses = weighing.failure().isPresent();
    if (!refuses) {
      entry.findings().within("projections", projectionResidual(entry, ours), EXACT);
      int[] moving = entry.gradients().moving();
      double sum = Arrays.stream(CaseEntry.pick(ours, moving)).sum();
      entry.findings().near("sum of the weights", sum, 1.0, EXACT);
    }
    boolean solvedByOthers = false;
    for (String source : List.of("libmtl", "torchjd", "gram_own")) {
      String field = "alpha_" + source;
      if (!fields.has(field)) {
        continue;
      }
      double[] theirs = fields.vector(field, entry.tasks());
      double residual = projectionResidual(entry, theirs);
      if (fields.has("g_" + source)) {
        entry.compareCombined(
            "g_" + source + " by " + field, theirs, fields.vector("g_" + source), CONVERGED);
      }
      if (residual <= CONVERGED) {
        solvedByOthers = true;
        if (!refuses) {
          compareSolutions(entry, field, ours, theirs, residual);
        }
      } else {
        explainMiss(entry, field, theirs, residual, refuses);
      }
      requireSumOne(entry, field, theirs);
    }
    if (refuses && solvedByOthers) {
      entry.findings().fail("ours refuses, but theirs is a solution: " + weighing.failure().get());
    } else if (refuses) {
      entry.findings().refuses(weighing.failure().get());
    }
    compareHybrid(entry);
  }

  /** Weights of sum 1, or all 0 where a reference gives up; NaN comes of a zero gradient alone. */
  private static void requireSumOne(CaseEntry entry, String field, double[] theirs) {
    if (!Vector.of(theirs).isFinite()) {
      if (!entry.gradients().hasZero()) {
        entry.findings().fail(field + " is not finite, though no gradient is zero");
      }
    } else if (Findings.largest(theirs) > 0) {
      double sum = Arrays.stream(theirs).sum();
      double scale = Math.max(1, Findings.largest(theirs));
      entry
          .findings()
          .near("sum of " + field, new double[] {sum}, new double[] {1}, scale, CONVERGED);
    }
  }

  /** Theirs is no solution: that takes dependent gradients, or nearly so. */
  private static void explainMiss(
      CaseEntry entry, String field, double[] theirs, double residual, boolean refuses) {
    String miss =
        !Vector.of(theirs).isFinite()
            ? field + " is NaN"
            : residual == Double.POSITIVE_INFINITY
                ? field + " has no positive projection"
                : "%s misses equal projections by %.1e".formatted(field, residual);
    boolean explained =
        refuses
            || entry.gradients().hasZero()
            || entry.gradients().of(entry.gradients().moving()).dependent();
    if (explained) {
      entry.findings().remark(miss);
    } else {
      entry.findings().fail(miss);
    }
  }

  /** Dependent gradients have many weights and one direction. */
  private static void compareSolutions(
      CaseEntry entry, String field, double[] ours, double[] theirs, double residual) {
    double error = entry.weightError(field, ours, theirs);
    if (error <= EXACT) {
      entry.findings().within(field, error, EXACT);
    } else if (entry.gradients().of(entry.gradients().moving()).dependent()) {
      entry.compareCombined(field + " combined", ours, entry.gradients().combined(theirs), EXACT);
    } else {
      // pinv(M) n forms M, whose condition is the square of the cosines'.
      entry.findings().within(field, error, CONVERGED);
      entry
          .findings()
          .notWorse("projections of " + field, projectionResidual(entry, ours), residual, 0, true);
    }
  }

  private static void compareHybrid(CaseEntry entry) {
    if (!entry.fields().has("grad_s_libmtl")) {
      return;
    }
    Trial trial = entry.trial("imtl", Map.of());
    Weighing weighing = trial.gradients(0, entry.of().losses(), entry.gradients());
    int[] moving = entry.gradients().moving();
    entry
        .findings()
        .near(
            "grad_s_libmtl",
            CaseEntry.pick(trial.slopes(weighing), moving),
            CaseEntry.pick(entry.fields().vector("grad_s_libmtl", entry.tasks()), moving),
            EXACT);
  }

  /**
   * Where squared norms span more than 8 decades, the eigenvalues of M in double leave the
   * reference about 7 digits.
   */
  private static void aligned(CaseEntry entry) {
    Fields fields = entry.fields();
    int tasks = entry.tasks();
    double[] eigenvalues = entry.gradients().gram().eigen().values().toArray();
    double[] kept = kept(eigenvalues, FLOAT64_EPSILON, tasks);
    double tolerance = kept[kept.length - 1] > 1e-8 * kept[0] ? EXACT : CONVERGED;
    if (fields.has("eigenvalues_desc")) {
      entry.findings().near("eigenvalues_desc", kept, fields.vector("eigenvalues_desc"), EXACT);
    }
    compareRank(entry, "rank", kept.length);
    compareRank(entry, "rank_float32_tol", kept(eigenvalues, Math.ulp(1f), tasks).length);
    double[] ones = new double[tasks];
    Arrays.fill(ones, 1);
    double[] means = new double[tasks];
    Arrays.fill(means, 1.0 / tasks);
    compareAligned(entry, "libmtl", "min", ones, tolerance);
    for (String scale : List.of("min", "median", "rmse")) {
      compareAligned(entry, "samsung_" + scale, scale, ones, tolerance);
      compareAligned(entry, "torchjd_mean_" + scale, scale, means, tolerance);
    }
    if (fields.has("alpha_pref_own")) {
      compareAligned(entry, "pref_own", "min", fields.vector("pref_weights", tasks), tolerance);
    }
    if (fields.has("alpha_min_float32_tol_own")) {
      double[] ours = entry.weights(entry.weigh("aligned-mtl", Map.of("scale", "min")));
      entry.compare(ours, "alpha_min_float32_tol_own", "", EXACT);
    }
  }

  private static double[] kept(double[] eigenvalues, double tolerance, int tasks) {
    double cut = tolerance * tasks * eigenvalues[0];
    return Arrays.stream(eigenvalues).filter(value -> value > cut).toArray();
  }

  private static void compareRank(CaseEntry entry, String field, int ours) {
    if (entry.fields().has(field)) {
      entry.findings().same(field, ours, entry.fields().count(field, 0));
    }
  }

  private static void compareAligned(
      CaseEntry entry, String source, String scale, double[] preferences, double tolerance) {
    if (!entry.fields().has("alpha_" + source) && !entry.fields().has("g_" + source)) {
      return;
    }
    Map<String, Object> options = new HashMap<>();
    options.put("scale", scale);
    options.put("tolerance", FLOAT64_EPSILON);
    options.put("preferences", Arrays.stream(preferences).boxed().toList());
    double[] ours = entry.weights(entry.weigh("aligned-mtl", options));
    if (!cancels(entry, "alpha_" + source, ours, preferences, options)) {
      entry.compare(ours, "alpha_" + source, "g_" + source, tolerance);
    }
  }

  /**
   * Where the weights of the single preferences cancel, what is left is rounding: it is compared
   * relative to what cancelled.
   */
  private static boolean cancels(
      CaseEntry entry,
      String field,
      double[] ours,
      double[] preferences,
      Map<String, Object> options) {
    if (!entry.fields().has(field)) {
      return false;
    }
    double[] theirs = entry.fields().vector(field, entry.tasks());
    if (entry.weightError(field, ours, theirs) <= CONVERGED) {
      return false;
    }
    double added = 0;
    for (int k = 0; k < preferences.length; k++) {
      double[] single = new double[preferences.length];
      single[k] = preferences[k];
      Map<String, Object> alone = new HashMap<>(options);
      alone.put("preferences", Arrays.stream(single).boxed().toList());
      added += Findings.largest(entry.weights(entry.weigh("aligned-mtl", alone)));
    }
    if (Findings.largest(theirs) > 1e-12 * added) {
      return false;
    }
    entry.findings().near(field, ours, theirs, added, EXACT);
    entry.findings().remark("the preferences cancel");
    return true;
  }

  /** Both replace a mean: without a zero gradient there are fewer tasks to take it over. */
  private static void projected(CaseEntry entry, String method) {
    double regularisation = entry.option("reg_eps", 1, 1e-4);
    double normalisation = entry.fields().number("norm_eps", 1e-4);
    double[] ours =
        entry.weights(
            entry.weigh(
                method,
                Map.of("regularisation", regularisation, "normalisation-epsilon", normalisation)));
    int moving = entry.gradients().moving().length;
    double fewer = (double) moving / entry.tasks();
    double[] mean = Arrays.stream(ours).map(weight -> weight * fewer).toArray();
    if (moving < entry.tasks()) {
      entry
          .findings()
          .remark(
              "ours is a mean without the zero gradient, compared times %d/%d"
                  .formatted(moving, entry.tasks()));
    }
    entry.compare(mean, "alpha", "g", EXACT);
  }

  /** Its direction has equal positive cosines; where the unit gradients cancel, it has none. */
  private static void conflictFree(CaseEntry entry) {
    Fields fields = entry.fields();
    Gradients gradients = entry.gradients().of(entry.gradients().moving());
    double[] inverse = Arrays.stream(gradients.norms()).map(norm -> 1 / norm).toArray();
    Gradients units = gradients.times(inverse);
    Vector ones = Vector.ones(units.tasks());
    double[] direction = units.gram().solve(ones, 1e-12).toArray();
    Weighing weighing = entry.weigh("config", Map.of());
    if (units.square(direction) <= 1e-18) {
      if (weighing.failure().isPresent()) {
        entry.findings().refuses(weighing.failure().get() + "; the unit gradients cancel");
        double[] theirs = fields.vector("g", entry.gradients().parameters());
        entry.findings().remark("their g of %.1e is rounding".formatted(Findings.largest(theirs)));
        fields.has("alpha_gram_own");
        if (fields.has("alpha_gram_own")) {
          fields.vector("alpha_gram_own", entry.tasks());
        }
      } else {
        entry.findings().fail("the unit gradients cancel: there is no direction, ours answers");
      }
      return;
    }
    double[] ours = entry.weights(weighing);
    entry.compare(ours, "alpha_gram_own", "g", EXACT);
  }
}
