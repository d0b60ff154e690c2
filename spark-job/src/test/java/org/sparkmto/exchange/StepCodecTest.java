package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.method.Blend;
import org.sparkmto.method.GradientForm;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Observation;
import org.sparkmto.method.Vector;

class StepCodecTest {

  /** Every bit pattern but those of NaNs other than the usual one, which nobody tells apart. */
  private static double[] numbers(long seed, int count) {
    Random random = new Random(seed);
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      double bits = Double.longBitsToDouble(random.nextLong());
      numbers[i] = Double.isNaN(bits) || random.nextInt(20) == 0 ? Double.NaN : bits;
    }
    return numbers;
  }

  @Provide
  Arbitrary<StepReport> reports() {
    Arbitrary<StepReport> observed =
        Combinators.combine(
                Arbitraries.of(GradientForm.values()),
                Arbitraries.integers().between(1, 12),
                Arbitraries.integers().between(1, 5),
                Arbitraries.longs(),
                Arbitraries.integers())
            .as(
                (form, tasks, blocks, seed, epoch) -> {
                  int own =
                      form == GradientForm.GROUP_GRAMS || form == GradientForm.PART_GRAM
                          ? blocks
                          : 1;
                  GradientSummary gradients =
                      form.read(tasks, own, numbers(seed, (int) form.count(tasks, own)));
                  Vector losses = Vector.of(numbers(seed + 1, tasks));
                  Vector labelled = Vector.of(numbers(seed + 2, tasks));
                  return new StepReport.Observed(
                      new Observation(seed, epoch, losses, labelled, gradients));
                });
    Arbitrary<StepReport> updated =
        Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(1, 60))
            .as((step, tasks) -> new StepReport.Updated(step, Vector.of(numbers(step, tasks))));
    Arbitrary<StepReport> clipped =
        Arbitraries.longs().map(step -> new StepReport.Clipped(step, numbers(step, 1)[0]));
    Arbitrary<StepReport> looked =
        Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(1, 12))
            .as(
                (step, tasks) ->
                    new StepReport.Looked(
                        step,
                        GradientForm.GRAM
                            .read(tasks, 1, numbers(step, tasks * (tasks + 1) / 2))
                            .gram()
                            .orElseThrow()));
    Arbitrary<StepReport> analysed =
        Combinators.combine(
                Arbitraries.longs(),
                Arbitraries.integers().between(1, 3),
                Arbitraries.integers().between(1, 4),
                Arbitraries.integers().between(0, 3))
            .as(
                (step, layers, tasks, samples) -> {
                  GradientSums.Shape shape = new GradientSums.Shape(layers, tasks, samples);
                  return new StepReport.Analysed(
                      step, step + 1, GradientSums.of(shape, numbers(step, (int) shape.numbers())));
                });
    return Arbitraries.oneOf(observed, updated, clipped, looked, analysed);
  }

  @Provide
  Arbitrary<StepAnswer> answers() {
    Arbitrary<StepAnswer> weights =
        Combinators.combine(
                Arbitraries.longs(),
                Arbitraries.integers().between(1, 60),
                Arbitraries.integers().between(1, 9))
            .as(
                (seed, tasks, blocks) ->
                    StepAnswer.Weights.of(tasks, blocks, numbers(seed, tasks * (blocks + 1))));
    Arbitrary<StepAnswer> averages =
        Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(1, 60))
            .as((seed, tasks) -> StepAnswer.AverageWeights.of(tasks, numbers(seed, 4 * tasks)));
    return Arbitraries.oneOf(weights, averages, Arbitraries.just(new StepAnswer.Noted()));
  }

  private interface Content {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] bytes(Content content) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      content.write(new DataOutputStream(bytes));
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new AssertionError("memory cannot fail", e);
    }
  }

  @Property(tries = 500)
  void whatIsWrittenIsRead(
      @ForAll("reports") StepReport report, @ForAll("answers") StepAnswer answer)
      throws IOException {
    byte[] question = bytes(out -> StepCodec.write(report, out));
    assertThat(StepCodec.readReport(Message.reader(question))).isEqualTo(report);
    byte[] reply = bytes(out -> StepCodec.write(answer, out));
    assertThat(StepCodec.readAnswer(Message.reader(reply))).isEqualTo(answer);
  }

  /** A message is all of what was written or it is refused. */
  @Property(tries = 200)
  void nothingMayBeMissingAndNothingMayFollow(
      @ForAll("reports") StepReport report,
      @ForAll("answers") StepAnswer answer,
      @ForAll @IntRange(min = 0, max = 1 << 20) int cut) {
    byte[] question = bytes(out -> StepCodec.write(report, out));
    for (int length : new int[] {cut % question.length, question.length + 1}) {
      assertThatThrownBy(
              () -> StepCodec.readReport(Message.reader(Arrays.copyOf(question, length))))
          .isInstanceOf(IOException.class);
    }
    byte[] reply = bytes(out -> StepCodec.write(answer, out));
    for (int length : new int[] {cut % reply.length, reply.length + 1}) {
      assertThatThrownBy(() -> StepCodec.readAnswer(Message.reader(Arrays.copyOf(reply, length))))
          .isInstanceOf(IOException.class);
    }
  }

  /** A flipped bit gives another message, or a refusal that says why. */
  @Property(tries = 500)
  void aChangedBitIsAnotherMessageOrNone(
      @ForAll("reports") StepReport report, @ForAll @IntRange(min = 0, max = 1 << 24) int place) {
    byte[] question = bytes(out -> StepCodec.write(report, out));
    int bit = place % (8 * question.length);
    question[bit / 8] ^= (byte) (1 << bit % 8);
    try {
      assertThat(bytes(out -> StepCodec.write(StepCodec.readReport(Message.reader(question)), out)))
          .hasSameSizeAs(question);
    } catch (AssertionError e) {
      if (!(e.getCause() instanceof IOException)) {
        throw e;
      }
    }
  }

  @Property(tries = 500)
  void noiseIsRefusedOrRead(@ForAll @Size(max = 80) byte[] noise) {
    assertThatCode(
            () -> {
              try {
                StepCodec.readReport(Message.reader(noise));
              } catch (IOException refused) {
                assertThat(refused).isNotNull();
              }
              try {
                StepCodec.readAnswer(Message.reader(noise));
              } catch (IOException refused) {
                assertThat(refused).isNotNull();
              }
            })
        .doesNotThrowAnyException();
  }

  /** K losses, K label counts and one half of the K x K products, and an envelope of 22 bytes. */
  @Test
  void fortyTasksAreSmall() {
    int tasks = 40;
    Observation seen =
        new Observation(
            9,
            1,
            Vector.ones(tasks),
            Vector.ones(tasks),
            GradientForm.GRAM.read(tasks, 1, new double[(int) GradientForm.GRAM.count(tasks, 1)]));
    assertThat(bytes(out -> StepCodec.write(new StepReport.Observed(seen), out)))
        .hasSize(22 + 8 * (2 * 40 + 40 * 41 / 2));
    StepAnswer answer = StepAnswer.Weights.of(tasks, 1, new double[2 * tasks]);
    assertThat(bytes(out -> StepCodec.write(answer, out))).hasSize(9 + 8 * 2 * 40);
  }

  @Test
  void averagesHaveWhatTheyKeepAndTake() {
    StepAnswer.AverageWeights answer =
        new StepAnswer.AverageWeights(
            new StepAnswer.Weights(Vector.of(1, 2), Vector.of(3, 4)),
            new Blend(Vector.of(5, 6), Vector.of(7, 8)));
    assertThat(answer.numbers()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(StepAnswer.AverageWeights.of(2, answer.numbers())).isEqualTo(answer);
  }
}
