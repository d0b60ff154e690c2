package org.sparkmto.preprocessing.cityscapes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Task;

class LabelTest {
  /** The evaluated classes in the order in which the benchmark lists its results. */
  private static final List<String> EVALUATED =
      List.of(
          "road",
          "sidewalk",
          "building",
          "wall",
          "fence",
          "pole",
          "traffic light",
          "traffic sign",
          "vegetation",
          "terrain",
          "sky",
          "person",
          "rider",
          "car",
          "truck",
          "bus",
          "train",
          "motorcycle",
          "bicycle");

  /** Names by category, as the benchmark's page of class definitions groups them. */
  private static final Map<String, Set<String>> BY_CATEGORY =
      Map.of(
          "flat", Set.of("road", "sidewalk", "parking", "rail track"),
          "human", Set.of("person", "rider"),
          "vehicle",
              Set.of(
                  "car",
                  "truck",
                  "bus",
                  "train",
                  "motorcycle",
                  "bicycle",
                  "caravan",
                  "trailer",
                  "license plate"),
          "construction", Set.of("building", "wall", "fence", "guard rail", "bridge", "tunnel"),
          "object", Set.of("pole", "polegroup", "traffic sign", "traffic light"),
          "nature", Set.of("vegetation", "terrain"),
          "sky", Set.of("sky"),
          "void",
              Set.of(
                  "unlabeled",
                  "ego vehicle",
                  "rectification border",
                  "out of roi",
                  "static",
                  "dynamic",
                  "ground"));

  /** Train ids by id, the other published form of the table. */
  private static final int[] TRAIN_IDS = {
    255, 255, 255, 255, 255, 255, 255, 0, 1, 255, 255, 2, 3, 4, 255, 255, 255, 5, 255, 6, 7, 8, 9,
    10, 11, 12, 13, 14, 15, 255, 255, 16, 17, 18
  };

  /** The 7 classes as ranges of train ids: first train id of each, and one more. */
  private static final int[] FIRST_OF_CATEGORY = {0, 2, 5, 8, 10, 11, 13, 19};

  @Test
  void theTableAgreesWithItsOtherForms() {
    assertThat(Label.ALL).hasSize(35);
    for (int id = 0; id < Label.IDS; id++) {
      Label label = Label.ALL.get(id);
      assertThat(label.id()).isEqualTo(id);
      assertThat(label.trainId()).as(label.name()).isEqualTo(TRAIN_IDS[id]);
      int place = EVALUATED.indexOf(label.name());
      assertThat(label.trainId()).as(label.name()).isEqualTo(place < 0 ? 255 : place);
      assertThat(label.isEvaluated()).as(label.name()).isEqualTo(place >= 0);
    }
    assertThat(Label.ALL.get(34).id()).isEqualTo(-1);
    assertThat(Label.ALL.get(34).isEvaluated()).isFalse();
    Map<String, Set<String>> categories =
        Label.ALL.stream()
            .collect(
                Collectors.groupingBy(
                    label -> label.category().label(),
                    Collectors.mapping(Label::name, Collectors.toSet())));
    assertThat(categories).isEqualTo(BY_CATEGORY);
    // Ids were given category by category, so a category is a run of ids.
    assertThat(Label.ALL.stream().limit(34).map(label -> label.category().index()).toList())
        .containsSubsequence(-1, 0, 1, 2, 3, 4, 5, 6)
        .isSorted();
    assertThat(Label.ALL.stream().filter(Label::hasInstances).map(Label::id))
        .containsExactly(24, 25, 26, 27, 28, 29, 30, 31, 32, 33);
  }

  @Test
  void nineteenClasses() {
    Classes classes = Classes.evaluated();
    assertThat(classes.names()).isEqualTo(EVALUATED);
    for (int id = 0; id < 256; id++) {
      int expected = id < TRAIN_IDS.length ? TRAIN_IDS[id] : Task.MISSING;
      assertThat(classes.of(id) & 0xff).as("id %d", id).isEqualTo(expected);
    }
  }

  @Test
  void sevenClassesAreRangesOfTheNineteen() {
    Classes classes = Classes.categories(false);
    assertThat(classes.names())
        .containsExactly("flat", "construction", "object", "nature", "sky", "human", "vehicle");
    for (int id = 0; id < 256; id++) {
      int expected = Task.MISSING;
      if (id < TRAIN_IDS.length && TRAIN_IDS[id] != 255) {
        expected = 0;
        while (FIRST_OF_CATEGORY[expected + 1] <= TRAIN_IDS[id]) {
          expected++;
        }
      }
      assertThat(classes.of(id) & 0xff).as("id %d", id).isEqualTo(expected);
    }
  }

  @Test
  void classesThatAreNotEvaluatedCanBeGroupedToo() {
    Classes with = Classes.categories(true);
    Classes without = Classes.categories(false);
    assertThat(with.names()).isEqualTo(without.names());
    for (Label label : Label.ALL) {
      if (label.id() < 0) {
        continue;
      }
      String category =
          BY_CATEGORY.entrySet().stream()
              .filter(entry -> entry.getValue().contains(label.name()))
              .findFirst()
              .orElseThrow()
              .getKey();
      int expected = category.equals("void") ? Task.MISSING : with.names().indexOf(category);
      assertThat(with.of(label.id()) & 0xff).as(label.name()).isEqualTo(expected);
      assertThat(with.of(label.id()) != without.of(label.id()))
          .as(label.name())
          .isEqualTo(Set.of(9, 10, 14, 15, 16, 18, 29, 30).contains(label.id()));
    }
    assertThat(with.of(255) & 0xff).isEqualTo(Task.MISSING);
  }
}
