package org.sparkmto.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/** Answers of a network as labels, by hand. */
class PseudoTaskTest {
  private static final float LOG_THREE = (float) Math.log(3);

  private static PseudoTask task(
      TaskKind kind, int classes, int height, int width, boolean soft, double threshold) {
    Task task = Task.of("scene", kind, List.of("image"), "target", classes);
    TaskColumn answers = new TaskColumn("scene", task, "", height, width);
    return PseudoTask.of("pseudo-scene", "pseudo_scene", answers, 0, soft, threshold);
  }

  private static List<Integer> stored(byte[] probabilities) {
    ByteBuffer numbers = ByteBuffer.wrap(probabilities).order(ByteOrder.LITTLE_ENDIAN);
    return IntStream.range(0, probabilities.length / 2)
        .map(i -> numbers.getShort(2 * i) & 0xffff)
        .boxed()
        .toList();
  }

  /** Probabilities 1/5, 3/5, 1/5 and, in the second sample, numbers that are none. */
  @Test
  void classesHaveTheMostProbableAndAllProbabilities() {
    PseudoTask task = task(TaskKind.CLASSIFICATION, 3, 0, 0, true, 0.5);
    float[] outputs = {7, 7 + LOG_THREE, 7, 0, Float.NaN, 0};
    List<byte[]> first = task.content(outputs, 0, 2);
    assertThat(first.get(0)).containsExactly(1);
    assertThat(stored(first.get(1))).containsExactly(13_107, 39_321, 13_107);
    List<byte[]> second = task.content(outputs, 1, 2);
    assertThat(second.get(0)).containsExactly(255);
    assertThat(stored(second.get(1))).containsExactly(0, 0, 0);
    assertThat(task.task().soft()).isEqualTo("pseudo_scene_soft");
    assertThat(task.task().loss()).isEqualTo("soft-cross-entropy");
    assertThat(task.columns()).map(Column::shape).containsExactly(List.of(1), List.of(3));
  }

  /** Two pixels of three classes, with the most probable at 3/5 and at 1/3. */
  @Test
  void pixelsBelowTheThresholdHaveNoLabel() {
    float[] outputs = {0, 0, LOG_THREE, 0, 0, 0};
    PseudoTask half = task(TaskKind.SEGMENTATION, 3, 1, 2, false, 0.5);
    assertThat(half.content(outputs, 0, 1)).hasSize(1);
    assertThat(half.content(outputs, 0, 1).get(0)).containsExactly(1, 255);
    PseudoTask all = task(TaskKind.SEGMENTATION, 3, 1, 2, true, 0);
    assertThat(all.content(outputs, 0, 1).get(0)).containsExactly(1, 0);
    assertThat(stored(all.content(outputs, 0, 1).get(1)))
        .containsExactly(13_107, 21_845, 39_321, 21_845, 13_107, 21_845);
    assertThat(all.columns().get(1).shape()).containsExactly(3, 1, 2);
  }

  @Test
  void yesAndNoHaveTheProbabilityOfYes() {
    PseudoTask task = task(TaskKind.MULTI_LABEL, 3, 0, 0, true, 0.7);
    float[] outputs = {LOG_THREE, -LOG_THREE, 0.1f};
    assertThat(task.content(outputs, 0, 1).get(0)).containsExactly(1, 0, 255);
    assertThat(stored(task.content(outputs, 0, 1).get(1)).subList(0, 2))
        .containsExactly(49_151, 16_384);
    assertThat(task(TaskKind.BINARY, 2, 0, 0, false, 0).content(outputs, 1, 3).get(0))
        .containsExactly(0);
  }

  @Test
  void numbersStayAndNoDepthIsNegative() {
    PseudoTask depth = task(TaskKind.DEPTH, 1, 1, 2, false, 0);
    ByteBuffer numbers =
        ByteBuffer.wrap(depth.content(new float[] {2.5f, -0.1f}, 0, 1).get(0))
            .order(ByteOrder.LITTLE_ENDIAN);
    assertThat(numbers.getFloat(0)).isEqualTo(2.5f);
    assertThat(numbers.getFloat(4)).isNaN();
    PseudoTask age = task(TaskKind.REGRESSION, 2, 0, 0, false, 0);
    assertThat(age.columns().get(0).type()).isEqualTo(ElementType.FLOAT32);
    assertThat(age.columns().get(0).shape()).containsExactly(2);
    assertThat(age.content(new float[] {1, -2, 3, 4}, 1, 2).get(0)).hasSize(8);
  }
}
