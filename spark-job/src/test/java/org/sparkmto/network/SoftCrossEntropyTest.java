package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

/**
 * Cross-entropy with probabilities, from the bytes of a batch on, against its closed form, its
 * gradient p - q, and central differences. Probabilities are floats: 1e-6 of the values.
 */
class SoftCrossEntropyTest {
  private static final int SAMPLES = 5;

  /** A batch of a kind with a third of its labels missing. */
  private record Question(Task task, Column labels, Column soft, int places) {
    static Question of(TaskKind kind, int classes) {
      List<Integer> pixels = List.of(2, 3);
      List<Integer> labels =
          kind.hasPixels() ? pixels : List.of(kind == TaskKind.MULTI_LABEL ? classes : 1);
      List<Integer> soft =
          switch (kind) {
            case CLASSIFICATION -> List.of(classes);
            case SEGMENTATION -> List.of(classes, 2, 3);
            default -> labels;
          };
      Task task =
          Task.of("task", kind, List.of("image"), "target", classes)
              .withSoft("target_soft")
              .withLoss("soft-cross-entropy");
      Column target = new Column("target", Column.Role.TARGET, ElementType.UINT8, labels);
      return new Question(
          task,
          target,
          new Column("target_soft", Column.Role.TARGET, ElementType.UINT16, soft),
          target.elements());
    }

    int outputs() {
      return task.probabilities();
    }

    List<Integer> shape() {
      int channels = task.kind() == TaskKind.MULTI_LABEL ? places : outputs();
      return task.kind().hasPixels()
          ? List.of(SAMPLES, channels, 2, 3)
          : List.of(SAMPLES, channels);
    }

    boolean missing(int sample, int place) {
      return (sample * places + place) % 3 == 1;
    }

    /** By sample, class and place, as the column has them: each element's add up to 65,535. */
    int[] stored(Random random) {
      int[] stored = new int[SAMPLES * outputs() * places];
      for (int sample = 0; sample < SAMPLES; sample++) {
        for (int place = 0; place < places; place++) {
          int left = Targets.CERTAIN;
          for (int k = 0; k < outputs(); k++) {
            int part = outputs() > 1 && k == outputs() - 1 ? left : random.nextInt(left + 1);
            stored[(sample * outputs() + k) * places + place] = part;
            left -= part;
          }
        }
      }
      return stored;
    }

    Target target(int[] stored) {
      byte[] target = new byte[SAMPLES * places];
      for (int i = 0; i < target.length; i++) {
        target[i] = (byte) (missing(i / places, i % places) ? Task.MISSING : 1);
      }
      ByteBuffer probabilities =
          ByteBuffer.allocate(2 * stored.length).order(ByteOrder.LITTLE_ENDIAN);
      for (int value : stored) {
        probabilities.putShort((short) value);
      }
      Batch batch =
          new Batch(SAMPLES, Map.of("target", target, "target_soft", probabilities.array()));
      return Target.of(batch, labels, task).with(batch, soft, task);
    }
  }

  @ParameterizedTest
  @CsvSource({"CLASSIFICATION,4", "SEGMENTATION,3", "BINARY,2", "MASK,2", "MULTI_LABEL,3"})
  void isItsClosedFormAndItsGradientTheDifferenceOfTheProbabilities(TaskKind kind, int classes) {
    Question question = Question.of(kind, classes);
    int[] stored = question.stored(new Random(3));
    try (PointerScope scope = new PointerScope()) {
      Target target = question.target(stored);
      Tensor outputs =
          CentralDifferences.normal(question.shape(), Draws.of(4)).requires_grad_(true);
      double[] said = HostTensors.doubles(outputs.detach().reshape(-1));
      double expected = 0;
      double[] gradient = new double[said.length];
      int count = question.outputs();
      for (int sample = 0; sample < SAMPLES; sample++) {
        for (int place = 0; place < question.places(); place++) {
          if (question.missing(sample, place)) {
            continue;
          }
          double all = count == 1 ? 1 : 0;
          for (int k = 0; k < count; k++) {
            all += Math.exp(said[(sample * count + k) * question.places() + place]);
          }
          for (int k = 0; k < count; k++) {
            int at = (sample * count + k) * question.places() + place;
            double q = stored[at] / (double) Targets.CERTAIN;
            double p = Math.exp(said[at]) / all;
            expected -= q * Math.log(p) + (count == 1 ? (1 - q) * Math.log(1 - p) : 0);
            gradient[at] = p - q;
          }
        }
      }
      TaskLoss loss = TaskLosses.of(question.task());
      Tensor sum = loss.sum(outputs, target);
      assertThat(sum.item_double()).isCloseTo(expected, within(1e-6 * expected));
      double[] found =
          HostTensors.doubles(
              Autograd.gradients(
                      sum,
                      HostTensors.constants(new double[] {1}, sum.reshape(1)).squeeze(),
                      List.of(outputs),
                      true)
                  .get(0)
                  .reshape(-1));
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).isCloseTo(gradient[i], within(1e-6));
      }
      CentralDifferences.compare(List.of(outputs), () -> loss.sum(outputs, target), Draws.of(5));
    }
  }

  /** With all probability on the label it is the usual loss, to the rounding of a float. */
  @Test
  void certainProbabilitiesAreLabels() {
    Question question = Question.of(TaskKind.CLASSIFICATION, 4);
    int[] stored = new int[SAMPLES * 4];
    for (int sample = 0; sample < SAMPLES; sample++) {
      stored[4 * sample + 1] = Targets.CERTAIN;
    }
    try (PointerScope scope = new PointerScope()) {
      Target target = question.target(stored);
      Tensor outputs = CentralDifferences.normal(question.shape(), Draws.of(4));
      double hard =
          TaskLosses.of(question.task().withLoss("cross-entropy"))
              .sum(outputs, target)
              .item_double();
      assertThat(TaskLosses.of(question.task()).sum(outputs, target).item_double())
          .isCloseTo(hard, within(1e-12 * hard));
    }
  }

  @Test
  void aTaskOfLabelsAloneIsRefused() {
    Task task = Question.of(TaskKind.BINARY, 2).task().withSoft("");
    assertThatThrownBy(() -> TaskLosses.of(task))
        .hasMessageContaining("needs probabilities, and the data set has labels alone");
  }
}
