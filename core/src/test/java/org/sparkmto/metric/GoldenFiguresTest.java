package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Every figure, as a task gets it, against the golden values; quirks against theirs. */
class GoldenFiguresTest {
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

  /** Logits that answer a class for every pixel. */
  private static Answers segmentation(JsonNode golden, int samples) {
    int classes = golden.get("num_classes").asInt();
    int[] predicted = GoldenMetrics.integers(golden.get("pred"));
    int pixels = predicted.length / samples;
    float[] logits = new float[classes * predicted.length];
    for (int at = 0; at < predicted.length; at++) {
      int sample = at / pixels;
      logits[(sample * classes + predicted[at]) * pixels + at % pixels] = 1;
    }
    return Answers.ofLabels(
        samples, classes, pixels, logits, GoldenMetrics.integers(golden.get("gt")));
  }

  @Test
  void segmentation() {
    JsonNode golden = GoldenMetrics.of("segmentation");
    for (MetricChoices choices :
        new MetricChoices[] {MetricChoices.USUAL, quirks(Quirk.PLAIN_MEAN_IOU)}) {
      assertThat(values(Metrics.ofSegmentation(4, choices).get(0), segmentation(golden, 2)))
          .containsExactly(
              new double[] {
                golden.get("miou_nanmean").asDouble(), golden.get("pixel_acc").asDouble()
              },
              within(1e-12));
    }
  }

  @Test
  void aClassThatDoesNotOccurIsLeftOutOrMakesThePlainMeanUndefined() {
    JsonNode golden = GoldenMetrics.of("segmentation_absent_class");
    Answers answers = segmentation(golden, 1);
    assertThat(values(Metrics.ofSegmentation(3, MetricChoices.USUAL).get(0), answers)[0])
        .isEqualTo(golden.get("miou_nanmean").asDouble());
    assertThat(golden.get("miou_mean_libmtl_mtan").asText()).isEqualTo("NaN");
    assertThat(values(Metrics.ofSegmentation(3, quirks(Quirk.PLAIN_MEAN_IOU)).get(0), answers)[0])
        .isNaN();
  }

  /** The mean of what the definition without the quirk gives for each image alone. */
  @Test
  void perImageIsTheMeanOverImages() {
    JsonNode golden = GoldenMetrics.of("segmentation");
    int[] truth = GoldenMetrics.integers(golden.get("gt"));
    int[] predicted = GoldenMetrics.integers(golden.get("pred"));
    ConfusionMatrix matrix = new ConfusionMatrix(4);
    double sum = 0;
    for (int image = 0; image < 2; image++) {
      double[] sums = new double[16];
      matrix.add(
          sums,
          Arrays.copyOfRange(predicted, 30 * image, 30 * image + 30),
          Arrays.copyOfRange(truth, 30 * image, 30 * image + 30));
      sum += matrix.meanIntersectionOverUnion(sums);
    }
    Metric metric = Metrics.ofSegmentation(4, quirks(Quirk.PER_IMAGE_IOU)).get(0);
    double[] values = values(metric, segmentation(golden, 2));
    assertThat(values[0]).isEqualTo(sum / 2, within(1e-12));
    assertThat(values[0]).isNotCloseTo(golden.get("miou_nanmean").asDouble(), within(1e-4));
    assertThat(values[1]).isEqualTo(golden.get("pixel_acc").asDouble(), within(1e-12));
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

  @Test
  void depth() {
    JsonNode golden = GoldenMetrics.of("depth");
    double[] expected = {
      golden.get("abs_err").asDouble(),
      golden.get("rel_err").asDouble(),
      golden.get("rmse").asDouble(),
      golden.get("mse").asDouble()
    };
    float[] predicted = floats(golden.get("pred"));
    float[] zeros = floats(golden.get("gt"));
    float[] gaps = zeros.clone();
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = gaps[i] == 0 ? Float.NaN : gaps[i];
    }
    assertThat(
            values(
                Metrics.ofDepth(MetricChoices.USUAL).get(0),
                Answers.ofNumbers(2, 1, 8, predicted, gaps)))
        .containsExactly(expected, within(FLOAT));
    Answers withZeros = Answers.ofNumbers(2, 1, 8, predicted, zeros);
    assertThat(values(Metrics.ofDepth(quirks(Quirk.ZERO_IS_MISSING)).get(0), withZeros))
        .containsExactly(expected, within(FLOAT));
    // Without the quirk a 0 is a depth: two more pixels, nearly right.
    assertThat(values(Metrics.ofDepth(MetricChoices.USUAL).get(0), withZeros)[0])
        .isEqualTo((expected[0] * 14 + 0.0504 + 0.0729) / 16, within(FLOAT));
  }

