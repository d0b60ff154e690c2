package org.sparkmto.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

class TaskColumnTest {
  private static final float NONE = Float.NaN;

  private static TaskColumn column(TaskKind kind, int classes, int height, int width) {
    Task task = Task.of("task", kind, List.of("image"), "target", classes);
    return new TaskColumn("task", task, "", height, width);
  }

  @Test
  void aClassIsTheFirstOfTheLargestWithItsNameAndProbabilities() {
    Task task =
        Task.of("scene", TaskKind.CLASSIFICATION, List.of("image"), "scene", 3)
            .named(List.of("hall", "kitchen", "stairs"));
    TaskColumn column = new TaskColumn("scene", task, "", 0, 0);
    float[] outputs = {9, 9, 9, 0, (float) Math.log(2), (float) Math.log(2)};
    Row answer = (Row) column.value(outputs, 1, 2);
    assertThat(answer.getInt(0)).isEqualTo(1);
    assertThat(answer.getString(1)).isEqualTo("kitchen");
    assertThat(answer.getFloat(2)).as("its probability").isCloseTo(0.4f, within(1e-6f));
    Float[] probabilities = (Float[]) answer.get(3);
    // exp(0) : exp(ln 2) : exp(ln 2) = 1 : 2 : 2; rounded to float, hence 1e-6.
    assertThat(probabilities[0]).isCloseTo(0.2f, within(1e-6f));
    assertThat(probabilities[1]).isCloseTo(0.4f, within(1e-6f));
    assertThat(probabilities[2]).isCloseTo(0.4f, within(1e-6f));
    assertThat(column.field().dataType().sql())
        .isEqualTo(
            "STRUCT<label: INT, name: STRING, probability: FLOAT,"
                + " probabilities: ARRAY<FLOAT> NOT NULL>");
  }

  @Test
  void largeLogitsDoNotOverflow() {
    Row answer =
        (Row) column(TaskKind.CLASSIFICATION, 2, 0, 0).value(new float[] {1000, -1000}, 0, 1);
    assertThat((Float[]) answer.get(2)).containsExactly(1f, 0f);
  }

  @Test
  void aNetworkThatGaveNoNumberHasNoClass() {
    Row answer = (Row) column(TaskKind.CLASSIFICATION, 2, 0, 0).value(new float[] {1, NONE}, 0, 1);
    assertThat(answer.isNullAt(0)).isTrue();
    assertThat(answer.isNullAt(1)).isTrue();
  }

  @Test
  void yesOrNoIsADecisionWithTheProbabilityOfYes() {
    TaskColumn column = column(TaskKind.BINARY, 2, 0, 0);
    float logit = (float) Math.log(3);
    Row yes = (Row) column.value(new float[] {5, logit}, 1, 2);
    assertThat(yes.getBoolean(0)).isTrue();
    assertThat(yes.getFloat(1)).isCloseTo(0.75f, within(1e-6f));
    Row half = (Row) column.value(new float[] {0}, 0, 1);
    assertThat(half.getBoolean(0)).as("a probability of exactly one half is no").isFalse();
    assertThat(half.getFloat(1)).isEqualTo(0.5f);
    Row unknown = (Row) column.value(new float[] {NONE}, 0, 1);
    assertThat(unknown.isNullAt(0)).isTrue();
    assertThat(unknown.getFloat(1)).isNaN();
    assertThat(column.field().dataType().sql())
        .isEqualTo("STRUCT<decision: BOOLEAN, probability: FLOAT NOT NULL>");
  }

  @Test
  void severalLabelsAreNamedWhereTheirProbabilityIsAboveOneHalf() {
    Task task =
        Task.of("worn", TaskKind.MULTI_LABEL, List.of("image"), "worn", 3)
            .named(List.of("hat", "scarf", "tie"));
    TaskColumn column = new TaskColumn("worn", task, "", 0, 0);
    Row answer = (Row) column.value(new float[] {2, 0, 1}, 0, 1);
    assertThat((Integer[]) answer.get(0)).containsExactly(0, 2);
    assertThat((String[]) answer.get(1)).containsExactly("hat", "tie");
    assertThat(((Float[]) answer.get(2))[1]).isEqualTo(0.5f);
    Row numbered = (Row) column(TaskKind.MULTI_LABEL, 2, 0, 0).value(new float[] {0, -1}, 0, 1);
    assertThat((Integer[]) numbered.get(0)).isEmpty();
    assertThat((Float[]) numbered.get(1)).hasSize(2);
    assertThat(column.field().dataType().sql())
        .isEqualTo(
            "STRUCT<labels: ARRAY<INT> NOT NULL, names: ARRAY<STRING> NOT NULL,"
                + " probabilities: ARRAY<FLOAT> NOT NULL>");
  }

  @Test
  void aModelsThresholdsDecideWhereItHasSome() {
    Task smiles = Task.of("smiles", TaskKind.BINARY, List.of("image"), "smiles", 2);
    TaskColumn column = new TaskColumn("smiles", smiles, "", 0, 0, List.of(-1.5));
    Row answer = (Row) column.value(new float[] {-1.5f, -1.6f}, 0, 2);
    assertThat(answer.getBoolean(0)).isTrue();
    assertThat(((Row) column.value(new float[] {-1.5f, -1.6f}, 1, 2)).getBoolean(0)).isFalse();
    // A label that could not choose is decided at one half.
    Task worn = Task.of("worn", TaskKind.MULTI_LABEL, List.of("image"), "worn", 3);
    TaskColumn several = new TaskColumn("worn", worn, "", 0, 0, List.of(-2.0, Double.NaN, 3.0));
    Row labels = (Row) several.value(new float[] {-1, 0.1f, 2}, 0, 1);
    assertThat((Integer[]) labels.get(0)).containsExactly(0, 1);
  }

