package org.sparkmto.metric;

/**
 * The area under the receiver operating characteristic: the probability that a sample that is truly
 * yes has a higher score than one that is not, where equal scores count half (Mann and Whitney,
 * 1947). From the ranks of all scores, in whole numbers, hence exact whatever their order.
 */
final class RocAuc {
  private RocAuc() {}

  /** In [0, 1]; NaN unless both yes and no occur, and if a score is NaN. */
  static double of(ScoredLabels answers) {
    double positives = answers.positives();
    double negatives = answers.scores().length - positives;
    if (positives == 0 || negatives == 0 || answers.hasNaN()) {
      return Double.NaN;
    }
    int[] order = answers.falling();
    double won = 0;
    double positivesAbove = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      double positivesHere = 0;
      while (to < order.length && answers.scores()[order[to]] == answers.scores()[order[from]]) {
        positivesHere += answers.positive()[order[to++]] ? 1 : 0;
      }
      double negativesHere = to - from - positivesHere;
      won += negativesHere * (positivesAbove + positivesHere / 2);
      positivesAbove += positivesHere;
      from = to;
    }
    return won / (positives * negatives);
  }
}
