package org.sparkmto.method;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.Option;

/**
 * Krum: the mean of the few gradients that have the nearest neighbours, so that those of tasks that
 * are far from all others do not count (Blanchard et al., "Machine Learning with Adversaries",
 * NeurIPS 2017, section 4; with several selected Multi-Krum, section 5). The score of a task is the
 * sum of the distances {@code |g_k - g_j|} to its {@code K - f - 2} nearest neighbours; the {@code
 * m} least scores are selected and weigh {@code 1 / m}, the others 0. The paper sums squared
 * distances; public code sums distances, and so does this.
 *
 * <p>Tasks whose score is that of the last selected one are selected with it, where the paper takes
 * the one with the smallest number, so that the order of the tasks does not matter: with one
 * neighbour each, the two gradients that are nearest to each other always tie. With fewer than
 * {@code f + 3} tasks in a batch there are no neighbours, all scores are 0, and the update is the
 * mean.
 *
 * @param outliers f, how many tasks may be wrong; if absent, the most of which the paper proves
 *     something: {@code (K - 3) / 2}, rounded down
 * @param selected m
 */
record Krum(OptionalInt outliers, int selected) implements GramMethod {
  private static final String OUTLIERS = "outliers";
  private static final String SELECTED = "selected";

  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "krum",
              "Krum",
              "Blanchard et al., NeurIPS 2017",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(
              OUTLIERS,
              Option.count(0),
              "how many tasks may have wrong gradients, at most the number of tasks less 3; if"
                  + " absent, half of that")
          .option(
              SELECTED, Option.count(1), 1, "how many gradients the update is the mean of, or more")
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new Krum(options.optionalCount(OUTLIERS), options.count(SELECTED)));

  @Override
  public void requireTasks(List<String> names) {
    if (outliers.isPresent() && outliers.getAsInt() + 3 > names.size()) {
      throw new IllegalArgumentException(
          "option '%s' is %d, which needs %d tasks, the run has %s"
              .formatted(
                  OUTLIERS,
                  outliers.getAsInt(),
                  outliers.getAsInt() + 3,
                  Counted.of(names.size(), "task")));
    }
  }

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    int count = tasks.count();
    int wrong = outliers.orElse(Math.max(0, (count - 3) / 2));
    Vector scores = scores(tasks, Math.max(0, count - wrong - 2));
    double[] sorted = scores.toArray();
    Arrays.sort(sorted);
    double last = sorted[Math.min(selected, count) - 1];
    Vector chosen = scores.map(score -> score <= last ? 1 : 0);
    return TaskWeights.shared(chosen.dividedBy(chosen.sum()));
  }

  /**
   * The sums of the distances to the nearest neighbours. They are added up in order of size, so
   * that equal distances give equal sums.
   */
  private static Vector scores(GradientSystem tasks, int neighbours) {
    SymmetricMatrix gram = tasks.gram();
    double[] scores = new double[tasks.count()];
    for (int k = 0; k < scores.length; k++) {
      double[] distances = new double[scores.length - 1];
      for (int j = 0; j < scores.length; j++) {
        if (j != k) {
          double square = gram.at(k, k) + gram.at(j, j) - 2 * gram.at(k, j);
          distances[j < k ? j : j - 1] = Math.sqrt(Math.max(0, square));
        }
      }
      Arrays.sort(distances);
      for (int i = 0; i < neighbours; i++) {
        scores[k] += distances[i];
      }
    }
    return Vector.of(scores);
  }
}
