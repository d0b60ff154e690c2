package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.CONVERGED;
import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.sparkmto.method.Vector;
import org.sparkmto.random.Draws;

/**
 * Auto-lambda on quadratic losses {@code l_k = sum_p Q_kp (theta_p - C_kp)^2 / 2}. The trial step
 * and the gradient of the target are computed here from the method's own answers.
 */
final class AutoLambdaRules {
  private static final Pattern AFTER = Pattern.compile("lambda_after_adam_" + CaseEntry.NUMBER);

  private AutoLambdaRules() {}

  static void check(Fields fields, Findings findings) {
    double[][] q = fields.matrix("Q");
    int tasks = q.length;
    int size = q[0].length;
    double[][] train = fields.matrix("C_train", tasks, size);
    double[][] held = fields.matrix("C_val", tasks, size);
    double[] theta = fields.vector("theta", size);
    double[] lambda = fields.vector("lambda", tasks);
    double rate = fields.number("lr");
    double[] mask = fields.vector("primary_mask", tasks);
    String after =
        List.copyOf(fields.names()).stream()
            .filter(name -> AFTER.matcher(name).matches())
            .findFirst()
            .orElseThrow(
                () -> new MalformedEntryException("the field 'lambda_after_adam_' is missing"));
    Matcher outer = AFTER.matcher(after);
    if (!outer.matches() || Arrays.stream(lambda).distinct().count() != 1) {
      throw new NotOfferedException("weights that start apart are not offered");
    }
    Trial trial =
        new Trial(
            "auto-lambda",
            Map.of(
                "primary", primary(mask),
                "init", lambda[0],
                "rate", Double.parseDouble(outer.group(1))),
            tasks,
            Draws.of(0));
    double[] ones = Vector.ones(tasks).toArray();
    double[] weights = trial.losses(0, ones).shared().toArray();
    Gradients gradients = slopes(q, theta, train);
    double[] move = gradients.combined(weights);
    double[] virtual = new double[size];
    Arrays.setAll(virtual, p -> theta[p] - rate * move[p]);
    findings.near("theta_virtual", virtual, fields.vector("theta_virtual"), EXACT);
    double[] target = slopes(q, virtual, held).combined(mask);
    findings.near("d_val", target, fields.vector("d_val"), EXACT);
    double[] derivatives = new double[tasks];
    Vector d = Vector.of(target);
    Arrays.setAll(derivatives, k -> -rate * Vector.of(gradients.rows()[k]).dot(d));
    if (fields.has("fd_eps")) {
      findings.near("fd_eps", 0.01 / Math.sqrt(d.dot(d)), fields.number("fd_eps"), EXACT);
    }
    double[] exact = fields.vector("meta_grad_exact_gram");
    double floor = CaseEntry.CANCELLED * Findings.largest(exact);
    findings.each("meta_grad_exact_gram", derivatives, exact, floor, EXACT);
    if (fields.has("meta_grad_fd")) {
      // Finite differences of quadratic functions are exact but for rounding.
      findings.near("meta_grad_fd", derivatives, fields.vector("meta_grad_fd"), CONVERGED);
    }
    double[] ours = trial.derivatives(ones, derivatives).shared().toArray();
    findings.each(after, ours, fields.vector(after), 0, EXACT);
    // Adam's first step moves every weight by the rate alike: what it moved is compared, too.
    double[] theirs = fields.vector(after, tasks);
    double[] moved = new double[tasks];
    double[] theirMove = new double[tasks];
    Arrays.setAll(moved, k -> ours[k] - lambda[k]);
    Arrays.setAll(theirMove, k -> theirs[k] - lambda[k]);
    findings.near("what " + after + " moved", moved, theirMove, CONVERGED);
  }

  private static Object primary(double[] mask) {
    int[] chosen = IntStream.range(0, mask.length).filter(k -> mask[k] != 0).toArray();
    boolean all = chosen.length == mask.length;
    if (Arrays.stream(mask).anyMatch(value -> value != 0 && value != 1)
        || (!all && chosen.length != 1)) {
      throw new NotOfferedException("a target of some of the tasks is not offered");
    }
    return all ? "all" : String.valueOf(chosen[0]);
  }

  private static Gradients slopes(double[][] q, double[] theta, double[][] c) {
    double[][] rows = new double[q.length][theta.length];
    for (int k = 0; k < rows.length; k++) {
      for (int p = 0; p < theta.length; p++) {
        rows[k][p] = q[k][p] * (theta[p] - c[k][p]);
      }
    }
    return new Gradients(rows);
  }
}
