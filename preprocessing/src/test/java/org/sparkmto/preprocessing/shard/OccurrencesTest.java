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

class OccurrencesTest {
  private static final List<String> IMAGE = List.of("image");

  private static final List<Column> COLUMNS =
      List.of(
          new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 1, 1)),
          target("labels", ElementType.UINT8, 2),
          target("age", ElementType.FLOAT32, 1),
          target("tags", ElementType.UINT8, 3),
          new Column("parts", Column.Role.TARGET, ElementType.UINT8, List.of(1, 2)));

  private static final List<Task> TASKS =
      List.of(
          new Task("smiles", TaskKind.BINARY, IMAGE, "labels", 0, 2, 255)
              .named(List.of("no", "yes")),
          new Task("type", TaskKind.CLASSIFICATION, IMAGE, "labels", 1, 9, 255),
          Task.of("age", TaskKind.REGRESSION, IMAGE, "age", 1),
          Task.of("tags", TaskKind.MULTI_LABEL, IMAGE, "tags", 3)
              .named(List.of("hat", "tie", "red")),
          Task.of("parts", TaskKind.SEGMENTATION, IMAGE, "parts", 2));

  @Test
  void everyTaskWithoutALabelAndEveryClassThatNeverOccursIsTold() {
    Occurrences first = new Occurrences(COLUMNS, TASKS);
    assertThat(first.remarks("test")).hasSize(5).allMatch(line -> line.contains("has no label in"));
    first.add(row(1, 4, Float.NaN, new byte[] {1, 0, 0}, 255, 255));
    Occurrences second = new Occurrences(COLUMNS, TASKS);
    second.add(row(255, 5, Float.NaN, new byte[] {1, 0, (byte) 255}, 255, 0));
    first.add(second);
    assertThat(first.remarks("train"))
        .containsExactly(
            "task 'smiles': class 'no' never occurs in split 'train'",
            "task 'type': classes '0', '1', '2', '3', '6' and 2 more never occur in split 'train'",
            "task 'age' has no label in split 'train': nothing can be learned of it",
            "task 'tags': labels 'tie', 'red' are never a yes in split 'train'",
            "task 'parts': class '1' never occurs in split 'train'");
    first.add(row(0, 0, 3.5f, new byte[] {0, 1, 1}, 1, 1));
    assertThat(first.remarks("val"))
        .containsExactly(
            "task 'type': classes '1', '2', '3', '6', '7' and 1 more never occur in split 'val'");
  }

  private static Column target(String name, ElementType type, int elements) {
    return new Column(name, Column.Role.TARGET, type, List.of(elements));
  }

  private static List<byte[]> row(
      int smiles, int type, float age, byte[] tags, int firstPart, int secondPart) {
    return List.of(
        new byte[3],
        new byte[] {(byte) smiles, (byte) type},
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(age).array(),
        tags,
        new byte[] {(byte) firstPart, (byte) secondPart});
  }
}
