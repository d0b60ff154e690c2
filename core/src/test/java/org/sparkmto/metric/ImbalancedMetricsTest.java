package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Figures for rare labels and far-off numbers against their definitions, pair by pair. */
class ImbalancedMetricsTest {
  private static final double ROUNDING = 1e-12;

  private static double value(Metric metric, Answers answers) {
    Tally tally = Tally.of(metric);
    metric.add(tally, answers);
    return metric.values(tally)[0];
  }

  private static Answers binary(float[] logits, int... labels) {
    return Answers.ofLabels(logits.length, 1, 1, logits, labels);
  }

  /** Coarse scores, so that some are equal, and rare positives. */
  private static ScoredLabels drawn(long seed, int samples) {
    Random random = new Random(seed);
    double[] scores = new double[samples];
    boolean[] positive = new boolean[samples];
    for (int i = 0; i < samples; i++) {
      scores[i] = Math.round(3 * random.nextGaussian()) / 3f;
      positive[i] = random.nextInt(4) == 0;
    }
    return new ScoredLabels(scores, positive);
  }

  /** The share of pairs of a yes and a no in which the yes has the higher score. */
  @Property(tries = 300)
  void aucIsTheShareOfPairsInOrder(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int samples) {
    ScoredLabels drawn = drawn(seed, samples);
    double won = 0;
    double pairs = 0;
    for (int i = 0; i < samples; i++) {
      for (int j = 0; j < samples; j++) {
        if (drawn.positive()[i] && !drawn.positive()[j]) {
          double difference = drawn.scores()[i] - drawn.scores()[j];
          won += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
          pairs++;
        }
      }
    }
    if (pairs == 0) {
      assertThat(RocAuc.of(drawn)).isNaN();
    } else {
      assertThat(RocAuc.of(drawn)).isEqualTo(won / pairs);
    }
  }

  /** The mean over the yes of the precision among all that score as high. */
  @Property(tries = 300)
  void averagePrecisionIsTheMeanPrecisionAtEveryYes(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int samples) {
    ScoredLabels drawn = drawn(seed, samples);
    double sum = 0;
    for (int i = 0; i < samples; i++) {
      if (drawn.positive()[i]) {
        sum += hits(drawn, drawn.scores()[i]) / answersYes(drawn, drawn.scores()[i]);
      }
    }
    double found = AveragePrecision.of(drawn);
    if (drawn.positives() == 0) {
      assertThat(found).isNaN();
    } else {
      assertThat(found).isCloseTo(sum / drawn.positives(), within(ROUNDING));
    }
  }

  private static double hits(ScoredLabels drawn, double threshold) {
    double hits = 0;
    for (int i = 0; i < drawn.scores().length; i++) {
      hits += drawn.positive()[i] && drawn.scores()[i] >= threshold ? 1 : 0;
    }
    return hits;
  }

  private static double answersYes(ScoredLabels drawn, double threshold) {
    double yes = 0;
    for (double score : drawn.scores()) {
      yes += score >= threshold ? 1 : 0;
    }
    return yes;
  }

  /** No threshold is better, and the one that is stored gives the same F1 again. */
  @Property(tries = 300)
  void bestF1IsThatOfTheBestThreshold(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int samples) {
    ScoredLabels drawn = drawn(seed, samples);
    BestF1 best = BestF1.of(drawn);
    if (drawn.positives() == 0) {
      assertThat(best.f1()).isNaN();
      assertThat(best.threshold()).isNaN();
      return;
    }
    double highest = 0;
    for (double threshold : drawn.scores()) {
      double precision = hits(drawn, threshold) / answersYes(drawn, threshold);
      double recall = hits(drawn, threshold) / drawn.positives();
      double f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
      highest = Math.max(highest, f1);
    }
    assertThat(best.f1()).isCloseTo(highest, within(ROUNDING));
    assertThat(drawn.f1(best.threshold())).isEqualTo(best.f1());
  }

