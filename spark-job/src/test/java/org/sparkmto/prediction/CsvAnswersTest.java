package org.sparkmto.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

class CsvAnswersTest {
  private static TaskColumn column(TaskKind kind, int classes, String name, String... names) {
    Task task = Task.of(name, kind, List.of("image"), "target", classes).named(List.of(names));
    boolean map = kind.hasPixels();
    return new TaskColumn(name, task, "", map ? 1 : 0, map ? 1 : 0);
  }

  private static List<String> cells(TaskColumn column, float... outputs) {
    StructType schema = new StructType().add("sample_id", DataTypes.StringType).add(column.field());
    Object[] values = {"a, \"b\".jpg", column.value(outputs, 0, 1)};
    Row row = new GenericRowWithSchema(values, schema);
    List<String> cells = CsvAnswers.cells(List.of(column), row);
    return cells.subList(1, cells.size());
  }

  @Test
  void decisionsNamesAndNumbersAreCells() {
    assertThat(cells(column(TaskKind.BINARY, 2, "smiles"), 0)).containsExactly("no", "0.5");
    assertThat(cells(column(TaskKind.BINARY, 2, "smiles"), 100)).containsExactly("yes", "1.0");
    assertThat(cells(column(TaskKind.CLASSIFICATION, 2, "glasses", "none", "round"), -50, 50))
        .containsExactly("round", "1.0");
    assertThat(cells(column(TaskKind.CLASSIFICATION, 2, "glasses"), -50, 50))
        .containsExactly("1", "1.0");
    assertThat(cells(column(TaskKind.REGRESSION, 1, "age"), 41.5f)).containsExactly("41.5");
    assertThat(cells(column(TaskKind.DEPTH, 1, "depth"), 1)).isEmpty();
  }

  @Test
  void whatIsNoNumberIsEmpty() {
    float none = Float.NaN;
    assertThat(cells(column(TaskKind.BINARY, 2, "smiles"), none)).containsExactly("", "");
    assertThat(cells(column(TaskKind.CLASSIFICATION, 2, "glasses"), none, 1))
        .containsExactly("", "");
    assertThat(cells(column(TaskKind.REGRESSION, 1, "age"), none)).containsExactly("");
  }

  @Test
  void theHeaderNamesEveryCellOnce() {
    assertThat(
            CsvAnswers.header(
                List.of(
                    column(TaskKind.BINARY, 2, "smiles"),
                    column(TaskKind.REGRESSION, 1, "smiles_probability"),
                    column(TaskKind.REGRESSION, 2, "corner"),
                    column(TaskKind.REGRESSION, 2, "eye", "left", "top"),
                    column(TaskKind.SEGMENTATION, 2, "parts"),
                    column(TaskKind.MULTI_LABEL, 2, "tags"))))
        .containsExactly(
            "sample_id",
            "smiles",
            "smiles_probability",
            "smiles_probability_2",
            "corner_1",
            "corner_2",
            "eye_left",
            "eye_top",
            "tags");
  }

  @Test
  void commasAndQuotesAreQuoted() {
    assertThat(CsvAnswers.line(List.of("a, \"b\"", "c;d", "")))
        .isEqualTo("\"a, \"\"b\"\"\",c;d,\r\n");
  }
}
