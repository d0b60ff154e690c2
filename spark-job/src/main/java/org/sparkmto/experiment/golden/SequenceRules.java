package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.CaseEntry.NUMBER;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;

/** Methods that remember: walked through the case's sequence of steps, or through given samples. */
final class SequenceRules {
  private SequenceRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.of("db_mtl(?:_beta" + NUMBER + ")?", SequenceRules::dualBalancing),
        Rule.of("moco", SequenceRules::moco),
        Rule.of("famo(?:_gamma" + NUMBER + ")?", SequenceRules::famo),
        Rule.of("excess_mtl(?:_eta" + NUMBER + ")?", SequenceRules::excess),
        Rule.of("modo", SequenceRules::modo),
        Rule.of("sdmgrad", SequenceRules::sdmgrad),
        Rule.of("trimmed_mean_([0-9]+)", SequenceRules::trimmedMean),
        Rule.ofGradients("cr_mogm_([a-z-]+)_" + NUMBER, SequenceRules::smoothed),
        Rule.of("graddrop_sum", SequenceRules::gradDrop),
        Rule.of("graddrop_cagrad_repo", SequenceRules::guardedGradDrop));
  }

  private static void dualBalancing(CaseEntry entry) {
    Map<String, Object> options =
        Map.of(
            "beta", entry.option("beta", 1, 0.9),
            "beta-sigma", entry.fields().number("sigma", 0));
    Trial trial = entry.trial("db-mtl", options);
    averages(entry, trial);
  }

  private static void moco(CaseEntry entry) {
    Trial trial = entry.trial("moco", Map.of("projection", "softmax", "normalised", true));
    averages(entry, trial);
  }

  private static void averages(CaseEntry entry, Trial trial) {
    List<Fields> steps = entry.fields().children("steps");
    for (int i = 0; i < steps.size(); i++) {
      Fields step = steps.get(i);
      Weighing weighing = trial.averages(entry.of().losses(i), entry.of().gradients(i));
      double[] ours = entry.weights(weighing);
      if (step.has("lambda")) {
        entry.compareEach("lambda of step " + i, ours, step.vector("lambda"));
      }
      entry.compareCombined("g of step " + i, trial.averages(), ours, step.vector("g"), EXACT);
    }
  }

  private static void famo(CaseEntry entry) {
    Trial trial = entry.trial("famo", Map.of("decay", entry.option("gamma", 1, 1e-3)));
    List<Fields> steps = entry.fields().children("steps");
    for (int i = 0; i < steps.size(); i++) {
      Fields step = steps.get(i);
      Weighing weighing = trial.losses(0, entry.of().losses(i));
      double[] ours = entry.weights(weighing);
      entry.compareEach("alpha of step " + i, ours, step.vector("alpha"));
      entry.findings().same("weights of the heads", weighing.heads(), weighing.shared());
      entry.compareCombined(
          "g of step " + i, entry.of().gradients(i), ours, step.vector("g"), EXACT);
      trial.lookAgain(step.vector("new_losses", entry.tasks()));
      entry
          .findings()
          .near(
              "w_after of step " + i,
              trial.remembered("logits"),
              step.vector("w_after", entry.tasks()),
              EXACT);
    }
  }

  private static void excess(CaseEntry entry) {
    Trial trial =
        entry.trial("excess-mtl", Map.of("form", "libmtl", "rate", entry.option("eta", 1, 0.01)));
    List<Fields> steps = entry.fields().children("steps");
    for (int i = 0; i < steps.size(); i++) {
      Fields step = steps.get(i);
      Gradients gradients = entry.of().gradients(i);
      double[] g = trial.elements(entry.of().losses(i), gradients);
      double[] ours = entry.weights(trial.last());
      entry.compareEach("alpha of step " + i, ours, step.vector("alpha"));
      compareElements(entry, "g of step " + i, gradients, g, step.vector("g"));
    }
  }

  /** Elements are sums of task gradients, whose rounding goes with what was added up. */
  private static void compareElements(
      CaseEntry entry, String what, Gradients rows, double[] ours, double[] theirs) {
    entry.findings().near(what, ours, theirs, elementScale(rows, theirs), EXACT);
  }

  private static double elementScale(Gradients rows, double[] elements) {
    double[] ones = Vector.ones(rows.tasks()).toArray();
    return Math.max(Findings.largest(elements), CaseEntry.CANCELLED * rows.magnitude(ones));
  }

  private static List<Gradients> samples(CaseEntry entry) {
    int parameters = entry.gradients().parameters();
    return List.of(
        entry.gradients(),
        new Gradients(entry.fields().matrix("G2", entry.tasks(), parameters)),
        new Gradients(entry.fields().matrix("G3", entry.tasks(), parameters)));
  }

  private static void modo(CaseEntry entry) {
    sampled(entry, entry.trial("modo", Map.of()));
  }

  private static void sdmgrad(CaseEntry entry) {
    sampled(entry, entry.trial("sdmgrad", Map.of("rate", 5.0)));
  }

  private static void sampled(CaseEntry entry, Trial trial) {
    List<Gradients> samples = samples(entry);
    Gradients all = Gradients.stacked(samples);
    List<Fields> steps = entry.fields().children("steps");
    for (int i = 0; i < steps.size(); i++) {
      double[] ours = entry.weights(trial.gradients(0, entry.of().losses(), all));
      entry
          .findings()
          .near(
              "weights of step " + i,
              trial.remembered("weights"),
              steps.get(i).vector("weights", entry.tasks()),
              EXACT);
      entry.compareCombined("g of step " + i, all, ours, steps.get(i).vector("g"), EXACT);
    }
  }

  /** The groups: whose weights are averaged, and the share of the old average. */
  private static void smoothed(CaseEntry entry) {
    Map<String, Object> options =
        Map.of("of", entry.name().group(1), "alpha", Double.parseDouble(entry.name().group(2)));
    Trial trial = entry.trial("cr-mogm", options);
    List<Fields> steps = entry.fields().children("steps");
    for (int i = 0; i < steps.size(); i++) {
      Weighing weighing = trial.gradients(0, entry.of().losses(i), entry.of().gradients(i));
      entry.compareWeights(
          "alpha of step " + i,
          entry.weights(weighing),
          steps.get(i).vector("alpha", entry.tasks()),
          EXACT);
    }
  }

  private static void trimmedMean(CaseEntry entry) {
    double[] ours =
        entry
            .trial("trimmed-mean", Map.of("trim", Integer.valueOf(entry.name().group(1))))
            .elements(entry.of().losses(), entry.gradients());
    compareElements(entry, "g", entry.gradients(), ours, entry.fields().vector("g"));
  }

  private static void gradDrop(CaseEntry entry) {
    Fields fields = entry.fields();
    compareDrop(entry, Map.of(), "g");
    if (fields.has("g_leak")) {
      double[] leak = fields.vector("leak", entry.tasks());
      compareDrop(entry, Map.of("leak", Arrays.stream(leak).boxed().toList()), "g_leak");
    }
    if (fields.has("P_positive")) {
      Gradients rows = entry.gradients();
      double[] positive = new double[rows.parameters()];
      for (int p = 0; p < positive.length; p++) {
        double sum = 0;
        double magnitude = 0;
        for (int k = 0; k < rows.tasks(); k++) {
          sum += rows.at(k, p);
          magnitude += Math.abs(rows.at(k, p));
        }
        positive[p] = 0.5 * (1 + sum / magnitude);
      }
      entry.findings().near("P_positive", positive, fields.vector("P_positive"), EXACT);
    }
  }

  private static void guardedGradDrop(CaseEntry entry) {
    compareDrop(entry, Map.of("epsilon", 1e-8), "g");
  }

  private static void compareDrop(CaseEntry entry, Map<String, Object> options, String field) {
    Trial trial = entry.trial("graddrop", options);
    double[] ours = trial.elements(entry.of().losses(), entry.gradients());
    double[] theirs = entry.fields().vector(field);
    double floor = CaseEntry.CANCELLED * elementScale(entry.gradients(), theirs);
    entry.findings().each(field, ours, theirs, floor, EXACT);
  }
}
