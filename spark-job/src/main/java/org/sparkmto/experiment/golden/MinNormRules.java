package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.CONVERGED;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.Map;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;

/**
 * MGDA. Ours is certified here by the optimality conditions of the shortest vector; the references
 * that iterate are held to its length.
 */
final class MinNormRules {
  private MinNormRules() {}

  /** What gradients are divided by. */
  private static double[] normaliser(CaseEntry entry, String name) {
    double[] ones = new double[entry.tasks()];
    Arrays.fill(ones, 1);
    double[] norms = entry.gradients().norms();
    return switch (name) {
      case "none" -> ones;
      case "l2" -> norms;
      case "loss" -> entry.of().losses();
      default -> CaseEntry.product(entry.of().losses(), norms);
    };
  }

  private static Gradients normalised(Gradients gradients, double[] normaliser) {
    return gradients.times(Arrays.stream(normaliser).map(value -> 1 / value).toArray());
  }

  /** Our weights, after they were shown to be those of the shortest vector of what moves. */
  private static double[] certified(CaseEntry entry, String normaliser) {
    Weighing weighing = entry.weigh("mgda", Map.of("normaliser", normaliser));
    double[] ours = entry.weights(weighing);
    int[] moving = entry.gradients().moving();
    double[] own = CaseEntry.pick(ours, moving);
    Gradients rows =
        normalised(
            entry.gradients().of(moving), CaseEntry.pick(normaliser(entry, normaliser), moving));
    entry.findings().near("sum of the weights", Arrays.stream(own).sum(), 1.0, EXACT);
    entry.findings().within("negative weight", Math.max(0, -Vector.of(own).min()), EXACT);
    entry.findings().within("optimality", gap(rows, own), EXACT);
    return ours;
  }

  /** How far {@code g . g_k >= |g|^2} is missed, in units of {@code |g_k|} times the shortest. */
  private static double gap(Gradients rows, double[] weights) {
    double shortest = Arrays.stream(rows.norms()).min().orElse(1);
    double[] g = rows.combined(weights);
    double square = Vector.of(g).dot(Vector.of(g));
    double worst = 0;
    for (int k = 0; k < rows.tasks(); k++) {
      double product = Vector.of(g).dot(Vector.of(rows.rows()[k]));
      worst = Math.max(worst, (square - product) / (rows.norm(k) * shortest));
    }
    return worst;
  }

  static void exact(CaseEntry entry) {
    Fields fields = entry.fields();
    String name = entry.name().group(1);
    if (fields.isNull("alpha") && Arrays.stream(normaliser(entry, name)).anyMatch(n -> n <= 0)) {
      Weighing weighing = entry.weigh("mgda", Map.of("normaliser", name));
      if (weighing.failure().isPresent()) {
        entry.findings().refuses(weighing.failure().get() + "; theirs is null");
        return;
      }
    }
    double[] ours = certified(entry, name);
    if (fields.isNull("alpha")) {
      if (entry.gradients().hasZero() && (name.equals("l2") || name.equals("loss+"))) {
        entry.findings().better("theirs is null for its zero normaliser, ours leaves it out");
      } else {
        entry.findings().fail("theirs is null, but there is no zero normaliser");
      }
      return;
    }
    double[] normaliser = normaliser(entry, name);
    double[] theirs = fields.vector("alpha_on_normalised", entry.tasks());
    entry.findings().near("normaliser", normaliser, fields.vector("normaliser"), EXACT);
    Gradients rows = normalised(entry.gradients(), normaliser);
    double[] theirG = fields.vector("g_normalised", rows.parameters());
    double[] theirMove = fields.vector("g_unnormalised_original_semantics", rows.parameters());
    double theirSquare = fields.number("min_norm_sq");
    // What cancels leaves rounding: the square of 1e-7 of the sum that cancelled.
    double noise = 1e-14 * Math.pow(rows.magnitude(theirs), 2);
    entry.compareCombined("g_normalised by their weights", rows, theirs, theirG, CONVERGED);
    entry.compareCombined(
        "g_unnormalised by their weights", entry.gradients(), theirs, theirMove, CONVERGED);
    entry
        .findings()
        .near(
            "min_norm_sq",
            new double[] {rows.square(theirs)},
            new double[] {theirSquare},
            Math.max(theirSquare, noise / CONVERGED),
            CONVERGED);
    if (entry.gradients().hasZero()) {
      entry.findings().remark("theirs takes the zero gradient, ours leaves it out");
      return;
    }
    entry
        .findings()
        .notWorse(
            "|g|^2", rows.square(ours), rows.square(theirs), EXACT * theirSquare + noise, false);
    compareUnlessManifold(entry, rows, "alpha_on_normalised", ours, theirs, true);
  }

