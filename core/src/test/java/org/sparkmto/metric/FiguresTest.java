package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * Every figure, as a task gets it from single precision, against its definition in double
 * precision, which verify holds to golden vectors; quirks against theirs.
 */
class FiguresTest {
  /** Outputs are floats: 6e-8 of each, of which the figures are means. */
  private static final double FLOAT = 1e-6;

  private static MetricChoices quirks(Quirk... quirks) {
    return MetricChoices.USUAL.quirks(quirks);
  }

  private static double[] values(Metric metric, Answers answers) {
    Tally tally = Tally.of(metric);
    metric.add(tally, answers);
    return metric.values(tally);
  }

  private static final int CLASSES = 4;
  private static final int PIXELS = 30;

  /** Two images of pixels that are right, wrong or not labelled. */
  @SuppressWarnings("ArrayRecordComponent") // lives for one test
  private record Segmented(int[] truth, int[] predicted) {
    static Segmented of(long seed) {
      Random random = new Random(seed);
      return new Segmented(
          random.ints(2L * PIXELS, -1, CLASSES).toArray(),
          random.ints(2L * PIXELS, 0, CLASSES).toArray());
    }

    Answers answers() {
      return segmentation(2, CLASSES, truth, predicted);
    }

    /** What is counted of some pixels. */
    double[] counted(ConfusionMatrix matrix, int from, int to) {
      double[] sums = new double[matrix.sums()];
      matrix.add(
          sums, Arrays.copyOfRange(predicted, from, to), Arrays.copyOfRange(truth, from, to));
      return sums;
    }
  }

  /** Logits that answer a class for every pixel. */
  private static Answers segmentation(int samples, int classes, int[] truth, int[] predicted) {
    int pixels = predicted.length / samples;
    float[] logits = new float[classes * predicted.length];
    for (int at = 0; at < predicted.length; at++) {
      logits[(at / pixels * classes + predicted[at]) * pixels + at % pixels] = 1;
    }
    return Answers.ofLabels(samples, classes, pixels, logits, truth);
  }

  /** The mean is over both images' pixels, or with a quirk over the images' own means. */
  @Property(tries = 20)
  void segmentation(@ForAll long seed) {
    Segmented images = Segmented.of(seed);
    ConfusionMatrix matrix = new ConfusionMatrix(CLASSES);
    double[] all = images.counted(matrix, 0, 2 * PIXELS);
    double accuracy = matrix.pixelAccuracy(all);
    for (MetricChoices choices :
        new MetricChoices[] {MetricChoices.USUAL, quirks(Quirk.PLAIN_MEAN_IOU)}) {
      assertThat(values(MetricsOf.segmentation(CLASSES, choices).get(0), images.answers()))
          .containsExactly(
              new double[] {matrix.meanIntersectionOverUnion(all), accuracy}, within(1e-12));
    }
    double first = matrix.meanIntersectionOverUnion(images.counted(matrix, 0, PIXELS));
    double second = matrix.meanIntersectionOverUnion(images.counted(matrix, PIXELS, 2 * PIXELS));
    Metric perImage = MetricsOf.segmentation(CLASSES, quirks(Quirk.PER_IMAGE_IOU)).get(0);
    assertThat(values(perImage, images.answers()))
        .containsExactly(new double[] {(first + second) / 2, accuracy}, within(1e-12));
  }

  @Test
  void aClassThatDoesNotOccurIsLeftOutOrMakesThePlainMeanUndefined() {
    Answers answers = segmentation(1, 3, new int[] {0, 1, 1, -1}, new int[] {0, 1, 0, 0});
    assertThat(values(MetricsOf.segmentation(3, MetricChoices.USUAL).get(0), answers)[0])
        .isEqualTo(0.5);
    assertThat(values(MetricsOf.segmentation(3, quirks(Quirk.PLAIN_MEAN_IOU)).get(0), answers)[0])
        .isNaN();
  }

  /** An image without a label is no image, rather than one of mean 0. */
  @Test
  void anImageWithoutALabelDoesNotCount() {
    Metric metric = new SegmentationScores(2, MeanIou.IMAGES);
    float[] logits = {1, 1, 0, 0, 1, 1, 0, 0};
    int none = Answers.NO_LABEL;
    assertThat(values(metric, Answers.ofLabels(2, 2, 2, logits, new int[] {0, 0, none, none}))[0])
        .isEqualTo(1);
  }