  @Test
  void oneNumberIsANumberAndSeveralAreAList() {
    TaskColumn one = column(TaskKind.REGRESSION, 1, 0, 0);
    assertThat(one.value(new float[] {3, 1.5f}, 1, 2)).isEqualTo(1.5f);
    assertThat(one.field().dataType().sql()).isEqualTo("FLOAT");
    assertThat((Float[]) column(TaskKind.REGRESSION, 2, 0, 0).value(new float[] {1, -7}, 0, 1))
        .containsExactly(1f, -7f);
  }

  @Test
  void mapsOfClassesTakeTheFirstOfTheLargestForEachPixel() {
    // Three classes over 1x4 pixels; pixel 3 has no number.
    float[] outputs = {
      1, 0, 2, 0,
      1, 5, 2, NONE,
      0, 5, 3, 0
    };
    assertThat((byte[]) column(TaskKind.SEGMENTATION, 3, 1, 4).value(outputs, 0, 1))
        .containsExactly(0, 1, 2, 255);
    assertThat(
            (byte[]) column(TaskKind.MASK, 2, 1, 4).value(new float[] {0.1f, 0, -0.1f, NONE}, 0, 1))
        .as("a probability of exactly one half is no")
        .containsExactly(1, 0, 0, 255);
  }

  @Test
  void realMapsAreLittleEndianFloats() {
    byte[] stored =
        (byte[]) column(TaskKind.DEPTH, 1, 1, 2).value(new float[] {0, 0, 1.5f, -2}, 1, 2);
    ByteBuffer floats = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(floats.getFloat()).isEqualTo(1.5f);
    assertThat(floats.getFloat()).isEqualTo(-2f);
    byte[] vectors = (byte[]) column(TaskKind.VECTORS, 2, 1, 1).value(new float[] {3, 4}, 0, 1);
    assertThat(ByteBuffer.wrap(vectors).order(ByteOrder.LITTLE_ENDIAN).getFloat(4)).isEqualTo(4);
  }

  @Test
  void normalsBecomeUnitVectorsAndNoDirectionIsMissing() {
    // Pixels (3, 0, 4), (0, 0, 0) and (NaN, 1, 1).
    float[] outputs = {3, 0, NONE, 0, 0, 1, 4, 0, 1};
    ByteBuffer stored =
        ByteBuffer.wrap((byte[]) column(TaskKind.NORMALS, 3, 1, 3).value(outputs, 0, 1))
            .order(ByteOrder.LITTLE_ENDIAN);
    short[] values = new short[9];
    stored.asShortBuffer().get(values);
    assertThat(values)
        .containsExactly(
            Math.round(0.6f * 32767),
            -32768,
            -32768,
            0,
            -32768,
            -32768,
            Math.round(0.8f * 32767),
            -32768,
            -32768);
  }

  @Test
  void namesOfColumnsNeedNoQuotesAndStayDifferent() {
    assertThat(
            ColumnNames.of(
                List.of(
                    "5_o_Clock_Shadow", "depth (m)", "depth.m.", "Young", "young", "sample_id")))
        .containsExactly(
            "5_o_Clock_Shadow", "depth__m_", "depth_m_", "Young", "young_2", "sample_id_2");
  }

  @Test
  void namesOfPicturesStayInTheirDirectory() {
    Set<String> taken = new HashSet<>();
    assertThat(Pictures.fileName("../../etc/passwd", taken)).isEqualTo("__.._etc_passwd.png");
    assertThat(Pictures.fileName("a/b.png", taken)).isEqualTo("a_b.png.png");
    assertThat(Pictures.fileName("a_b.png", taken)).isEqualTo("a_b.png-2.png");
    assertThat(Pictures.fileName("..", taken)).doesNotContain("/").endsWith(".png");
  }

  @Test
  void filesOfMapsStayInTheirDirectoryAndApart() {
    assertThat(MapFiles.name("inner/room 1.png")).isEqualTo("inner/room 1.png.png");
    assertThat(MapFiles.name("../../etc/passwd")).isEqualTo("%2E./%2E./etc/passwd.png");
    assertThat(MapFiles.name("/a:b%")).isEqualTo("%/a%3Ab%25.png");
    assertThat(MapFiles.name("gr\u00fcn")).isEqualTo("gr%C3%BCn.png");
    String longer = "x".repeat(300);
    assertThat(MapFiles.name(longer)).hasSizeLessThan(200);
    assertThat(MapFiles.name(longer)).isNotEqualTo(MapFiles.name(longer + "x"));
  }

  @Test
  void onlyASealOfOursIsOne() {
    assertThat(PredictionSeal.isSeal("{}")).isFalse();
    assertThat(PredictionSeal.isSeal("no json")).isFalse();
    assertThat(PredictionSeal.isSeal("{\"format\": 1, \"writer\": \"other\", \"columns\": []}"))
        .isFalse();
  }
}
