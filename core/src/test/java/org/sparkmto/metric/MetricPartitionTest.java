package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * However a split is shared and in whatever order the tallies meet, every metric says the same.
 *
 * <p>What only counts is equal to the bit. Sums of fractions depend on their order in the last
 * digits: at most 12 samples of 80 numbers below 200, squared below 4e4, so 1e-9 of the value is
 * far above what 1e3 roundings can make of it.
 */
class MetricPartitionTest {
  private static final double ROUNDING = 1e-9;
  private static final int WIDTH = 10;

  /** Whether all sums are whole numbers. */
  enum Exactness {
    COUNTS,
    FRACTIONS
  }

  /** All metrics and quirks. */
  private static final List<Subject> SUBJECTS =
      List.of(
          new Subject("accuracy", new Accuracy(4), 4, 1, 4, Exactness.COUNTS),
          new Subject("balanced", new BalancedAccuracy(4), 4, 1, 4, Exactness.COUNTS),
          new Subject("binary", new BinaryAccuracy(), 1, 1, 2, Exactness.COUNTS),
          new Subject(
              "binary balanced", new BinaryBalancedAccuracy(0.3), 1, 1, 2, Exactness.COUNTS),
          new Subject("binary f1", new BinaryF1(), 1, 1, 2, Exactness.COUNTS),
          new Subject("binary precision", new BinaryAveragePrecision(), 1, 1, 2, Exactness.COUNTS),
          new Subject("multi label", new MultiLabelScores(5, 0.5), 5, 1, 2, Exactness.COUNTS),
          new Subject("binary auc", new BinaryRocAuc(), 1, 1, 2, Exactness.COUNTS),
          new Subject(
              "binary best f1",
              new BinaryF1AtThreshold(MetricTask.Decisions.CHOSEN_HERE),
              1,
              1,
              2,
              Exactness.COUNTS),
          new Subject(
              "binary f1 from a threshold",
              new BinaryF1AtThreshold(MetricTask.Decisions.given(List.of(0.25))),
              1,
              1,
              2,
              Exactness.COUNTS),
          new Subject("binary calibration", new BinaryCalibration(), 1, 1, 2, Exactness.FRACTIONS),
          new Subject("macro f1", new MacroF1(4), 4, 1, 4, Exactness.COUNTS),
          new Subject("class precision", new ClassAveragePrecision(4), 4, 1, 4, Exactness.COUNTS),
          new Subject("class auc", new ClassRocAuc(4), 4, 1, 4, Exactness.COUNTS),
          new Subject("class calibration", new ClassCalibration(), 4, 1, 4, Exactness.FRACTIONS),
          new Subject("label auc", new MultiLabelRocAuc(5), 5, 1, 2, Exactness.COUNTS),
          new Subject(
              "label best f1",
              new MultiLabelF1AtThreshold(5, MetricTask.Decisions.CHOSEN_HERE),
              5,
              1,
              2,
              Exactness.COUNTS),
          new Subject(
              "label calibration", new MultiLabelCalibration(5), 5, 1, 2, Exactness.FRACTIONS),
          new Subject(
              "median error",
              new AbsoluteErrorQuantile(0.5, AbsoluteErrorQuantile.MEDIAN),
              3,
              1,
              0,
              Exactness.COUNTS),
          new Subject(
              "ninety percent of errors",
              new AbsoluteErrorQuantile(0.9, AbsoluteErrorQuantile.NINETY),
              3,
              1,
              0,
              Exactness.COUNTS),
          new Subject("numbers", new NumberErrors(), 3, 1, 0, Exactness.FRACTIONS),
          new Subject("vectors", new NumberErrors(), 2, 80, 0, Exactness.FRACTIONS),
          new Subject(
              "segmentation",
              new SegmentationScores(5, MeanIou.OCCURRING_CLASSES),
              5,
              80,
              5,
              Exactness.COUNTS),
          new Subject(
              "all classes",
              new SegmentationScores(3, MeanIou.ALL_CLASSES),
              3,
              80,
              3,
              Exactness.COUNTS),
          new Subject(
              "per image",
              new SegmentationScores(5, MeanIou.IMAGES),
              5,
              80,
              5,
              Exactness.FRACTIONS),
          new Subject("mask", new MaskScores(), 1, 80, 2, Exactness.COUNTS),
          new Subject("edges", new EdgeScores(WIDTH), 1, 80, 2, Exactness.COUNTS),
          new Subject("depth", new DepthScores(Double.NaN), 1, 80, 0, Exactness.FRACTIONS),
          new Subject("depth above zero", new DepthScores(0), 1, 80, 0, Exactness.FRACTIONS),
          new Subject(
              "normals",
              new NormalScores(NormalAngles.Valid.LENGTH),
              3,
              80,
              0,
              Exactness.FRACTIONS),
          new Subject(
              "normals by sum",
              new NormalScores(NormalAngles.Valid.SUM),
              3,
              80,
              0,
              Exactness.FRACTIONS));

