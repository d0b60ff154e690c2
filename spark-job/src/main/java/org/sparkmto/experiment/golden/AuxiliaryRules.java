package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;
import org.sparkmto.random.Draws;

/** Methods with a primary task, on the section's gradients and losses. */
final class AuxiliaryRules {
  private static final Pattern COSINES = Pattern.compile("gcs_(unweighted|weighted)");
  private static final Pattern ONLINE =
      Pattern.compile("ol_aux_(cos|dot)_beta" + CaseEntry.NUMBER + "_N([0-9]+)");
  private static final Pattern PRIORITIES = Pattern.compile("dtp_gamma" + CaseEntry.NUMBER);
  private static final Pattern MORE_PRIORITIES = Pattern.compile("alpha_gamma" + CaseEntry.NUMBER);

  private AuxiliaryRules() {}

  /** What all entries start from. */
  private record Start(Gradients gradients, Vector losses, int primary) {
    static Start of(Fields section) {
      Gradients gradients = new Gradients(section.matrix("G"));
      int primary = section.count("primary", 0);
      if (primary >= gradients.tasks()) {
        throw new MalformedEntryException("the primary task " + primary + " does not exist");
      }
      return new Start(gradients, Vector.of(section.vector("losses", gradients.tasks())), primary);
    }

    Trial trial(String method, Map<String, Object> options) {
      Map<String, Object> all = new TreeMap<>(options);
      all.put("primary", primary);
      return new Trial(method, all, gradients.tasks(), Draws.of(0));
    }

    Weighing step(Trial trial) {
      return trial.gradients(0, losses.toArray(), gradients);
    }
  }

  static void check(String name, Fields section, Fields fields, Findings findings) {
    Matcher cosines = COSINES.matcher(name);
    Matcher online = ONLINE.matcher(name);
    Matcher priorities = PRIORITIES.matcher(name);
    if (name.equals("ial")) {
      impartialAuxiliary(Start.of(section), fields, findings);
    } else if (cosines.matches()) {
      cosines(Start.of(section), cosines.group(1), fields, findings);
    } else if (online.matches()) {
      online(Start.of(section), online, fields, findings);
    } else if (priorities.matches()) {
      priorities(Double.parseDouble(priorities.group(1)), fields, findings);
    } else if (name.equals("auto_lambda")) {
      AutoLambdaRules.check(fields, findings);
    } else {
      throw new NotOfferedException("there is no check for '" + name + "'");
    }
  }

  private static double[] answered(Weighing weighing, Findings findings) {
    weighing.failure().ifPresent(why -> findings.fail("ours refuses: " + why));
    return weighing.shared().toArray();
  }

  /** Sums, each relative to itself unless it cancelled. */
  private static void each(String what, double[] ours, double[] theirs, Findings findings) {
    findings.each(what, ours, theirs, CaseEntry.CANCELLED * Findings.largest(theirs), EXACT);
  }

  private static void impartialAuxiliary(Start start, Fields fields, Findings findings) {
    Trial trial = start.trial("ial", Map.of());
    double[] sigma = fields.vector("sigma", start.losses().size());
    trial.learned(sigma);
    Weighing weighing = start.step(trial);
    double[] ours = answered(weighing, findings);
    findings.each(
        "decoder_weights", weighing.heads().toArray(), fields.vector("decoder_weights"), 0, EXACT);
    each("grad_sigma", trial.slopes(weighing), fields.vector("grad_sigma"), findings);
    double[] f = Arrays.stream(sigma).map(s -> Math.min(1, Math.max(0, 1 - s))).toArray();
    findings.near("f_sigma", f, fields.vector("f_sigma"), EXACT);
    findings.each("encoder_alpha", ours, fields.vector("encoder_alpha"), 0, EXACT);
    findings.near("g_encoder", start.gradients().combined(ours), fields.vector("g_encoder"), EXACT);
  }

  private static void cosines(Start start, String form, Fields fields, Findings findings) {
    double[] ours = answered(start.step(start.trial("gcs", Map.of("form", form))), findings);
    each("alpha", ours, fields.vector("alpha"), findings);
    if (fields.has("cos")) {
      double[] cosines = new double[ours.length];
      double[] norms = start.gradients().norms();
      Arrays.setAll(
          cosines,
          k ->
              start.gradients().gram().at(k, start.primary())
                  / (norms[k] * norms[start.primary()]));
      findings.near("cos", cosines, fields.vector("cos"), EXACT);
    }
  }

  private static void online(Start start, Matcher name, Fields fields, Findings findings) {
    Trial trial =
        start.trial(
            "ol-aux",
            Map.of(
                "form", name.group(1).equals("cos") ? "cosine" : "dot",
                "beta", Double.parseDouble(name.group(2)),
                "every", Integer.parseInt(name.group(3))));
    double[][] theirs = fields.matrix("alpha_per_step");
    for (int step = 0; step < theirs.length; step++) {
      double[] ours = answered(start.step(trial), findings);
      each("alpha of step " + step, ours, theirs[step], findings);
    }
  }

  /** Our performance indicator is exp(-L); on constant losses its average becomes itself. */
  private static void priorities(double gamma, Fields fields, Findings findings) {
    double[] performance = fields.vector("kpi");
    comparePriorities(performance, gamma, "alpha", fields, findings);
    for (String field : List.copyOf(fields.names())) {
      Matcher more = MORE_PRIORITIES.matcher(field);
      if (more.matches()) {
        comparePriorities(performance, Double.parseDouble(more.group(1)), field, fields, findings);
      }
    }
  }

  private static void comparePriorities(
      double[] performance, double gamma, String field, Fields fields, Findings findings) {
    Trial trial = new Trial("dtp", Map.of("gamma", gamma), performance.length, Draws.of(0));
    double[] losses = Arrays.stream(performance).map(value -> -Math.log(value)).toArray();
    for (int step = 0; step < 100; step++) {
      trial.losses(0, losses);
    }
    double[] ours = answered(trial.losses(0, losses), findings);
    findings.each(field, ours, fields.vector(field), 0, EXACT);
  }
}