  @Test
  void normals() {
    checkNormals(MetricChoices.USUAL, "mask_norm_nonzero_correct");
    checkNormals(quirks(Quirk.NORMALS_BY_SUM), "mask_sum_nonzero_libmtl_mtan");
  }

  private static void checkNormals(MetricChoices choices, String mask) {
    JsonNode golden = GoldenMetrics.of("normals");
    float[] predicted = planes(floats(golden.get("pred_unnormalised")));
    float[] truth = planes(floats(golden.get("gt")));
    JsonNode expected = golden.get(mask);
    double[] values =
        values(
            Metrics.ofNormals(choices).get(0),
            Answers.ofNumbers(1, 3, truth.length / 3, predicted, truth));
    // A degree is 1/57: the angle's error is 57 times that of the cosine, over its sine.
    assertThat(values[0]).isEqualTo(expected.get("mean").asDouble(), within(1e-4));
    assertThat(values[1]).isEqualTo(expected.get("median").asDouble(), within(0.005 + 1e-4));
    assertThat(values[2]).isEqualTo(expected.get("within_11.25").asDouble(), within(1e-12));
    assertThat(values[3]).isEqualTo(expected.get("within_22.5").asDouble(), within(1e-12));
    assertThat(values[4]).isEqualTo(expected.get("within_30").asDouble(), within(1e-12));
    assertThat(values[5]).isEqualTo(1 - expected.get("cos_loss").asDouble(), within(FLOAT));
  }

