package org.sparkmto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetsTest {

  private static Column column(ElementType type, Integer... shape) {
    return new Column("target", Column.Role.TARGET, type, List.of(shape));
  }

  private static Task task(TaskKind kind, int element, int classes) {
    return new Task("thing", kind, List.of("image"), "target", element, classes, 255);
  }

  private static Batch batch(int samples, byte[] bytes) {
    return new Batch(samples, Map.of("target", bytes));
  }

  private static byte[] bytes(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.array();
  }

  private static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  @Test
  void aTaskOfOneElementReadsItOfEverySample() {
    Batch batch = batch(2, bytes(0, 1, 2, 3, 255, 4));
    Column labels = column(ElementType.UINT8, 3);
    assertThat(Targets.labels(batch, labels, task(TaskKind.CLASSIFICATION, 0, 4)))
        .containsExactly(0, 3);
    assertThat(Targets.labels(batch, labels, task(TaskKind.BINARY, 1, 2))).containsExactly(1, 255);
    assertThat(Targets.labels(batch, labels, task(TaskKind.CLASSIFICATION, 2, 5)))
        .containsExactly(2, 4);
  }

  @Test
  void aLabelOfSeveralSaysYesOrNoHoweverManyThereAre() {
    Batch batch = batch(2, bytes(0, 1, 1, 255, 0, 1));
    Column labels = column(ElementType.UINT8, 3);
    assertThat(Targets.labels(batch, labels, task(TaskKind.MULTI_LABEL, Task.WHOLE, 3)))
        .containsExactly(0, 1, 1, 255, 0, 1);
    assertThatThrownBy(
            () ->
                Targets.labels(
                    batch(1, bytes(0, 2, 1)), labels, task(TaskKind.MULTI_LABEL, Task.WHOLE, 3)))
        .isInstanceOf(DataContractException.class)
        .hasMessage("label 2 of task 'thing' is none of its 2");
  }

  @Test
  void aMapIsReadWhole() {
    Batch batch = batch(1, bytes(0, 12, 255, 7));
    assertThat(
            Targets.labels(
                batch,
                column(ElementType.UINT8, 2, 2),
                task(TaskKind.SEGMENTATION, Task.WHOLE, 13)))
        .containsExactly(0, 12, 255, 7);
  }

  @Test
  void labelsThatAreNoneAreRefused() {
    Column labels = column(ElementType.UINT8, 1);
    Task task = task(TaskKind.CLASSIFICATION, 0, 4);
    assertThatThrownBy(() -> Targets.labels(batch(1, bytes(4)), labels, task))
        .isInstanceOf(DataContractException.class)
        .hasMessage("label 4 of task 'thing' is none of its 4");
    assertThatThrownBy(
            () -> Targets.labels(batch(1, shorts(1)), column(ElementType.INT16, 1), task))
        .hasMessage("labels of task 'thing' are int16, not uint8");
    assertThatThrownBy(() -> Targets.labels(batch(2, bytes(1)), labels, task))
        .hasMessage("column 'target' has 1 bytes in a batch");
    assertThatThrownBy(
            () -> Targets.values(batch(2, floats(1)), column(ElementType.FLOAT32, 1), task))
        .hasMessage("column 'target' has 4 bytes in a batch");
  }

  /** As Cityscapes stores disparities: (stored - 1) / 256 pixels, 0 where there is none. */
  @Test
  void storedNumbersBecomeValuesInTheUnitOfTheColumn() {
    Column disparity = column(ElementType.UINT16, 2, 2).measured(1 / 256.0, -1 / 256.0, "px");
    assertThat(
            Targets.values(
                batch(1, shorts(0, 1, 257, 65535)), disparity, task(TaskKind.DEPTH, Task.WHOLE, 1)))
        .containsExactly(Float.NaN, 0, 1, (float) (65534 / 256.0));
  }

  @Test
  void normalsAreFractionsOfTheLargestShort() {
    Column normals = column(ElementType.INT16, 3, 1, 2).measured(1 / 32767.0, 0, "");
    assertThat(
            Targets.values(
                batch(1, shorts(32767, -32768, 0, -32768, -32767, -32768)),
                normals,
                task(TaskKind.NORMALS, Task.WHOLE, 3)))
        .containsExactly(1, Float.NaN, 0, Float.NaN, -1, Float.NaN);
  }

  /** Metres or ways to a centre: floats as they are, missing is decided before any scale. */
  @Test
  void floatsAreWhatTheyAre() {
    Column depth = column(ElementType.FLOAT32, 1, 1, 3).measured(2, 1, "m");
    assertThat(
            Targets.values(
                batch(1, floats(0, 1.5f, Float.NaN)), depth, task(TaskKind.DEPTH, Task.WHOLE, 1)))
        .containsExactly(1, 4, Float.NaN);
    Column ways = column(ElementType.FLOAT32, 2, 1, 2);
    assertThat(
            Targets.values(
                batch(1, floats(-3, Float.NaN, 2.5f, Float.NaN)),
                ways,
                task(TaskKind.VECTORS, Task.WHOLE, 2)))
        .containsExactly(-3, Float.NaN, 2.5f, Float.NaN);
  }

  @Test
  void oneNumberOfSeveralMayBeATask() {
    Column numbers = column(ElementType.FLOAT32, 3);
    Batch batch = batch(2, floats(1, 2, 3, 4, 5, 6));
    assertThat(Targets.values(batch, numbers, task(TaskKind.REGRESSION, 1, 1)))
        .containsExactly(2, 5);
    assertThat(Targets.values(batch, numbers, task(TaskKind.REGRESSION, Task.WHOLE, 3)))
        .containsExactly(1, 2, 3, 4, 5, 6);
  }
}
