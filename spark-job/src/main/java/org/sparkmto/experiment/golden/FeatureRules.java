package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;
import org.sparkmto.random.Draws;

/**
 * Gradients at the shared representation: for every task one row per sample. They become one row
 * per task in two ways: one after the other, as in the papers and here, or summed over the batch.
 */
final class FeatureRules {
  /** Fields that are inputs of the others. */
  static final Set<String> INPUTS = Set.of("z", "dz", "uniform", "note", "provenance");

  private static final Map<String, String> METHODS =
      Map.of("mgda_ub", "mgda-ub", "imtl_g", "imtl-g", "aligned_ub", "aligned-mtl-ub");

  private static final Pattern DROP = Pattern.compile("graddrop_libmtl_leak" + CaseEntry.NUMBER);

  private FeatureRules() {}

  private static Gradients flattened(List<double[][]> tasks) {
    return new Gradients(
        tasks.stream()
            .map(rows -> Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray())
            .toArray(double[][]::new));
  }

  private static Gradients summed(List<double[][]> tasks) {
    List<double[]> sums = new ArrayList<>();
    for (double[][] rows : tasks) {
      double[] ones = new double[rows.length];
      Arrays.fill(ones, 1);
      sums.add(new Gradients(rows).combined(ones));
    }
    return new Gradients(sums.toArray(double[][]::new));
  }

  /** A Gram matrix, which is a field of the section itself. */
  static void gram(String name, Fields section, Findings findings) {
    List<double[][]> tasks = section.matrices("dz");
    Gradients gradients = name.startsWith("gram_flattened") ? flattened(tasks) : summed(tasks);
    double[][] theirs = section.matrix(name, gradients.tasks(), gradients.tasks());
    findings.near(
        name,
        gradients.gram().toArray(),
        Arrays.stream(theirs).flatMapToDouble(Arrays::stream).toArray(),
        EXACT);
  }

  static void check(String name, Fields section, Fields fields, Findings findings) {
    Matcher drop = DROP.matcher(name);
    if (drop.matches()) {
      gradDrop(Double.parseDouble(drop.group(1)), section, fields, findings);
      return;
    }
    String method = METHODS.get(name);
    if (method == null) {
      throw new NotOfferedException("there is no check for '" + name + "'");
    }
    List<double[][]> tasks = section.matrices("dz");
    compare(method, flattened(tasks), "alpha_flattened", fields, findings);
    compare(method, summed(tasks), "alpha_batch_summed", fields, findings);
  }

  private static void compare(
      String method, Gradients gradients, String field, Fields fields, Findings findings) {
    if (!fields.has(field)) {
      return;
    }
    double[] ones = new double[gradients.tasks()];
    Arrays.fill(ones, 1);
    Trial trial = new Trial(method, Map.of(), gradients.tasks(), Draws.of(0));
    Weighing weighing = trial.gradients(0, ones, gradients);
    weighing.failure().ifPresent(why -> findings.fail("ours refuses: " + why));
    double[] theirs = fields.vector(field);
    double floor = CaseEntry.CANCELLED * Findings.largest(theirs);
    findings.each(field, weighing.shared().toArray(), theirs, floor, EXACT);
    findings.same("weights of the heads", weighing.heads(), Vector.ones(gradients.tasks()));
  }

  /**
   * LibMTL's GradDrop: the mask is that of the batch's sum of the gradients times the sign of z,
   * and is applied to every sample. The masked tasks' shares are told apart by letting all others
   * leak everything.
   */
  private static void gradDrop(double leak, Fields section, Fields fields, Findings findings) {
    List<double[][]> tasks = section.matrices("dz");
    double[][] z = section.matrix("z", tasks.get(0).length, tasks.get(0)[0].length);
    int size = z[0].length;
    double[] uniform = section.vector("uniform", size);
    Gradients signed = summed(tasks.stream().map(rows -> signed(rows, z)).toList());
    double[][] mask = new double[tasks.size()][size];
    double[] ones = Vector.ones(tasks.size()).toArray();
    for (int k = 0; k < mask.length; k++) {
      List<Double> leaks = new ArrayList<>(Collections.nCopies(mask.length, 1.0));
      leaks.set(k, 0.0);
      RecordedDraws draws =
          new RecordedDraws(
              task -> new int[0], at -> uniform[at], at -> 0, List.of(), Optional.empty());
      Trial trial =
          new Trial("graddrop", Map.of("leak", leaks, "epsilon", 1e-7), mask.length, draws);
      double[] kept = trial.elements(ones, signed);
      double[] whole = signed.combined(ones);
      for (int i = 0; i < size; i++) {
        // What is missing is the task's element or nothing.
        double missing = Math.abs(whole[i] - kept[i]);
        mask[k][i] = missing > 0.5 * Math.abs(signed.at(k, i)) ? 0 : 1;
      }
    }
    findings.near("mask", flat(mask), flat(fields.matrix("mask", mask.length, size)), EXACT);
    double[][] total = new double[z.length][size];
    for (int b = 0; b < total.length; b++) {
      for (int i = 0; i < size; i++) {
        for (int k = 0; k < mask.length; k++) {
          total[b][i] += (leak + (1 - leak) * mask[k][i]) * tasks.get(k)[b][i];
        }
      }
    }
    findings.near("dz_total", flat(total), flat(fields.matrix("dz_total", z.length, size)), EXACT);
  }

  private static double[][] signed(double[][] rows, double[][] z) {
    double[][] signed = new double[rows.length][rows[0].length];
    for (int b = 0; b < rows.length; b++) {
      for (int i = 0; i < rows[b].length; i++) {
        signed[b][i] = rows[b][i] * Math.signum(z[b][i]);
      }
    }
    return signed;
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }
}
