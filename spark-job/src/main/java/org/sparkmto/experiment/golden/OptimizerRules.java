package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkmto.method.Vector;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;

/** Trajectories of update rules on the sum of recorded task gradients. */
final class OptimizerRules {
  private static final Pattern ADATASK = Pattern.compile("adatask_(.+)");
  private static final Pattern SIMULTANEOUS = Pattern.compile("mtl_io_(sgd.*)_simultaneous");

  /** The file's name of an option to ours, for one rule. */
  private record Dialect(String optimizer, Map<String, String> options) {}

  private static final Map<String, String> MOMENTS =
      Map.of("weight_decay", "weight-decay", "eps", "epsilon");

  /** Names of entries, as far as they go before an underscore or their end, to our rules. */
  private static final Map<String, Dialect> DIALECTS =
      Map.of(
          "sgd", new Dialect("sgd", Map.of("momentum", "momentum", "weight_decay", "weight-decay")),
          "adam", new Dialect("adam", MOMENTS),
          "adamw", new Dialect("adamw", MOMENTS),
          "signsgd",
              new Dialect("signum", Map.of("beta", "momentum", "weight_decay", "weight-decay")),
          "signum",
              new Dialect("signum", Map.of("beta", "momentum", "weight_decay", "weight-decay")),
          "rmsprop",
              new Dialect(
                  "rmsprop",
                  Map.of(
                      "alpha", "decay",
                      "eps", "epsilon",
                      "momentum", "momentum",
                      "weight_decay", "weight-decay")),
          "adagrad",
              new Dialect(
                  "adagrad",
                  Map.of(
                      "eps", "epsilon",
                      "lr_decay", "rate-decay",
                      "initial_accumulator_value", "initial",
                      "weight_decay", "weight-decay")));

  /** What a step's roundings leave, relative to the largest parameter; they add up. */
  private static final double ROUNDED = 5e-14;

  private OptimizerRules() {}

  /** What all trajectories start from. */
  private record Start(Vector theta, List<double[][]> gradients) {
    static Start of(Fields section) {
      double[] theta = section.vector("theta0");
      List<double[][]> gradients = section.matrices("task_gradients");
      Fields.requireSize("task_gradients", gradients.get(0)[0].length, theta.length);
      return new Start(Vector.of(theta), gradients);
    }

    double[] sum(int step) {
      return new Gradients(gradients.get(step)).combined(Vector.ones(tasks()).toArray());
    }

    int tasks() {
      return gradients.get(0).length;
    }
  }

  static void check(String name, Fields section, Fields fields, Findings findings) {
    Start start = Start.of(section);
    Matcher simultaneous = SIMULTANEOUS.matcher(name);
    Matcher adaTask = ADATASK.matcher(name);
    if (simultaneous.matches()) {
      Optimizer rule = rule(simultaneous.group(1), fields);
      taskwise(start, taskwise("mtl-io", Map.of(), rule), 0, fields, findings);
    } else if (adaTask.matches()) {
      Optimizer rule = rule(adaTask.group(1), fields);
      double decay = rule.decoupledDecay();
      Optimizer own = taskwise("adatask", Map.of(), rule.withoutDecay());
      taskwise(start, own, decay, fields, findings);
      compareContributions(start, own, fields, findings);
    } else if (name.startsWith("mao_adam_sqrt")) {
      mao(start, "sqrt", fields, findings);
    } else if (name.startsWith("mao_literal")) {
      mao(start, "literal", fields, findings);
    } else if (name.startsWith("mao_gradient_descent")) {
      Map<String, Object> options = new LinkedHashMap<>();
      options.put("decay", fields.number("beta", 0.999));
      options.put("epsilon", fields.number("eps"));
      Optimizer rule = taskwise("mao", Map.of(), made("rmsprop", options));
      taskwise(start, rule, 0, fields, findings);
    } else {
      alone(start, rule(name, fields), fields, findings);
    }
  }

  private static void mao(Start start, String correction, Fields fields, Findings findings) {
    Optimizer run = rule("adamw", fields);
    Optimizer own = taskwise("mao", Map.of("bias-correction", correction), run);
    taskwise(start, own, run.decoupledDecay(), fields, findings);
    compareContributions(start, own, fields, findings);
  }

  /** The rule that a task-wise method makes of the run's. */
  private static Optimizer taskwise(String method, Map<String, ?> options, Optimizer ofRun) {
    try {
      return Trial.method(method, options)
          .optimizerPerTask(ofRun)
          .orElseThrow(
              () -> new NotOfferedException("method " + method + " has no optimiser per task"));
    } catch (IllegalArgumentException e) {
      throw new NotOfferedException(e.getMessage());
    }
  }

  /** The update rule that an entry names, with the options that its fields give. */
  static Optimizer rule(String name, Fields fields) {
    Dialect dialect = DIALECTS.get(name.replaceFirst("_.*", ""));
    if (dialect == null) {
      throw new NotOfferedException("there is no rule for '" + name + "'");
    }
    if (!Optimizers.known().names().contains(dialect.optimizer())) {
      throw new NotOfferedException("optimizer " + dialect.optimizer() + " is not built");
    }
    Map<String, Object> options = new LinkedHashMap<>();
    dialect
        .options()
        .forEach(
            (theirs, ours) -> {
              if (fields.has(theirs)) {
                options.put(ours, fields.number(theirs));
              }
            });
    // Ours refuses 0, where a parameter without a gradient would become 0/0: the least instead.
    options.computeIfPresent(
        "epsilon", (key, value) -> value.equals(0.0) ? (double) Float.MIN_NORMAL : value);
    if (dialect.optimizer().startsWith("adam") && fields.has("betas")) {
      double[] betas = fields.vector("betas", 2);
      options.put("beta1", betas[0]);
      options.put("beta2", betas[1]);
    }
    if (name.contains("nesterov")) {
      options.put("nesterov", true);
    }
    return made(dialect.optimizer(), options);
  }

