package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LabelMetricTest {
  private static final int MISSING = -1;

  private static double[] count(LabelMetric metric, int channels, float[] outputs, int... labels) {
    double[] sums = new double[metric.sums()];
    metric.add(sums, outputs, channels, labels, labels.length, MISSING);
    return sums;
  }

  private static List<LabelMetric> binary(double prior) {
    return MetricsOf.binary(prior, MetricChoices.USUAL).stream()
        .map(LabelMetric.class::cast)
        .toList();
  }

  @Test
  void accuracyIsTheShareOfRightAnswersAmongLabelledSamples() {
    Accuracy accuracy = new Accuracy(3);
    float[] outputs = {5, 1, 0, 0, 2, 1, 0, 3, 9, 9, 0, 0};
    assertThat(accuracy.value(count(accuracy, 3, outputs, 0, 1, 0, MISSING))).isEqualTo(2.0 / 3);
  }

  @Test
  void balancedAccuracyIsTheMeanRecallOverClassesThatOccur() {
    BalancedAccuracy metric = new BalancedAccuracy(4);
    // Class 0: 3 of 4 right, class 2: 0 of 1 right, classes 1 and 3 do not occur.
    float[] outputs = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0};
    double[] sums = count(metric, 4, outputs, 0, 0, 0, 0, 2);
    assertThat(metric.value(sums)).isEqualTo((0.75 + 0) / 2);
    assertThat(metric.present(sums)).isEqualTo(2);
  }

  @Test
  void anAnswerThatIgnoresTheInputIsBalancedAtOneOverTheClasses() {
    BalancedAccuracy metric = new BalancedAccuracy(5);
    float[] outputs = new float[5 * 50];
    int[] labels = new int[50];
    for (int sample = 0; sample < 50; sample++) {
      outputs[5 * sample + 3] = 1;
      labels[sample] = sample < 5 ? sample : 3;
    }
    assertThat(metric.value(count(metric, 5, outputs, labels))).isEqualTo(1.0 / 5);
  }

  @Test
  void theFirstOfEqualLogitsIsTheAnswer() {
    Accuracy accuracy = new Accuracy(3);
    assertThat(accuracy.value(count(accuracy, 3, new float[] {2, 2, 2}, 0))).isEqualTo(1);
    assertThat(accuracy.value(count(accuracy, 3, new float[] {1, 2, 2}, 2))).isEqualTo(0);
  }

  @Test
  void nothingLabelledIsUndefined() {
    for (LabelMetric metric : MetricsOf.classification(2)) {
      assertThat(metric.value(count(metric, 2, new float[] {1, 2}, MISSING))).isNaN();
    }
    for (LabelMetric metric : binary(0.3)) {
      assertThat(metric.value(count(metric, 1, new float[] {1}, MISSING))).isNaN();
    }
  }

  @Test
  void aDivergedNetworkIsWrongOnEverySample() {
    float[] two = {Float.NaN, 0, 0, Float.NaN};
    float[] one = {Float.NaN, Float.NaN};
    for (LabelMetric metric : MetricsOf.classification(2)) {
      assertThat(metric.value(count(metric, 2, two, 0, 1))).as(metric.figure().name()).isEqualTo(0);
    }
    for (LabelMetric metric : binary(0.5)) {
      assertThat(metric.value(count(metric, 1, one, 0, 1))).as(metric.figure().name()).isEqualTo(0);
    }
  }

  @Test
  void theThresholdIsAProbability() {
    // sigmoid(-1) = 0.269: above a threshold of 0.25, below one of 0.3.
    float[] outputs = {-1, -3};
    BinaryBalancedAccuracy low = new BinaryBalancedAccuracy(0.25);
    BinaryBalancedAccuracy high = new BinaryBalancedAccuracy(0.3);
    assertThat(low.value(count(low, 1, outputs, 1, 0))).isEqualTo(1);
    assertThat(high.value(count(high, 1, outputs, 1, 0))).isEqualTo(0.5);
  }

  @Test
  void atTheEndsOfTheThresholdEverythingIsYesOrNo() {
    float[] outputs = {-80, 80};
    BinaryBalancedAccuracy always = new BinaryBalancedAccuracy(0);
    BinaryBalancedAccuracy never = new BinaryBalancedAccuracy(1);
    assertThat(always.value(count(always, 1, outputs, 1, 0))).isEqualTo(0.5);
    assertThat(never.value(count(never, 1, outputs, 1, 0))).isEqualTo(0.5);
    // Yes of yes, no of no, then how many labels say no and how many yes.
    assertThat(count(always, 1, outputs, 1, 0)).containsExactly(0, 1, 1, 1);
    assertThat(count(never, 1, outputs, 1, 0)).containsExactly(1, 0, 1, 1);
    assertThat(always.present(count(always, 1, outputs, 1, 1))).isEqualTo(1);
  }

  /** Of labels that are all the same, whoever says the same is right: nothing is balanced there. */
  @Test
  void balancedAccuracyOfConstantLabelsIsUndefined() {
    float[] outputs = {-80, 80};
    for (int label : new int[] {0, 1}) {
      BinaryBalancedAccuracy binary = new BinaryBalancedAccuracy(0.5);
      assertThat(binary.value(count(binary, 1, outputs, label, label))).isNaN();
      BalancedAccuracy classes = new BalancedAccuracy(2);
      assertThat(classes.value(count(classes, 2, new float[] {1, 0, 0, 1}, label, label))).isNaN();
    }
  }

  /** Otherwise a network without a wrong yes would be undefined and one with some be 0. */
  @Test
  void f1WithoutATrueYesIsUndefinedWhateverTheNetworkSays() {
    BinaryF1 f1 = new BinaryF1();
    assertThat(f1.value(count(f1, 1, new float[] {-80, 80}, 0, 0))).isNaN();
    assertThat(f1.value(count(f1, 1, new float[] {-80, -80}, 0, 0))).isNaN();
    assertThat(f1.value(count(f1, 1, new float[] {-80, -80}, 0, 1))).isZero();
  }

  /** Why the prior is the threshold: no other threshold does better on a calibrated model. */
  @Test
  void thePriorIsTheBestThresholdOfACalibratedProbability() {
    int samples = 200_000;
    Random random = new Random(7);
    float[] outputs = new float[samples];
    int[] labels = new int[samples];
    double positives = 0;
    for (int sample = 0; sample < samples; sample++) {
      double probability = Math.pow(random.nextDouble(), 6);
      outputs[sample] = (float) Math.log(probability / (1 - probability));
      labels[sample] = random.nextDouble() < probability ? 1 : 0;
      positives += labels[sample];
    }
    double prior = positives / samples;
    BinaryBalancedAccuracy atPrior = new BinaryBalancedAccuracy(prior);
    double best = atPrior.value(count(atPrior, 1, outputs, labels));
    for (double threshold : new double[] {prior / 3, prior * 2, 0.5}) {
      BinaryBalancedAccuracy other = new BinaryBalancedAccuracy(threshold);
      assertThat(other.value(count(other, 1, outputs, labels))).isLessThan(best);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Accuracy accuracy = new Accuracy(3);
    assertThatThrownBy(() -> count(accuracy, 3, new float[6], 0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("accuracy: sample 1 has label 3; classes run from 0 to 2");
    assertThatThrownBy(() -> count(accuracy, 2, new float[6], 0, 1))
        .hasMessage("accuracy needs 3 outputs per sample, got 2");
    assertThatThrownBy(() -> count(accuracy, 3, new float[5], 0, 1))
        .hasMessageContaining("cannot count 2 samples of 3 outputs");
    assertThatThrownBy(() -> accuracy.add(new double[3], new float[3], 3, new int[1], 1, MISSING))
        .hasMessage("accuracy needs 2 sums, got 3");
    assertThatThrownBy(() -> new BinaryBalancedAccuracy(Double.NaN))
        .hasMessageContaining("probability in [0, 1]");
    assertThatThrownBy(() -> new Accuracy(1)).hasMessageContaining("2 classes or more");
  }

  /** Sums are counts, so any partition gives the same sums and not only nearly the same value. */
  @Property
  void anyPartitionGivesTheSameSums(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int samples) {
    Random random = new Random(seed);
    int classes = 2 + random.nextInt(5);
    for (LabelMetric metric : MetricsOf.classification(classes)) {
      checkPartition(metric, classes, classes, samples, random);
    }
    for (LabelMetric metric : binary(random.nextDouble())) {
      checkPartition(metric, 1, 2, samples, random);
    }
  }

  private static void checkPartition(
      LabelMetric metric, int channels, int classes, int samples, Random random) {
    float[] outputs = new float[samples * channels];
    int[] labels = new int[samples];
    for (int index = 0; index < outputs.length; index++) {
      outputs[index] = (float) random.nextGaussian();
    }
    for (int index = 0; index < samples; index++) {
      labels[index] = random.nextInt(classes + 1) - 1;
    }
    double[] whole = count(metric, channels, outputs, labels);
    double[] parts = new double[metric.sums()];
    for (int from = 0; from < samples; ) {
      int to = from + 1 + random.nextInt(samples - from);
      double[] part =
          count(
              metric,
              channels,
              Arrays.copyOfRange(outputs, from * channels, to * channels),
              Arrays.copyOfRange(labels, from, to));
      for (int index = 0; index < parts.length; index++) {
        parts[index] += part[index];
      }
      from = to;
    }
    assertThat(parts).containsExactly(whole);
    assertThat(metric.value(parts)).isEqualTo(Double.valueOf(metric.value(whole)));
    long kinds = Arrays.stream(labels).filter(label -> label != MISSING).distinct().count();
    boolean balanced = metric.figure().name().equals("balanced-accuracy");
    if (kinds >= (balanced ? 2 : 1)) {
      assertThat(metric.value(whole)).isBetween(0.0, 1.0);
    } else {
      assertThat(metric.value(whole)).isNaN();
    }
  }

  @Test
  void everyRegisteredMetricHasADirectionByName() {
    assertThat(Metrics.direction("accuracy")).contains(Direction.HIGHER_IS_BETTER);
    assertThat(Metrics.direction("balanced-accuracy")).contains(Direction.HIGHER_IS_BETTER);
    assertThat(Metrics.direction("beauty")).isEmpty();
  }
}
