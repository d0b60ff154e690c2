package org.sparkmto.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * All answers to one yes-or-no question beside what is true, from which follows whatever depends on
 * the order of the scores. They are listed as they are, so however a split was shared, the whole
 * list is the same but for its order, which means nothing: figures are exact.
 *
 * @param scores of the answers, higher for a yes
 * @param positive whether the truth is yes
 */
@SuppressWarnings("ArrayRecordComponent") // made to be read once
record ScoredLabels(double[] scores, boolean[] positive) {
  /** How an answer stands in a tally: number of its question, score, truth. */
  private static final int LISTED = 3;

  /** Lists every known answer of a batch: one question for each channel of a sample. */
  static void list(Tally tally, Answers answers) {
    for (int at = 0; at < answers.samples() * answers.channels(); at++) {
      int truth = answers.labels()[at];
      if (truth != Answers.NO_LABEL) {
        tally.list(at % answers.channels(), answers.outputs()[at], truth);
      }
    }
  }

  /**
   * Lists, of every labelled sample of several classes, each class against the others by its
   * probability.
   */
  static void listOneVersusRest(Tally tally, Answers answers) {
    int classes = answers.channels();
    for (int sample = 0; sample < answers.samples(); sample++) {
      int truth = answers.labels()[sample];
      if (truth != Answers.NO_LABEL) {
        double[] probabilities = Logits.softmax(answers.outputs(), sample * classes, classes);
        for (int label = 0; label < classes; label++) {
          tally.list(label, probabilities[label], truth == label ? 1 : 0);
        }
      }
    }
  }

  /** The answers to each of some questions, from what was listed. */
  static ScoredLabels[] of(Tally tally, int questions) {
    double[] listed = tally.listed();
    int[] counts = new int[questions];
    for (int at = 0; at < listed.length; at += LISTED) {
      counts[(int) listed[at]]++;
    }
    ScoredLabels[] all = new ScoredLabels[questions];
    for (int question = 0; question < questions; question++) {
      all[question] = new ScoredLabels(new double[counts[question]], new boolean[counts[question]]);
    }
    int[] places = new int[questions];
    for (int at = 0; at < listed.length; at += LISTED) {
      int question = (int) listed[at];
      int place = places[question]++;
      all[question].scores[place] = listed[at + 1];
      all[question].positive[place] = listed[at + 2] == 1;
    }
    return all;
  }

  /** The mean of a figure over the questions for which it is defined; NaN if it is for none. */
  static double mean(Tally tally, int questions, ToDoubleFunction<ScoredLabels> figure) {
    return meanOfDefined(Arrays.stream(of(tally, questions)).mapToDouble(figure).toArray());
  }

  /** How many are truly yes. */
  int positives() {
    int count = 0;
    for (boolean yes : positive) {
      count += yes ? 1 : 0;
    }
    return count;
  }

  /** Whether the network gave a score that is no number. */
  boolean hasNaN() {
    return Arrays.stream(scores).anyMatch(Double::isNaN);
  }

  /** F1 of yes from a score on; NaN if nothing is truly yes, or the threshold is NaN. */
  double f1(double threshold) {
    double hits = 0;
    double wrong = 0;
    for (int at = 0; at < scores.length; at++) {
      boolean yes = Double.isNaN(scores[at]) ? !positive[at] : scores[at] >= threshold;
      hits += yes && positive[at] ? 1 : 0;
      wrong += yes == positive[at] ? 0 : 1;
    }
    return positives() == 0 || Double.isNaN(threshold) ? Double.NaN : LabelCounts.f1(hits, wrong);
  }

  /** Numbers of the answers, from the highest score down. */
  int[] falling() {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer sample) -> -scores[sample]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The mean of the values that are defined; NaN if none is. */
  static double meanOfDefined(double[] values) {
    return Arrays.stream(values).filter(v -> !Double.isNaN(v)).average().orElse(Double.NaN);
  }
}