  /**
   * A metric and what it is asked about.
   *
   * @param labels how many labels there are, or 0 for numbers
   */
  record Subject(
      String name, Metric metric, int channels, int pixels, int labels, Exactness exactness) {

    /**
     * Random ones; a share of everything has no truth. Scores are coarse, so that some are equal.
     */
    RandomAnswers answers(Random random, int samples, double missing) {
      float[] outputs = new float[samples * channels * pixels];
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = Math.round(4 * random.nextGaussian()) / 4f;
      }
      int[] truth = new int[0];
      float[] numbers = new float[0];
      if (labels > 0) {
        boolean severalLabels = metric.getClass().getSimpleName().startsWith("MultiLabel");
        int each = severalLabels ? channels : pixels;
        truth = new int[samples * each];
        for (int i = 0; i < truth.length; i++) {
          truth[i] = random.nextDouble() < missing ? Answers.NO_LABEL : random.nextInt(labels);
        }
      } else {
        numbers = new float[outputs.length];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = (float) Math.abs(random.nextGaussian());
        }
        hide(numbers, random, samples, missing);
      }
      return new RandomAnswers(samples, channels, pixels, outputs, truth, numbers);
    }

    private void hide(float[] numbers, Random random, int samples, double missing) {
      for (int sample = 0; sample < samples; sample++) {
        for (int pixel = 0; pixel < pixels; pixel++) {
          if (random.nextDouble() < missing) {
            for (int channel = 0; channel < channels; channel++) {
              numbers[(sample * channels + channel) * pixels + pixel] = Float.NaN;
            }
          }
        }
      }
    }
  }

  @Provide
  Arbitrary<Subject> subjects() {
    return Arbitraries.of(SUBJECTS);
  }

  @Property(tries = 500)
  void partsSayWhatTheWholeSays(@ForAll("subjects") Subject subject, @ForAll long seed) {
    Random random = new Random(seed);
    double[] shares = {0, 0.3, 0.97};
    RandomAnswers answers =
        subject.answers(random, 1 + random.nextInt(12), shares[random.nextInt(shares.length)]);
    Tally whole = answers.whole(subject.metric);
    Tally parts = answers.inParts(subject.metric, random);
    double[] expected = subject.metric.values(whole);
    double[] found = subject.metric.values(parts);
    assertThat(found).hasSize(subject.metric.figures().size());
    assertThat(subject.metric.thresholds(parts)).isEqualTo(subject.metric.thresholds(whole));
    if (subject.exactness == Exactness.COUNTS) {
      assertThat(parts.sums()).containsExactly(whole.sums());
      assertThat(found).containsExactly(expected);
    } else {
      assertClose(parts.sums(), whole.sums());
      assertClose(found, expected);
    }
  }

  private static void assertClose(double[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      if (Double.isNaN(expected[i])) {
        assertThat(found[i]).as("number %d", i).isNaN();
      } else {
        assertThat(found[i])
            .as("number %d", i)
            .isEqualTo(expected[i], within(ROUNDING * Math.abs(expected[i])));
      }
    }
  }

  @Test
  void nothingLabelledIsUndefined() {
    for (Subject subject : SUBJECTS) {
      RandomAnswers answers = subject.answers(new Random(1), 3, 1);
      assertThat(subject.metric.values(answers.whole(subject.metric)))
          .as(subject.name)
          .containsOnly(Double.NaN);
      assertThat(subject.metric.values(Tally.of(subject.metric)))
          .as(subject.name)
          .containsOnly(Double.NaN);
    }
  }

  /** A network that says NaN is the worst there is, or NaN itself; never good. */
  @Test
  void aDivergedNetworkNeverLooksGood() {
    for (Subject subject : SUBJECTS) {
      RandomAnswers answers = subject.answers(new Random(2), 3, 0);
      Arrays.fill(answers.outputs, Float.NaN);
      double[] values = subject.metric.values(answers.whole(subject.metric));
      for (int i = 0; i < values.length; i++) {
        Figure figure = subject.metric.figures().get(i);
        if (figure.direction() == Direction.HIGHER_IS_BETTER) {
          double worst = figure.equals(NormalScores.MEAN_COSINE) ? -1 : 0;
          assertThat(Double.isNaN(values[i]) ? worst : values[i])
              .as(subject.name + " " + figure)
              .isEqualTo(worst);
        } else if (subject.metric instanceof NormalScores) {
          assertThat(values[i]).as(subject.name + " " + figure).isCloseTo(180, within(0.0051));
        } else {
          assertThat(values[i]).as(subject.name + " " + figure).isNaN();
        }
      }
    }
  }

  /** Every figure that a task may get has a direction by name, and always the same one. */
  @Test
  void everyFigureHasItsDirection() {
    MetricChoices all =
        new MetricChoices(
            Set.of(
                Quirk.PER_IMAGE_IOU, Quirk.BINARY_F1, Quirk.NORMALS_BY_SUM, Quirk.ZERO_IS_MISSING),
            Set.of("edges"),
            Set.copyOf(Metrics.onRequest()),
            Map.of());
    Stream.concat(
            SUBJECTS.stream().map(subject -> subject.metric),
            Stream.of(
                    MetricsOf.binary(0.5, all),
                    MetricsOf.segmentation(3, all),
                    MetricsOf.mask("edges", 4, all),
                    MetricsOf.mask("regions", 4, all),
                    MetricsOf.classification(3, all),
                    MetricsOf.multiLabel(3, all),
                    MetricsOf.numbers(all),
                    MetricsOf.depth(all),
                    MetricsOf.normals(all))
                .flatMap(metrics -> metrics.stream()))
        .flatMap(metric -> metric.figures().stream())
        .forEach(
            figure ->
                assertThat(Metrics.direction(figure.name()))
                    .as(figure.name())
                    .contains(figure.direction()));
  }
}
