package org.sparkmto.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.image.Png;

class AnswerColumnsTest {
  private static final float NONE = Float.NaN;

  private static AnswerColumns columns(
      TaskKind kind, int classes, List<String> names, int height, int width) {
    Task task = Task.of("t", kind, List.of("image"), "target", classes).named(names);
    return AnswerColumns.of(new TaskColumn("t", task, "", height, width), "p_", "q_");
  }

  private static List<String> types(AnswerColumns columns) {
    return columns.fields().stream().map(AnswerColumnsTest::type).toList();
  }

  private static String type(StructField field) {
    return field.name() + " " + field.dataType().simpleString();
  }

  @Test
  void classesAreNamesOrNumbersWithAVectorOfProbabilities() {
    AnswerColumns named = columns(TaskKind.CLASSIFICATION, 2, List.of("cat", "dog"), 0, 0);
    assertThat(types(named)).containsExactly("p_t string", "q_t vector");
    List<Object> values = named.values(new float[] {9, 9, 0, (float) Math.log(3)}, 1, 2);
    assertThat(values.get(0)).isEqualTo("dog");
    assertThat(((Vector) values.get(1)).toArray())
        .containsExactly(new double[] {0.25, 0.75}, offset(1e-7));

    AnswerColumns numbered = columns(TaskKind.CLASSIFICATION, 2, List.of(), 0, 0);
    assertThat(types(numbered)).containsExactly("p_t int", "q_t vector");
    assertThat(numbered.values(new float[] {1, 0}, 0, 1).get(0)).isEqualTo(0);
    assertThat(numbered.values(new float[] {1, NONE}, 0, 1).get(0)).isNull();
  }

  @Test
  void yesOrNoHasTheProbabilitiesOfBoth() {
    AnswerColumns columns = columns(TaskKind.BINARY, 2, List.of(), 0, 0);
    assertThat(types(columns)).containsExactly("p_t boolean", "q_t vector");
    List<Object> values = columns.values(new float[] {(float) Math.log(3)}, 0, 1);
    assertThat(values.get(0)).isEqualTo(true);
    assertThat(((Vector) values.get(1)).toArray())
        .containsExactly(new double[] {0.25, 0.75}, offset(1e-7));
  }

  @Test
  void severalLabelsAreThoseThatHold() {
    AnswerColumns columns = columns(TaskKind.MULTI_LABEL, 3, List.of("a", "b", "c"), 0, 0);
    assertThat(types(columns)).containsExactly("p_t array<string>", "q_t vector");
    List<Object> values = columns.values(new float[] {1, -1, 2}, 0, 1);
    assertThat((String[]) values.get(0)).containsExactly("a", "c");
    assertThat(((Vector) values.get(1)).size()).isEqualTo(3);
    assertThat(types(columns(TaskKind.MULTI_LABEL, 3, List.of(), 0, 0)))
        .containsExactly("p_t array<int>", "q_t vector");
  }

  @Test
  void numbersStayWhatTheyAre() {
    AnswerColumns one = columns(TaskKind.REGRESSION, 1, List.of(), 0, 0);
    assertThat(types(one)).containsExactly("p_t float");
    assertThat(one.values(new float[] {1, 2}, 1, 2)).containsExactly(2f);
    AnswerColumns two = columns(TaskKind.REGRESSION, 2, List.of(), 0, 0);
    assertThat(types(two)).containsExactly("p_t array<float>");
    assertThat((Float[]) two.values(new float[] {1, 2}, 0, 1).get(0)).containsExactly(1f, 2f);
  }

  @Test
  void classesOfPixelsAreAFileWhoseNumbersAreTheClasses() throws Exception {
    AnswerColumns columns = columns(TaskKind.SEGMENTATION, 2, List.of(), 1, 3);
    assertThat(types(columns)).containsExactly("p_t binary");
    byte[] png = (byte[]) columns.values(new float[] {0, 1, NONE, 1, 0, 0}, 0, 1).get(0);
    assertThat(Png.decodeNumbers(png).values()).containsExactly(1, 0, 255);
    assertThat(types(columns(TaskKind.MASK, 2, List.of(), 1, 3))).containsExactly("p_t binary");
  }

  @Test
  void numbersOfPixelsAreAnArrayWithItsShape() {
    AnswerColumns depth = columns(TaskKind.DEPTH, 1, List.of(), 1, 2);
    assertThat(types(depth)).containsExactly("p_t struct<shape:array<int>,values:array<float>>");
    Row map = (Row) depth.values(new float[] {1.5f, NONE}, 0, 1).get(0);
    assertThat((Integer[]) map.get(0)).containsExactly(1, 2);
    assertThat((Float[]) map.get(1)).containsExactly(1.5f, NONE);

    AnswerColumns normals = columns(TaskKind.NORMALS, 3, List.of(), 1, 2);
    Row unit = (Row) normals.values(new float[] {0, 0, 3, 0, 4, 0}, 0, 1).get(0);
    assertThat((Integer[]) unit.get(0)).containsExactly(3, 1, 2);
    Float[] values = (Float[]) unit.get(1);
    assertThat(values[2]).isCloseTo(0.6f, offset(1e-4f));
    assertThat(values[4]).isCloseTo(0.8f, offset(1e-4f));
    assertThat(values[1]).as("no direction").isNaN();
  }
}
