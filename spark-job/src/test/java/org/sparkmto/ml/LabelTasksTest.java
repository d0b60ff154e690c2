package org.sparkmto.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class LabelTasksTest {
  private static SparkSession spark;
  private static Dataset<Row> rows;

  @BeforeAll
  static void table() {
    spark = Photos.session();
    rows =
        spark.createDataFrame(
            Arrays.asList(
                row(true, " dog", 2, -1L, 0.5f, List.of("b", "a"), List.of(1.0, 2.0), 1.0),
                row(null, "cat", 0, 7L, null, List.of(), null, null),
                row(false, "", null, null, 2f, null, List.of(3.0, 4.0), 5.0)),
            StructType.fromDDL(
                "yes BOOLEAN, animal STRING, count INT, code LONG, size FLOAT,"
                    + " tags ARRAY<STRING>, corner ARRAY<DOUBLE>, `in.dex` DOUBLE"));
  }

  private static Row row(Object... values) {
    return RowFactory.create(values);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void typesSayWhichTask() {
    List<Map<String, Object>> tasks =
        LabelTasks.of(
                rows, List.of("yes", "animal", "count", "code", "size", "tags", "corner", "in.dex"))
            .tasks();
    assertThat(tasks)
        .containsExactly(
            task("yes", "binary", null),
            task("animal", "classification", List.of("cat", "dog")),
            task("count", "classification", 3L),
            task("code", "classification", List.of("-1", "7")),
            task("size", "regression", null),
            task("tags", "multi-label", List.of("a", "b")),
            task("corner", "regression", 2),
            task("in.dex", "regression", null));
  }

  private static Map<String, Object> task(String column, String kind, Object classes) {
    return classes == null
        ? Map.of("name", column, "kind", kind, "column", column)
        : Map.of("name", column, "kind", kind, "column", column, "classes", classes);
  }

  @Test
  void metadataNameClassesEvenWhereTheNamesAreNumbers() {
    Dataset<Row> indexed =
        rows.withColumn(
            "in.dex",
            functions.col("`in.dex`"),
            NominalAttribute.defaultAttr().withName("x").withValues("9", "0").toMetadata());
    LabelTasks labels = LabelTasks.of(indexed, List.of("in.dex"));
    assertThat(labels.tasks()).containsExactly(task("in.dex", "classification", List.of("9", "0")));
    assertThat(labels.rows().select("`in.dex`").collectAsList())
        .extracting(row -> row.get(0))
        .containsExactly("0", null, null); // index 5 is none of them
    Dataset<Row> numeric =
        rows.withColumn(
            "in.dex",
            functions.col("`in.dex`"),
            NumericAttribute.defaultAttr().withName("x").toMetadata());
    assertThat(LabelTasks.of(numeric, List.of("in.dex")).tasks())
        .containsExactly(task("in.dex", "regression", null));
  }

  @Test
  void whatSaysNoTaskIsRefused() {
    Dataset<Row> more =
        rows.withColumn("same", functions.lit("x"))
            .withColumn("labels", functions.array(functions.lit(1)))
            .withColumn("none", functions.array().cast("array<double>"));
    refused(more, "same", "column 'same' has 1 different values, and classes are 2 to 255");
    refused(more, "labels", "column 'labels' is of type array<int>, of which no task");
    refused(more, "none", "column 'none' has no numbers");
    refused(
        spark.range(300).selectExpr("'t' || id AS text"), "text", "has more than 255 different");
  }

  private static void refused(Dataset<Row> table, String column, String words) {
    assertThatThrownBy(() -> LabelTasks.of(table, List.of(column)))
        .hasMessageContaining(words)
        .hasMessageEndingWith("describe it in tasks");
  }

  @Test
  void aTableIsKnownByItsContentAndNotByTheOrderOfItsRows() {
    var options =
        ConfigFactory.parseString("id = code, tasks = [{ column = animal }, { column = gone }]");
    String name = TableContent.name(rows, options);
    assertThat(name).startsWith("rows_3_").hasSize(39);
    assertThat(TableContent.name(rows.repartition(2).sort("size"), options)).isEqualTo(name);
    assertThat(TableContent.name(rows.drop("size"), options)).isEqualTo(name);
    assertThat(TableContent.name(rows.union(rows.limit(1)), options)).isNotEqualTo(name);
    Dataset<Row> other = rows.withColumn("code", functions.expr("code + 1"));
    assertThat(TableContent.name(other, options)).isNotEqualTo(name);
    assertThat(TableContent.name(rows.where("false"), options)).startsWith("rows_0_");
  }
}