  /** Dependent gradients have many weights for one shortest vector. */
  private static void compareUnlessManifold(
      CaseEntry entry,
      Gradients rows,
      String what,
      double[] ours,
      double[] theirs,
      boolean convex) {
    double error = entry.weightError(what, ours, theirs);
    Conditioning conditioning = entry.conditioning();
    if (error > EXACT && conditioning.hides()) {
      entry.findings().remark(conditioning.text() + ", so weights are not compared");
      if (convex) {
        entry.compareCombined(
            what + " combined", rows, ours, rows.combined(theirs), conditioning.ofShortest());
      }
    } else if (error > EXACT && conditioning.cut()) {
      entry.compareCombined(what + " combined", rows, ours, rows.combined(theirs), EXACT);
      entry.findings().remark("weights of dependent gradients are not unique, g is");
    } else {
      entry
          .findings()
          .within(what, error, Math.max(EXACT, Math.min(0.1, conditioning.ofWeights())));
    }
  }

  static void libmtl(CaseEntry entry) {
    iterated(entry, entry.name().group(1), "alpha_on_normalised");
  }

  static void iterated(CaseEntry entry) {
    iterated(entry, "none", "alpha");
  }

  private static void iterated(CaseEntry entry, String name, String field) {
    Fields fields = entry.fields();
    double[] ours = certified(entry, name);
    double[] theirs = fields.vector(field, entry.tasks());
    double[] theirG = fields.vector("g", entry.gradients().parameters());
    if (!Vector.of(theirs).isFinite()) {
      if (entry.gradients().hasZero()) {
        entry.findings().better("theirs is NaN for a zero gradient, ours leaves it out");
      } else {
        entry.findings().fail("theirs is not finite");
      }
      return;
    }
    double[] normaliser = normaliser(entry, name);
    Gradients all = normalised(entry.gradients(), normaliser);
    entry.compareCombined("g by their weights", all, theirs, theirG, CONVERGED);
    int[] moving = entry.gradients().moving();
    Gradients rows = normalised(entry.gradients().of(moving), CaseEntry.pick(normaliser, moving));
    double sum = Arrays.stream(theirs).sum();
    boolean feasible =
        Math.abs(sum - 1) <= CONVERGED && Arrays.stream(theirs).min().orElse(0) >= -CONVERGED;
    double[] own = CaseEntry.pick(ours, moving);
    double[] their = CaseEntry.pick(theirs, moving);
    double their1 = Arrays.stream(their).sum();
    if (!feasible) {
      entry.findings().better("their weights of sum %.6g are not feasible".formatted(sum));
      return;
    }
    if (!(their1 > 0)) {
      entry.findings().better("theirs is the zero gradient alone, ours leaves it out");
      return;
    }
    their = Arrays.stream(their).map(weight -> weight / their1).toArray();
    if (moving.length < entry.tasks()) {
      entry.findings().remark("without the zero gradient");
    }
    double noise = 1e-28 * Math.pow(rows.magnitude(their), 2);
    double theirSquare = rows.square(their);
    double error = Findings.error(own, their, Findings.largest(their));
    entry
        .findings()
        .notWorse(
            "|g|",
            Math.sqrt(rows.square(own)),
            Math.sqrt(theirSquare),
            CONVERGED * 1e-3 * Math.sqrt(theirSquare) + Math.sqrt(noise),
            error > CONVERGED);
  }

  /** The shortest vector of the affine hull: {@code g . g_k} is the same for all k. */
  static void unconstrained(CaseEntry entry) {
    Fields fields = entry.fields();
    double[] theirs = fields.vector("alpha", entry.tasks());
    double[] theirG = fields.vector("g", entry.gradients().parameters());
    entry.compareCombined("g by their weights", theirs, theirG, CONVERGED);
    if (fields.has("singular")) {
      entry.findings().same("singular", entry.gradients().dependent(), fields.flag("singular"));
    }
    Weighing weighing = entry.weigh("mgda-unconstrained", Map.of());
    int[] moving = entry.gradients().moving();
    Gradients rows = entry.gradients().of(moving);
    if (weighing.failure().isPresent()) {
      double miss = affineResidual(rows, CaseEntry.pick(theirs, moving));
      if (miss > CONVERGED) {
        entry
            .findings()
            .refuses(
                weighing.failure().get()
                    + "; theirs misses equal products by %.1e".formatted(miss));
        return;
      }
    }
    double[] ours = entry.weights(weighing);
    double[] own = CaseEntry.pick(ours, moving);
    entry.findings().near("sum of the weights", Arrays.stream(own).sum(), 1.0, EXACT);
    entry.findings().within("equal products", affineResidual(rows, own), EXACT);
    if (moving.length < entry.tasks()) {
      entry.findings().remark("theirs takes the zero gradient, ours leaves it out");
      return;
    }
    compareUnlessManifold(entry, rows, "alpha", ours, theirs, false);
  }

  /** How much the products {@code g . g_k} differ, as a share of what is added up. */
  private static double affineResidual(Gradients rows, double[] weights) {
    double[] products = rows.products(weights);
    // Of the shortest gradient, because that product rounds least.
    double common = products[0];
    for (int k = 1; k < products.length; k++) {
      common =
          rows.norm(k) < Arrays.stream(rows.norms()).limit(k).min().orElse(0)
              ? products[k]
              : common;
    }
    double worst = 0;
    for (int k = 0; k < products.length; k++) {
      double added = 0;
      for (int j = 0; j < products.length; j++) {
        added += Math.abs(weights[j]) * rows.norm(j) * rows.norm(k);
      }
      worst = Math.max(worst, Math.abs(products[k] - common) / added);
    }
    return worst;
  }
}
