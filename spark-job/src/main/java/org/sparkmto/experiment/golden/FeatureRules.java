package org.sparkmto.experiment.golden;

import static org.sparkmto.experiment.golden.Findings.EXACT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    findings.near(field, weighing.shared().toArray(), fields.vector(field), EXACT);
  }
}
