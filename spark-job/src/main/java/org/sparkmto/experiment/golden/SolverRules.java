package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.CaseEntry.NUMBER;
import static org.sparkmto.experiment.golden.Findings.CONVERGED;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        Rule.ofGradients("imtl_g", EqualProjectionRules::impartial),
        Rule.ofGradients("aligned_mtl", SolverRules::aligned),
        Rule.ofGradients("upgrad(?:_reg" + NUMBER + ")?", entry -> projected(entry, "upgrad")),
        Rule.ofGradients("dualproj(?:_reg" + NUMBER + ")?", entry -> projected(entry, "dualproj")),
        Rule.ofGradients("config", EqualProjectionRules::conflictFree),
        Rule.ofGradients("krum_([0-9]+)(?:_([0-9]+))?", SolverRules::krum));
  }

  /** The groups: how many may be wrong, and how many are selected, 2 if nothing is said. */
  private static void krum(CaseEntry entry) {
    String selected = entry.name().group(2);
    Map<String, Integer> options =
        Map.of(
            "outliers",
            Integer.valueOf(entry.name().group(1)),
            "selected",
            selected == null ? 2 : Integer.parseInt(selected));
    double[] ours = entry.weights(entry.weigh("krum", options));
    entry.compareEach("alpha", ours, entry.fields().vector("alpha", entry.tasks()));
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
    entry.compareEach("alpha", ours, theirs);
    entry.compareGradient(ours, "g", EXACT);
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
    double shorter = Math.min(1, 1 / norm);
    entry.compareEach(
        "max-norm 1", clipped, Arrays.stream(whole).map(weight -> weight * shorter).toArray());
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
      entry.compareEach("alpha_exact", ours, exact);
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
   * Where squared norms span more than 8 decades, the eigenvalues of M in double leave the
   * reference about 7 digits; where gradients are nearly parallel, their condition says how many.
   */
  private static void aligned(CaseEntry entry) {
    Fields fields = entry.fields();
    int tasks = entry.tasks();
    double[] eigenvalues = entry.gradients().gram().eigen().values().toArray();
    double[] kept = kept(eigenvalues, FLOAT64_EPSILON, tasks);
    double tolerance =
        Math.max(
            kept[kept.length - 1] > 1e-8 * kept[0] ? EXACT : CONVERGED,
            Conditioning.of(entry.gradients().of(entry.gradients().moving())).ofWeights());
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
}
