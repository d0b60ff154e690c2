package org.sparkmto.metric;

import java.util.Arrays;

/**
 * The threshold at which F1 is highest.
 *
 * @param f1 at the threshold; NaN if nothing is truly yes, or a score is NaN
 * @param threshold the score from which on the answer is yes: half-way between the lowest score
 *     that is a yes and the next below it, or the lowest of all; the highest of several that are
 *     equally good; NaN as {@code f1}
 */
record BestF1(double f1, double threshold) {
  private static final BestF1 NONE = new BestF1(Double.NaN, Double.NaN);

  static BestF1 of(ScoredLabels answers) {
    double positives = answers.positives();
    if (positives == 0 || answers.hasNaN()) {
      return NONE;
    }
    int[] order = answers.falling();
    double[] scores = answers.scores();
    BestF1 best = new BestF1(-1, Double.NaN);
    double hits = 0;
    for (int n = 0; n < order.length; n++) {
      hits += answers.positive()[order[n]] ? 1 : 0;
      double score = scores[order[n]];
      boolean lowest = n + 1 == order.length;
      if (lowest || scores[order[n + 1]] != score) {
        // Of n + 1 that say yes and those that are truly yes.
        double f1 = 2 * hits / (n + 1 + positives);
        if (f1 > best.f1) {
          best = new BestF1(f1, lowest ? score : halfWay(score, scores[order[n + 1]]));
        }
      }
    }
    return best;
  }

  /**
   * F1 at the threshold of each question, averaged over those for which it is defined: the highest
   * where the split chooses, else that of the stored threshold.
   */
  static double mean(Tally tally, int questions, MetricTask.Decisions decisions) {
    ScoredLabels[] answers = ScoredLabels.of(tally, questions);
    double[] f1 = new double[questions];
    for (int question = 0; question < questions; question++) {
      f1[question] =
          decisions.chosenHere()
              ? of(answers[question]).f1
              : answers[question].f1(decisions.logit(question));
    }
    return ScoredLabels.meanOfDefined(f1);
  }

  /** The best threshold of each question; none where the split does not choose. */
  static double[] thresholds(Tally tally, int questions, MetricTask.Decisions decisions) {
    return decisions.chosenHere()
        ? Arrays.stream(ScoredLabels.of(tally, questions))
            .mapToDouble(answers -> of(answers).threshold)
            .toArray()
        : new double[0];
  }

  private static double halfWay(double score, double below) {
    double middle = below + (score - below) / 2;
    return middle > below ? middle : score;
  }
}