  /** A 0 is a depth, and nearly right, unless the quirk says that it is none. */
  @Property(tries = 20)
  void depth(@ForAll long seed) {
    Random random = new Random(seed);
    float[] zeros = new float[16];
    float[] predicted = new float[16];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = i % 5 == 4 ? 0 : 0.5f + random.nextFloat();
      predicted[i] = zeros[i] + 0.1f * (float) random.nextGaussian();
    }
    float[] gaps = zeros.clone();
    for (int i = 4; i < gaps.length; i += 5) {
      gaps[i] = Float.NaN;
    }
    DepthErrors errors = new DepthErrors(0);
    double[] sums = new double[errors.sums()];
    errors.add(sums, widened(predicted), widened(zeros));
    double[] expected = {
      errors.absolute(sums),
      errors.relative(sums),
      errors.rootMeanSquare(sums),
      errors.meanSquare(sums)
    };
    Metric usual = MetricsOf.depth(MetricChoices.USUAL).get(0);
    Answers withZeros = Answers.ofNumbers(2, 1, 8, predicted, zeros);
    assertThat(values(usual, Answers.ofNumbers(2, 1, 8, predicted, gaps)))
        .containsExactly(expected, within(FLOAT));
    assertThat(values(MetricsOf.depth(quirks(Quirk.ZERO_IS_MISSING)).get(0), withZeros))
        .containsExactly(expected, within(FLOAT));
    double missed = 0;
    for (int i = 4; i < zeros.length; i += 5) {
      missed += Math.abs(predicted[i]);
    }
    assertThat(values(usual, withZeros)[0])
        .isEqualTo((expected[0] * 13 + missed) / 16, within(FLOAT));
  }

  /**
   * The histogram's median is at most half a bin off the exact one of all angles. Of an even number
   * it is the mean of two middle ones, each at most half a bin off.
   */
  @Property(tries = 200)
  void normals(@ForAll long seed) {
    Random random = new Random(seed);
    int pixels = 1 + random.nextInt(60);
    float[] predicted = new float[3 * pixels];
    float[] truth = new float[3 * pixels];
    double[] rowsPredicted = new double[3 * pixels];
    double[] rowsTruth = new double[3 * pixels];
    double spread = random.nextBoolean() ? 3 : 0.01;
    for (int pixel = 0; pixel < pixels; pixel++) {
      double[] normal = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
      if (random.nextInt(4) == 0) {
        normal = new double[] {0, -1, 1}; // a proper normal, whose components add up to 0
      }
      double length = Math.sqrt(Arrays.stream(normal).map(n -> n * n).sum());
      boolean missing = random.nextInt(5) == 0;
      for (int axis = 0; axis < 3; axis++) {
        float right = (float) (normal[axis] / length);
        float said = (float) (right + spread * random.nextGaussian());
        truth[axis * pixels + pixel] = missing ? Float.NaN : right;
        predicted[axis * pixels + pixel] = said;
        rowsTruth[3 * pixel + axis] = missing ? 0 : right;
        rowsPredicted[3 * pixel + axis] = said;
      }
    }
    Answers answers = Answers.ofNumbers(1, 3, pixels, predicted, truth);
    for (NormalAngles.Valid valid : NormalAngles.Valid.values()) {
      MetricChoices choices =
          valid == NormalAngles.Valid.SUM ? quirks(Quirk.NORMALS_BY_SUM) : MetricChoices.USUAL;
      double[] found = values(MetricsOf.normals(choices).get(0), answers);
      NormalAngles definition = new NormalAngles(valid);
      double[] angles = definition.angles(rowsPredicted, rowsTruth);
      double[] sums = new double[definition.sums()];
      definition.add(sums, angles);
      if (angles.length == 0) {
        assertThat(found[0]).isNaN();
        assertThat(found[1]).isNaN();
        continue;
      }
      assertThat(found[0]).isEqualTo(definition.mean(sums), within(1e-4));
      assertThat(found[1]).isEqualTo(Median.of(angles), within(0.005 + 1e-9));
      assertThat(found[2]).isEqualTo(definition.within(sums, NormalAngles.SMALL), within(1e-12));
      assertThat(found[3]).isEqualTo(definition.within(sums, NormalAngles.MIDDLE), within(1e-12));
      assertThat(found[4]).isEqualTo(definition.within(sums, NormalAngles.LARGE), within(1e-12));
      assertThat(found[5]).isEqualTo(1 - definition.cosineLoss(sums), within(FLOAT));
    }
  }

  /**
   * Yes or no for three labels of twelve samples; of ten scores most are equal. None is one half.
   */
  @Property(tries = 20)
  void severalLabels(@ForAll long seed, @ForAll boolean tenScores) {
    int samples = 12;
    Random random = new Random(seed);
    int steps = tenScores ? 10 : 1000;
    double[] scores = new double[3 * samples];
    int[] labels = new int[3 * samples];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (1 + random.nextInt(steps)) / (steps + 1.0);
      labels[i] = i < 6 ? i / 3 : random.nextInt(2);
    }
    double precision = 0;
    double f1 = 0;
    for (int label = 0; label < 3; label++) {
      double[] own = new double[samples];
      int[] ownLabels = new int[samples];
      for (int n = 0; n < samples; n++) {
        own[n] = scores[3 * n + label];
        ownLabels[n] = labels[3 * n + label];
      }
      LabelCounts counts = new LabelCounts(0.5);
      double[] sums = new double[counts.sums()];
      counts.add(sums, own, yes(ownLabels));
      double ownPrecision = AveragePrecision.of(own, yes(ownLabels));
      assertThat(ownPrecision)
          .isEqualTo(byDefinition(scores, labels, label, samples), within(1e-12));
      precision += ownPrecision / 3;
      f1 += counts.f1(sums) / 3;
      Answers answers = Answers.ofLabels(samples, 1, 1, logits(own), ownLabels);
      assertThat(values(MetricsOf.binary(0.5, MetricChoices.USUAL).get(0), answers)[0])
          .isEqualTo(counts.accuracy(sums), within(1e-14));
      List<Metric> quirky = MetricsOf.binary(0.5, quirks(Quirk.BINARY_F1));
      assertThat(quirky).hasSize(1);
      assertThat(values(quirky.get(0), answers)[0]).isEqualTo(counts.f1(sums), within(1e-12));
    }
    Answers answers = Answers.ofLabels(samples, 3, 1, logits(scores), labels);
    assertThat(values(MetricsOf.multiLabel(3).get(0), answers))
        .containsExactly(new double[] {precision, f1}, within(1e-12));
    // 2 TP / (2 TP + FP + FN) and TP / (TP + FP + FN) of the same answers are a mask's figures.
    LabelCounts counts = new LabelCounts(0.5);
    double[] sums = new double[4];
    counts.add(sums, scores, yes(labels));
    assertThat(
            values(
                MetricsOf.mask("region", 6, MetricChoices.USUAL).get(0),
                Answers.ofLabels(1, 1, labels.length, logits(scores), labels)))
        .containsExactly(sums[0] / (sums[0] + sums[1] + sums[2]), counts.f1(sums));
  }

  private static boolean[] yes(int[] labels) {
    boolean[] yes = new boolean[labels.length];
    for (int i = 0; i < yes.length; i++) {
      yes[i] = labels[i] == 1;
    }
    return yes;
  }

  /** sum_n (R_n - R_(n-1)) P_n with recall and precision counted anew at each distinct score. */
  private static double byDefinition(double[] scores, int[] labels, int label, int samples) {
    double[] thresholds = new double[samples];
    double positives = 0;
    for (int n = 0; n < samples; n++) {
      thresholds[n] = -scores[3 * n + label];
      positives += labels[3 * n + label];
    }
    double sum = 0;
    double before = 0;
    for (double negative : Arrays.stream(thresholds).distinct().sorted().toArray()) {
      double hits = 0;
      double said = 0;
      for (int n = 0; n < samples; n++) {
        if (scores[3 * n + label] >= -negative) {
          said++;
          hits += labels[3 * n + label];
        }
      }
      sum += (hits - before) / positives * hits / said;
      before = hits;
    }
    return sum;
  }

  @Test
  void numbers() {
    float nan = Float.NaN;
    assertThat(
            values(
                MetricsOf.numbers().get(0),
                Answers.ofNumbers(
                    2, 3, 1, new float[] {1, 2, 3, 4, 5, 6}, new float[] {2, 2, nan, 1, nan, 6})))
        .containsExactly((1 + 0 + 3 + 0) / 4.0, (1 + 0 + 9 + 0) / 4.0);
  }

  private static double[] widened(float[] values) {
    double[] widened = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      widened[i] = values[i];
    }
    return widened;
  }

  private static float[] logits(double[] probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i] / (1 - probabilities[i]));
    }
    return logits;
  }
}