  /** By hand over the bins: their shares, mean probabilities and shares of yes. */
  @Property(tries = 200)
  void calibrationErrorIsTheMeanGapOfTheBins(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 80) int samples) {
    ScoredLabels drawn = drawn(seed, samples);
    float[] logits = new float[samples];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      logits[i] = (float) drawn.scores()[i];
      labels[i] = drawn.positive()[i] ? 1 : 0;
    }
    double error = 0;
    for (int bin = 0; bin < 15; bin++) {
      double count = 0;
      double probabilities = 0;
      double yes = 0;
      for (int i = 0; i < samples; i++) {
        double probability = 1 / (1 + Math.exp(-logits[i]));
        if (probability >= bin / 15.0 && probability < (bin + 1) / 15.0) {
          count++;
          probabilities += probability;
          yes += labels[i];
        }
      }
      error += count == 0 ? 0 : count / samples * Math.abs(yes / count - probabilities / count);
    }
    assertThat(value(new BinaryCalibration(), binary(logits, labels)))
        .isCloseTo(error, within(ROUNDING));
  }

  /** The numbers that scikit-learn's documentation has for these. */
  @Test
  void theExampleOfScikitLearn() {
    ScoredLabels example =
        new ScoredLabels(
            new double[] {0.1, 0.4, 0.35, 0.8}, new boolean[] {false, false, true, true});
    assertThat(RocAuc.of(example)).isEqualTo(0.75);
    assertThat(AveragePrecision.of(example)).isCloseTo(0.8333333333333333, within(ROUNDING));
  }

  @Test
  void whoeverGuessesHasOneHalfAndTheShareOfYes() {
    float[] same = new float[10];
    int[] labels = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    assertThat(value(new BinaryRocAuc(), binary(same, labels))).isEqualTo(0.5);
    assertThat(value(new BinaryAveragePrecision(), binary(same, labels)))
        .isCloseTo(0.2, within(ROUNDING));
    // A probability of one half for what is true of one in five.
    assertThat(value(new BinaryCalibration(), binary(same, labels)))
        .isCloseTo(0.3, within(ROUNDING));
    // Everything is called yes: 2 hits, 8 wrong.
    MetricTask.Decisions here = MetricTask.Decisions.CHOSEN_HERE;
    assertThat(value(new BinaryF1AtThreshold(here), binary(same, labels)))
        .isCloseTo(4.0 / 12, within(ROUNDING));
  }

  @Test
  void labelsThatAreAllTheSameHaveNoAucAndWithoutAYesNoF1() {
    float[] logits = {-1, 0, 1};
    assertThat(value(new BinaryRocAuc(), binary(logits, 1, 1, 1))).isNaN();
    assertThat(value(new BinaryRocAuc(), binary(logits, 0, 0, 0))).isNaN();
    assertThat(value(new BinaryAveragePrecision(), binary(logits, 0, 0, 0))).isNaN();
    MetricTask.Decisions here = MetricTask.Decisions.CHOSEN_HERE;
    assertThat(value(new BinaryF1AtThreshold(here), binary(logits, 0, 0, 0))).isNaN();
  }

  /** What was chosen on one split is used on another, which may not choose for itself. */
  @Test
  void aThresholdIsUsedWhereItWasNotChosen() {
    BinaryF1AtThreshold choosing = new BinaryF1AtThreshold(MetricTask.Decisions.CHOSEN_HERE);
    Tally validation = Tally.of(choosing);
    choosing.add(validation, binary(new float[] {-3, -2, -1}, 0, 1, 1));
    double[] chosen = choosing.thresholds(validation);
    assertThat(chosen).containsExactly(-2.5);
    BinaryF1AtThreshold given =
        new BinaryF1AtThreshold(MetricTask.Decisions.given(List.of(chosen[0])));
    Answers test = binary(new float[] {-2.6f, -2.4f, 3}, 1, 0, 1);
    // One hit, one missed, one wrong; a threshold of its own would find 0.8.
    assertThat(value(given, test)).isEqualTo(0.5);
    assertThat(value(choosing, test)).isCloseTo(0.8, within(ROUNDING));
    assertThat(given.thresholds(Tally.of(given))).isEmpty();
    MetricTask.Decisions nobody = MetricTask.Decisions.given(List.of());
    assertThat(value(new BinaryF1AtThreshold(nobody), test)).isNaN();
  }

  @Test
  void everyLabelHasItsThresholdAndOneWithoutAYesHasNone() {
    MultiLabelF1AtThreshold metric =
        new MultiLabelF1AtThreshold(3, MetricTask.Decisions.CHOSEN_HERE);
    Tally tally = Tally.of(metric);
    float[] logits = {-2, 5, 1, 4, 3, 2};
    metric.add(tally, Answers.ofLabels(2, 3, 1, logits, new int[] {1, 1, 0, 1, 0, 0}));
    // The lowest of all of the first, half-way of the second.
    assertThat(metric.thresholds(tally)).containsExactly(-2, 4, Double.NaN);
    assertThat(metric.values(tally)).containsExactly(1);
  }

  /** Against each class alone, as one yes-or-no question. */
  @Property(tries = 50)
  void classesAreJudgedOneAgainstTheRest(@ForAll long seed) {
    Random random = new Random(seed);
    int classes = 3;
    int samples = 25;
    float[] logits = new float[classes * samples];
    int[] labels = new int[samples];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < samples; i++) {
      labels[i] = random.nextInt(classes);
    }
    double auc = 0;
    double precision = 0;
    double f1 = 0;
    int known = 0;
    for (int label = 0; label < classes; label++) {
      double[] scores = new double[samples];
      boolean[] positive = new boolean[samples];
      double hits = 0;
      double yes = 0;
      for (int i = 0; i < samples; i++) {
        double sum = 0;
        int largest = 0;
        for (int c = 0; c < classes; c++) {
          sum += Math.exp(logits[classes * i + c]);
          largest = logits[classes * i + c] > logits[classes * i + largest] ? c : largest;
        }
        scores[i] = Math.exp(logits[classes * i + label]) / sum;
        positive[i] = labels[i] == label;
        yes += largest == label ? 1 : 0;
        hits += largest == label && positive[i] ? 1 : 0;
      }
      ScoredLabels one = new ScoredLabels(scores, positive);
      if (one.positives() > 0) {
        auc += RocAuc.of(one);
        precision += AveragePrecision.of(one);
        f1 += 2 * hits / (yes + one.positives());
        known++;
      }
    }
    Answers answers = Answers.ofLabels(samples, classes, 1, logits, labels);
    assertThat(value(new ClassRocAuc(classes), answers)).isCloseTo(auc / known, within(1e-9));
    assertThat(value(new ClassAveragePrecision(classes), answers))
        .isCloseTo(precision / known, within(1e-9));
    assertThat(value(new MacroF1(classes), answers)).isCloseTo(f1 / known, within(1e-9));
  }

  @Test
  void confidenceThatIsTooHighIsAnError() {
    // Two classes, probability 0.9 for an answer that is right once in two.
    float nine = (float) Math.log(9);
    Answers answers = Answers.ofLabels(2, 2, 1, new float[] {nine, 0, nine, 0}, new int[] {0, 1});
    assertThat(value(new ClassCalibration(), answers)).isCloseTo(0.4, within(1e-6));
    Answers labels = Answers.ofLabels(2, 1, 1, new float[] {nine, nine}, new int[] {1, 0});
    assertThat(value(new MultiLabelCalibration(1), labels)).isCloseTo(0.4, within(1e-6));
  }

  /** What NumPy's quantile says of 1 to 10; and of any errors, by counting which is the k-th. */
  @Property(tries = 100)
  void quantilesOfErrorsLieBetweenTheirNeighbours(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int samples) {
    AbsoluteErrorQuantile median = new AbsoluteErrorQuantile(0.5, AbsoluteErrorQuantile.MEDIAN);
    AbsoluteErrorQuantile ninety = new AbsoluteErrorQuantile(0.9, AbsoluteErrorQuantile.NINETY);
    float[] ten = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10};
    Answers errors = Answers.ofNumbers(10, 1, 1, ten, new float[10]);
    assertThat(value(median, errors)).isCloseTo(5.5, within(ROUNDING));
    assertThat(value(ninety, errors)).isCloseTo(9.1, within(ROUNDING));

    Random random = new Random(seed);
    float[] drawn = new float[samples];
    for (int i = 0; i < samples; i++) {
      drawn[i] = (float) Math.rint(4 * random.nextGaussian());
    }
    Answers some = Answers.ofNumbers(samples, 1, 1, drawn, new float[samples]);
    double place = 0.9 * (samples - 1);
    double lower = kth(drawn, (int) place);
    double upper = kth(drawn, Math.min(samples - 1, (int) place + 1));
    assertThat(value(ninety, some))
        .isCloseTo(lower + (place - (int) place) * (upper - lower), within(1e-9));
  }

  private static double kth(float[] errors, int k) {
    for (float candidate : errors) {
      int below = 0;
      int equal = 0;
      for (float other : errors) {
        below += Math.abs(other) < Math.abs(candidate) ? 1 : 0;
        equal += Math.abs(other) == Math.abs(candidate) ? 1 : 0;
      }
      if (below <= k && k < below + equal) {
        return Math.abs(candidate);
      }
    }
    throw new IllegalArgumentException("no error is the " + k + "-th");
  }
}
