package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.CONVERGED;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;

/** IMTL-G and ConFIG: closed forms whose update stands alike to all unit gradients. */
final class EqualProjectionRules {
  private EqualProjectionRules() {}

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

  static void impartial(CaseEntry entry) {
    Fields fields = entry.fields();
    Weighing weighing = entry.weigh("imtl-g", Map.of());
    double[] ours = weighing.shared().toArray();
    boolean refuses = weighing.failure().isPresent();
    if (!refuses) {
      entry
          .findings()
          .within(
              "projections", projectionResidual(entry, ours), entry.conditioning().ofProjections());
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
    double error =
        Math.max(
            entry.weightError(field, ours, theirs),
            entry.eachError(field, ours, theirs, CaseEntry.CANCELLED));
    Conditioning conditioning = entry.conditioning();
    if (error <= EXACT) {
      entry.findings().within(field, error, EXACT);
    } else if (conditioning.hides()) {
      entry.findings().remark(conditioning.text() + ", so weights are not compared");
    } else if (conditioning.cut()) {
      entry.compareCombined(field + " combined", ours, entry.gradients().combined(theirs), EXACT);
    } else {
      // pinv(M) n forms M, whose condition is that of the cosines times the square of the norms'.
      Vector norms = Vector.of(entry.gradients().of(entry.gradients().moving()).norms());
      double spread = norms.max() / norms.min();
      double least = Math.max(EXACT, conditioning.ofWeights() * spread * spread);
      entry.compareClosedForm(field, ours, theirs, Math.min(CONVERGED, least));
      double[] moves = entry.moves(ours);
      double slack = conditioning.ofProducts(moves) / Arrays.stream(moves).map(Math::abs).sum();
      entry
          .findings()
          .notWorse(
              "projections of " + field,
              projectionResidual(entry, ours),
              residual,
              slack,
              residual > slack);
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

  /** Its direction has equal positive cosines; where the unit gradients cancel, it has none. */
  static void conflictFree(CaseEntry entry) {
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
    compareDirections(entry, ours);
  }

  private static void compareDirections(CaseEntry entry, double[] ours) {
    Fields fields = entry.fields();
    Conditioning conditioning = entry.conditioning();
    double[] theirs =
        fields.has("alpha_gram_own")
            ? fields.vector("alpha_gram_own", entry.tasks())
            : ours.clone();
    if (conditioning.hides()) {
      entry.findings().remark(conditioning.text() + ", so weights are not compared");
      entry
          .findings()
          .within("cosines", projectionResidual(entry, ours), conditioning.ofProjections());
      entry.compareCombined("g", ours, fields.vector("g"), conditioning.ofProjections());
    } else if (conditioning.cut()) {
      entry.compare(ours, "alpha_gram_own", "g", EXACT);
    } else {
      entry
          .findings()
          .within("cosines", projectionResidual(entry, ours), conditioning.ofProjections());
      entry.compareClosedForm("alpha_gram_own", ours, theirs, EXACT);
      if (fields.has("g")) {
        double[] g = fields.vector("g");
        double scale =
            Math.max(Findings.largest(g), CaseEntry.CANCELLED * entry.gradients().magnitude(ours));
        double bound = conditioning.ofCombination(entry.moves(ours)) / scale;
        entry.compareCombined("g", ours, g, Math.max(EXACT, bound));
      }
    }
  }
}