  /** x, y, z of each pixel to all x, all y, all z; a normal of length 0 stands for none. */
  private static float[] planes(float[] rows) {
    int pixels = rows.length / 3;
    float[] planes = new float[rows.length];
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int axis = 0; axis < 3; axis++) {
        planes[axis * pixels + pixel] = rows[3 * pixel + axis];
      }
    }
    return planes;
  }

  /**
   * The histogram's median is at most half a bin off the exact one of all angles. Of an even number
   * it is the mean of two middle ones, each at most half a bin off.
   */
  @Property(tries = 200)
  void theMedianIsWithinHalfABin(@ForAll long seed) {
    Random random = new Random(seed);
    int pixels = 1 + random.nextInt(60);
    float[] predicted = new float[3 * pixels];
    float[] truth = new float[3 * pixels];
    double[] rowsPredicted = new double[3 * pixels];
    double[] rowsTruth = new double[3 * pixels];
    double spread = random.nextBoolean() ? 3 : 0.01;
    for (int pixel = 0; pixel < pixels; pixel++) {
      double[] normal = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
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
    double exact =
        Median.of(new NormalAngles(NormalAngles.Valid.LENGTH).angles(rowsPredicted, rowsTruth));
    double found =
        values(
            new NormalScores(NormalAngles.Valid.LENGTH),
            Answers.ofNumbers(1, 3, pixels, predicted, truth))[1];
    if (Double.isNaN(exact)) {
      assertThat(found).isNaN();
    } else {
      assertThat(found).isEqualTo(exact, within(0.005 + 1e-9));
    }
  }

  @Test
  void severalLabels() {
    JsonNode golden = GoldenMetrics.of("multilabel");
    double[] scores = GoldenMetrics.numbers(golden.get("score"));
    int[] labels = GoldenMetrics.integers(golden.get("y"));
    int samples = labels.length / 3;
    float[] logits = logits(scores);
    // Two scores of the second label are equal, and stay so as logits.
    assertThat(
            values(Metrics.ofMultiLabel(3).get(0), Answers.ofLabels(samples, 3, 1, logits, labels)))
        .containsExactly(
            new double[] {golden.get("map").asDouble(), golden.get("mf1").asDouble()},
            within(1e-12));
  }

  /** With scores of one digit most are equal; the reference ranks probabilities, this logits. */
  @Test
  void equalScoresAreOneThresholdAsInTheReference() {
    JsonNode golden = GoldenMetrics.of("multilabel");
    double[] scores = GoldenMetrics.numbers(golden.get("score"));
    int[] labels = GoldenMetrics.integers(golden.get("y"));
    int samples = labels.length / 3;
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Math.max(1, Math.min(9, Math.round(10 * scores[i]))) / 10.0;
    }
    for (int label = 0; label < 3; label++) {
      sum += byDefinition(scores, labels, label, samples);
    }
    assertThat(
            values(
                Metrics.ofMultiLabel(3).get(0),
                Answers.ofLabels(samples, 3, 1, logits(scores), labels))[0])
        .isEqualTo(sum / 3, within(1e-12));
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
  void binaryTasksAsAccuracyOrAsF1() {
    JsonNode golden = GoldenMetrics.of("multilabel");
    double[] scores = GoldenMetrics.numbers(golden.get("score"));
    int[] all = GoldenMetrics.integers(golden.get("y"));
    int samples = all.length / 3;
    for (int task = 0; task < 3; task++) {
      double[] own = new double[samples];
      int[] labels = new int[samples];
      for (int n = 0; n < samples; n++) {
        own[n] = scores[3 * n + task];
        labels[n] = all[3 * n + task];
      }
      Answers answers = Answers.ofLabels(samples, 1, 1, logits(own), labels);
      assertThat(values(Metrics.ofBinary(0.5, MetricChoices.USUAL).get(0), answers)[0])
          .isEqualTo(golden.get("accuracy_at_0.5").get(task).asDouble(), within(1e-12));
      assertThat(Metrics.ofBinary(0.5, quirks(Quirk.BINARY_F1))).hasSize(1);
      assertThat(values(Metrics.ofBinary(0.5, quirks(Quirk.BINARY_F1)).get(0), answers)[0])
          .isEqualTo(golden.get("f1_at_0.5").get(task).asDouble(), within(1e-12));
    }
  }

  /** 2 TP / (2 TP + FP + FN) and TP / (TP + FP + FN) of the same answers are a mask's figures. */
  @Test
  void masks() {
    JsonNode golden = GoldenMetrics.of("multilabel");
    double[] scores = GoldenMetrics.numbers(golden.get("score"));
    int[] labels = GoldenMetrics.integers(golden.get("y"));
    LabelCounts counts = new LabelCounts(0.5);
    double[] sums = new double[4];
    boolean[] yes = new boolean[labels.length];
    for (int i = 0; i < yes.length; i++) {
      yes[i] = labels[i] == 1;
    }
    counts.add(sums, scores, yes);
    assertThat(
            values(
                Metrics.ofMask("region", 6, MetricChoices.USUAL).get(0),
                Answers.ofLabels(1, 1, labels.length, logits(scores), labels)))
        .containsExactly(sums[0] / (sums[0] + sums[1] + sums[2]), counts.f1(sums));
  }

  @Test
  void numbers() {
    float nan = Float.NaN;
    assertThat(
            values(
                Metrics.ofNumbers().get(0),
                Answers.ofNumbers(
                    2, 3, 1, new float[] {1, 2, 3, 4, 5, 6}, new float[] {2, 2, nan, 1, nan, 6})))
        .containsExactly((1 + 0 + 3 + 0) / 4.0, (1 + 0 + 9 + 0) / 4.0);
  }

  private static float[] floats(JsonNode node) {
    double[] numbers = GoldenMetrics.numbers(node);
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }

  private static float[] logits(double[] probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i] / (1 - probabilities[i]));
    }
    return logits;
  }
}
