package org.sparkmto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleSchemaTest {
  private static final Column PHOTO =
      new Column("photo", Column.Role.INPUT, ElementType.UINT8, List.of(3, 8, 9));
  private static final Column DEPTH =
      new Column("depth", Column.Role.TARGET, ElementType.UINT16, List.of(8, 9))
          .measured(0.001, 0, "m");
  private static final Column GLASSES =
      new Column("glasses", Column.Role.TARGET, ElementType.UINT8, List.of(1));
  private static final Task SHAPE =
      Task.of("shape", TaskKind.CLASSIFICATION, List.of("photo"), "glasses", 2)
          .named(List.of("round", "square"));
  private static final Task FAR = Task.of("far", TaskKind.DEPTH, List.of("photo"), "depth", 1);

  private static final DatasetManifest PEOPLE =
      new DatasetManifest(
          "people",
          "test",
          1,
          List.of(PHOTO, DEPTH, GLASSES),
          List.of(SHAPE, FAR),
          Map.of(),
          Map.of("photo", new ChannelStatistics(List.of(1.0, 2.0, 3.0), List.of(1.0, 1.0, 1.0))),
          Map.of("shape", new LabelHistogram(List.of(3L, 4L), 5)),
          Map.of("far", new TargetRange(List.of(new TargetRange.Channel(9, 1, 0.5, 8, 3.25)))),
          new SourceCounts(0, 0, Map.of()),
          Map.of("option.image-filter", "bilinear", "option.orientation", "upright"),
          List.of());

  @Test
  void itHoldsWhatItsTasksAreAboutAndIsReadBackAsItWasWritten() {
    SampleSchema schema = SampleSchema.of(PEOPLE, List.of(FAR));
    assertThat(schema.columns()).containsExactly(PHOTO, DEPTH);
    assertThat(schema.histograms()).isEmpty();
    assertThat(schema.ranges()).containsOnlyKeys("far");
    assertThat(schema.preparation())
        .isEqualTo(Map.of("photo", new ImagePreparation(true, false, 8, 9, "bilinear")));
    for (SampleSchema each : List.of(schema, SampleSchema.of(PEOPLE, PEOPLE.tasks()))) {
      assertThat(SampleSchema.parse(JsonFields.of(each.toJson(), "schema"))).isEqualTo(each);
    }
  }

  @Test
  void itMakesADataSetWithoutSamplesThatHasTheSameTasks() {
    DatasetManifest bare =
        SampleSchema.of(PEOPLE, PEOPLE.tasks()).withoutSamples(PEOPLE.statistics());
    assertThat(bare.tasks()).isEqualTo(PEOPLE.tasks());
    assertThat(bare.columns()).isEqualTo(PEOPLE.columns());
    assertThat(bare.statistics()).isEqualTo(PEOPLE.statistics());
    assertThat(bare.histograms()).isEqualTo(PEOPLE.histograms());
    assertThat(bare.ranges()).isEqualTo(PEOPLE.ranges());
    assertThat(bare.splits()).isEmpty();
  }

  @Test
  void aPreparationKnowsLargeImagesAndThoseOfSixteenBits() {
    Map<String, String> settings =
        Map.of("option.max-pixels", "90000000", "option.levels", "[-1.5,\"4e3\"]");
    ImagePreparation large = ImagePreparation.of(PHOTO, settings).orElseThrow();
    assertThat(large.mostPixels()).isEqualTo(90_000_000);
    assertThat(large.levels()).containsExactly(-1.5, 4000.0);
    assertThat(ImagePreparation.parse(JsonFields.of(large.toJson(), "photo"))).isEqualTo(large);
    ImagePreparation usual = ImagePreparation.of(PHOTO, Map.of("option.levels", "")).orElseThrow();
    assertThat(usual.levels()).isEmpty();
    assertThat(usual.toJson().toString()).doesNotContain("levels", "maxPixels");
    ObjectNode wrong = large.toJson();
    ((ArrayNode) wrong.get("levels")).removeAll().add(2).add(1);
    assertThatThrownBy(() -> ImagePreparation.parse(JsonFields.of(wrong, "photo")))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("levels [2.0, 1.0]");
  }

  @Test
  void whatNoImageFileFillsHasNoPreparation() {
    assertThat(ImagePreparation.of(DEPTH, Map.of())).isEmpty();
    Column two = new Column("two", Column.Role.INPUT, ElementType.UINT8, List.of(2, 8, 9));
    assertThat(ImagePreparation.of(two, Map.of())).isEmpty();
    Column gray = new Column("gray", Column.Role.INPUT, ElementType.UINT8, List.of(1, 8, 9));
    assertThat(ImagePreparation.of(gray, Map.of()))
        .contains(new ImagePreparation(false, true, 8, 9, "antialiased"));
  }

  @Test
  void aSchemaThatIsNoneIsRefused() {
    ObjectNode lacking = SampleSchema.of(PEOPLE, List.of(FAR)).toJson();
    ((ArrayNode) lacking.get("columns")).remove(0);
    assertThatThrownBy(() -> SampleSchema.parse(JsonFields.of(lacking, "schema")))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("column 'photo', which is not there");
    ObjectNode turned = SampleSchema.of(PEOPLE, List.of(FAR)).toJson();
    ((ObjectNode) turned.at("/preparation/photo")).put("orientation", "askew");
    assertThatThrownBy(() -> SampleSchema.parse(JsonFields.of(turned, "schema")))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("orientation 'askew'");
  }
}