  private static Optimizer made(String name, Map<String, ?> options) {
    try {
      return Optimizers.byName(name, options);
    } catch (IllegalArgumentException e) {
      throw new NotOfferedException(e.getMessage());
    }
  }

  private static void alone(Start start, Optimizer rule, Fields fields, Findings findings) {
    double[] theta = start.theta().toArray();
    double[][] state = new double[rule.state().size()][theta.length];
    double rate = fields.number("lr");
    follow(
        fields,
        start,
        findings,
        step -> {
          rule.update(theta, start.sum(step), state, step + 1L, rate);
          return theta;
        });
  }

  /** One rule per task, all from the same point: their moves add up, and weights decay once. */
  private static void taskwise(
      Start start, Optimizer rule, double decay, Fields fields, Findings findings) {
    double[] theta = start.theta().toArray();
    double[][][] states = new double[start.tasks()][rule.state().size()][theta.length];
    double rate = fields.number("lr");
    follow(
        fields,
        start,
        findings,
        step -> {
          double[] from = theta.clone();
          for (int k = 0; k < states.length; k++) {
            double[] own = from.clone();
            double[] gradient = start.gradients().get(step)[k];
            rule.update(own, gradient, states[k], step + 1L, rate);
            for (int p = 0; p < own.length; p++) {
              theta[p] += own[p] - from[p];
            }
          }
          for (int p = 0; p < theta.length; p++) {
            theta[p] -= rate * decay * from[p];
          }
          return theta;
        });
  }

  /** What a task alone moves, as a mean of magnitudes over the parameters. */
  private static void compareContributions(
      Start start, Optimizer rule, Fields fields, Findings findings) {
    String field = "mean_abs_contribution_per_task";
    if (!fields.has(field)) {
      return;
    }
    double[][] theirs = fields.matrix(field);
    Fields.requireSize(field, theirs.length, fields.matrix("theta").length);
    Fields.requireSize(field, theirs[0].length, start.tasks());
    int size = start.theta().size();
    double[][][] states = new double[start.tasks()][rule.state().size()][size];
    for (int t = 0; t < theirs.length; t++) {
      double[] ours = new double[start.tasks()];
      for (int k = 0; k < ours.length; k++) {
        double[] moved = new double[size];
        double[] gradient = start.gradients().get(t)[k];
        rule.update(moved, gradient, states[k], t + 1L, fields.number("lr"));
        ours[k] = Arrays.stream(moved).map(Math::abs).average().orElseThrow();
      }
      findings.near(field + " of step " + t, ours, theirs[t], EXACT);
    }
  }

  /** Compares theta after every recorded step. */
  private static void follow(
      Fields fields, Start start, Findings findings, Function<Integer, double[]> step) {
    double[][] theirs = fields.matrix("theta");
    if (theirs.length > start.gradients().size()) {
      throw new MalformedEntryException(
          "there are " + theirs.length + " steps but gradients of " + start.gradients().size());
    }
    for (int t = 0; t < theirs.length; t++) {
      Fields.requireSize("theta", theirs[t].length, start.theta().size());
      findings.near("theta after step " + t, step.apply(t), theirs[t], (t + 1) * ROUNDED);
    }
  }

  private static final Pattern RATE = Pattern.compile("lr ([0-9.]+)");
  private static final Pattern MOMENTUM = Pattern.compile("mu ([0-9.]+)");

  /** Task after task, each with its own SGD, on {@code l_k = sum_i a_ki (x_i - c_ki)^2 / 2}. */
  static void alternating(Fields fields, Findings findings) {
    double[][] a = fields.matrix("a");
    double[][] c = fields.matrix("c", a.length, a[0].length);
    double[] x = fields.vector("x0", a[0].length);
    double[][] theirs = fields.matrix("x");
    double rate = described(fields, "lr", RATE);
    Optimizer rule =
        taskwise(
            "mtl-io",
            Map.of(),
            made("sgd", Map.of("momentum", described(fields, "momentum", MOMENTUM))));
    double[][][] states = new double[a.length][rule.state().size()][x.length];
    for (int visit = 0; visit < theirs.length; visit++) {
      Fields.requireSize("x", theirs[visit].length, x.length);
      int k = visit % a.length;
      double[] gradient = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        gradient[i] = a[k][i] * (x[i] - c[k][i]);
      }
      rule.update(x, gradient, states[k], visit / a.length + 1L, rate);
      findings.near("x after visit " + visit, x, theirs[visit], EXACT);
    }
  }

  /** A number from its field or, where there is none, from the text of the provenance. */
  private static double described(Fields fields, String name, Pattern pattern) {
    if (fields.has(name)) {
      return fields.number(name);
    }
    Matcher matcher = pattern.matcher(fields.has("provenance") ? fields.text("provenance") : "");
    if (!matcher.find()) {
      throw new MalformedEntryException("neither a field nor the provenance tells '" + name + "'");
    }
    // "lr .05, mu .9)." may end a sentence.
    return Double.parseDouble(matcher.group(1).replaceFirst("\\.$", ""));
  }
}
