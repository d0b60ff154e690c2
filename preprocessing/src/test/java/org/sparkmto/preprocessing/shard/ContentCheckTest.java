package org.sparkmto.preprocessing.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.Reason;

class ContentCheckTest {
  private static final Column IMAGE =
      new Column("image", Column.Role.INPUT, ElementType.FLOAT32, List.of(1));
  private static final byte[] ZERO = floats(0);

  @Test
  void labelsAreClassesOrMissing() {
    Column map = target(ElementType.UINT8, List.of(2, 2));
    Task task = Task.of("t", TaskKind.SEGMENTATION, List.of("image"), "t", 3);
    assertAccepted(map, task, new byte[] {0, 1, 2, -1});
    assertRefused(
        map, task, new byte[] {0, 1, 3, 0}, Reason.BAD_LABEL, "label 3 at row 1, column 0");
    Column yes = target(ElementType.UINT8, List.of(3));
    Task many = Task.of("t", TaskKind.MULTI_LABEL, List.of("image"), "t", 3);
    assertAccepted(yes, many, new byte[] {0, 1, -1});
    assertRefused(yes, many, new byte[] {0, 1, 2}, Reason.BAD_LABEL, "label 2 at element 2");
  }

  @Test
  void depthIsFiniteAndNotNegative() {
    Column map = target(ElementType.FLOAT32, List.of(1, 2));
    Task task = Task.of("t", TaskKind.DEPTH, List.of("image"), "t", 1);
    assertAccepted(map, task, floats(Float.NaN, 0));
    assertRefused(map, task, floats(1, -0.5f), Reason.BAD_TARGET, "depth -0.5");
    assertRefused(map, task, floats(1, Float.POSITIVE_INFINITY), Reason.BAD_TARGET, "not finite");
    Column disparity = target(ElementType.UINT16, List.of(1, 2)).measured(1 / 3.0, -1 / 3.0, "px");
    assertAccepted(disparity, task, new byte[] {0, 0, 1, 0});
    Column below = target(ElementType.UINT16, List.of(1, 2)).measured(1, -2, "px");
    assertRefused(below, task, new byte[] {0, 0, 1, 0}, Reason.BAD_TARGET, "depth -1");
  }

  @Test
  void normalsHaveLengthOneOrAreMissingAltogether() {
    Column map = target(ElementType.INT16, List.of(3, 1, 2)).measured(1 / 32767.0, 0, "");
    Task task = Task.of("t", TaskKind.NORMALS, List.of("image"), "t", 3);
    int none = -32768;
    int third = 18918; // 32767 / sqrt(3)
    assertAccepted(map, task, shorts(third, none, third, none, -third, none));
    assertRefused(
        map, task, shorts(third, none, third, 1, third, none), Reason.BAD_TARGET, "some channels");
    assertRefused(
        map, task, shorts(third, 0, third, 32000, third, 0), Reason.BAD_TARGET, "has length 0.97");
  }

  @Test
  void numbersAreFiniteAndGroupsSmall() {
    Column pose = target(ElementType.FLOAT32, List.of(2));
    Task task = Task.of("t", TaskKind.REGRESSION, List.of("image"), "t", 2);
    assertAccepted(pose, task, floats(Float.NaN, -5));
    assertRefused(pose, task, floats(0, Float.NEGATIVE_INFINITY), Reason.BAD_TARGET, "not finite");
    assertThat(
            new ContentCheck(List.of(IMAGE, pose), List.of(task))
                .complaint(List.of(floats(Float.NaN), floats(0, 0))))
        .hasValueSatisfying(
            complaint ->
                assertThat(complaint.detail()).isEqualTo("column 'image': element 0 is NaN"));
    Column group = new Column("g", Column.Role.GROUP, ElementType.INT32, List.of(1));
    assertThat(
            new ContentCheck(List.of(group), List.of())
                .complaint(List.of(new byte[] {-1, -1, -1, -1})))
        .isPresent();
  }

  /** Of two pixels and two classes; those of a pixel without a label may be anything. */
  @Test
  void probabilitiesOfALabelledPixelAddUpToOne() {
    Column map = target(ElementType.UINT8, List.of(1, 2));
    Column soft = new Column("s", Column.Role.TARGET, ElementType.UINT16, List.of(2, 1, 2));
    Task task = Task.of("t", TaskKind.SEGMENTATION, List.of("image"), "t", 2).withSoft("s");
    ContentCheck check = new ContentCheck(List.of(map, soft), List.of(task));
    byte[] labels = {1, -1};
    assertThat(check.complaint(List.of(labels, shorts(0x4000, 7, 0xbfff, 9)))).isEmpty();
    assertThat(check.complaint(List.of(labels, shorts(0x4000, 7, 0xbff0, 9))))
        .hasValueSatisfying(
            complaint ->
                assertThat(complaint.detail())
                    .isEqualTo(
                        "task 't': the probabilities at row 0, column 0 add up to 0.999771"));
  }

  private static void assertAccepted(Column column, Task task, byte[] content) {
    assertThat(
            new ContentCheck(List.of(IMAGE, column), List.of(task))
                .complaint(List.of(ZERO, content)))
        .isEmpty();
  }

  private static void assertRefused(
      Column column, Task task, byte[] content, Reason reason, String detail) {
    assertThat(
            new ContentCheck(List.of(IMAGE, column), List.of(task))
                .complaint(List.of(ZERO, content)))
        .hasValueSatisfying(
            complaint -> {
              assertThat(complaint.reason()).isEqualTo(reason);
              assertThat(complaint.detail()).startsWith("task 't': ").contains(detail);
            });
  }

  private static Column target(ElementType type, List<Integer> shape) {
    return new Column("t", Column.Role.TARGET, type, shape);
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
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
}
