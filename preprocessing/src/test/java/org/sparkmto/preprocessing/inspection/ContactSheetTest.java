package org.sparkmto.preprocessing.inspection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;

class ContactSheetTest {
  private static final int SCALE = 8;
  private static final int GAP = 8;

  /** Below the title, the name of the sample and one line of caption. */
  private static final int TOP = 2 * GAP + 20 + 20 + 20;

  private static final DatasetManifest MANIFEST =
      new DatasetManifest(
          "pond",
          "test",
          1,
          Pond.COLUMNS,
          Pond.TASKS,
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          new SourceCounts(0, 0, Map.of()),
          Map.of(),
          List.of());

  private static SampleRow row(int index) {
    return new SampleRow("train", "p" + index, Pond.content(index));
  }

  @Test
  void pixelsOfKnownPlacesHaveTheirColours() throws Exception {
    Image sheet = ContactSheet.image(MANIFEST, List.of(row(3)), SCALE);
    Path file = Path.of("target", "pond-sheet.png");
    Files.write(file, Png.encode(ContactSheet.image(MANIFEST, List.of(row(3), row(10)), SCALE)));
    int y = Pond.row(3);
    int x = Pond.column(3);
    // Cells of a row of the sheet: image, parts, street, ball, depth, normals.
    assertThat(at(sheet, 0, y, x)).isEqualTo(220 << 16 | (8 * x) << 8 | 30);
    List<Integer> parts = Colours.ofClasses(4, Pond.TASKS.get(0).classNames());
    assertThat(at(sheet, 1, y, x)).isEqualTo(parts.get(2));
    assertThat(at(sheet, 1, 22, 0)).isEqualTo(parts.get(1));
    assertThat(at(sheet, 1, 0, 0)).isEqualTo(Colours.VOID);
    assertThat(at(sheet, 2, 5, 0)).isEqualTo(0x804080); // flat, as in Cityscapes
    assertThat(at(sheet, 2, 5, 31)).isEqualTo(0x00008e); // vehicle
    assertThat(at(sheet, 3, y, x)).isEqualTo(0xffffff);
    assertThat(at(sheet, 3, 22, 0)).isEqualTo(0x24344d);
    assertThat(at(sheet, 3, 0, 0)).isIn(0x5a5a5a, 0x1e1e1e);
    assertThat(at(sheet, 4, y, x)).isEqualTo(0x440154); // nearest: least depth
    assertThat(at(sheet, 4, 22, 0)).isEqualTo(0xfde725); // farthest
    assertThat(at(sheet, 4, 0, 0)).isIn(0x5a5a5a, 0x1e1e1e);
    assertThat(at(sheet, 5, y, x)).isEqualTo(0x808000); // towards the eye: (0, 0, -1)
    // The second row of cells: centre, disparity.
    assertThat(colour(sheet, GAP + x * SCALE + 1, TOP + 8 * Pond.HEIGHT + 28 + y * SCALE + 1))
        .isEqualTo(0xffffff); // the centre itself
    assertThat(colour(sheet, GAP + 1, TOP + 8 * Pond.HEIGHT + 28 + 22 * SCALE))
        .isIn(0x5a5a5a, 0x1e1e1e);
  }

  private static int at(Image sheet, int cell, int row, int column) {
    return colour(
        sheet,
        GAP + cell * (Pond.WIDTH * SCALE + GAP) + column * SCALE + SCALE / 2,
        TOP + row * SCALE + SCALE / 2);
  }

  private static int colour(Image sheet, int x, int y) {
    return sheet.at(0, y, x) << 16 | sheet.at(1, y, x) << 8 | sheet.at(2, y, x);
  }

  @Test
  void smallImagesAreEnlargedByThemselvesAndTheSheetIsAlwaysTheSame() {
    byte[] one = Png.encode(ContactSheet.image(MANIFEST, List.of(row(3), row(4)), 0));
    assertThat(Png.encode(ContactSheet.image(MANIFEST, List.of(row(3), row(4)), 8))).isEqualTo(one);
    assertThat(Png.encode(ContactSheet.image(MANIFEST, List.of(row(3), row(4)), 2)))
        .isNotEqualTo(one);
  }

  @Test
  void aSheetThatIsTooLargeIsRefused() {
    assertThatThrownBy(() -> ContactSheet.image(MANIFEST, List.of(row(3)), 1000))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("show fewer samples");
  }

  @Test
  void wordsSayWhatHasNoPicture() {
    assertThat(SampleText.of(MANIFEST, row(4)))
        .containsExactly(
            "group: 0", "hour: noon", "animals: frog", "pose: row 12 px, column ?", "yes: deep");
    assertThat(SampleText.of(MANIFEST, row(15)))
        .contains("animals: frog, duck (1 not labelled)", "yes: windy", "not labelled: deep");
  }

  /** As of Multi-CIFAR100, where 19 of 20 tasks have no label on an image. */
  @Test
  void tasksWithoutALabelAreOneParagraph() {
    List<String> names =
        List.of("fish", "flowers", "fruit", "insects", "people", "trees", "reptiles");
    Column labels =
        new Column("labels", Column.Role.TARGET, ElementType.UINT8, List.of(names.size()));
    Column image = new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(1, 1, 1));
    List<Task> tasks = new ArrayList<>();
    for (String name : names) {
      tasks.add(
          new Task(
              name,
              TaskKind.CLASSIFICATION,
              List.of("image"),
              labels.name(),
              tasks.size(),
              5,
              Task.MISSING));
    }
    DatasetManifest own =
        new DatasetManifest(
            "own",
            "test",
            1,
            List.of(image, labels),
            tasks,
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            new SourceCounts(0, 0, Map.of()),
            Map.of(),
            List.of());
    byte[] content = {-1, -1, 3, -1, -1, -1, -1};
    assertThat(SampleText.of(own, new SampleRow("train", "a", List.of(new byte[1], content))))
        .containsExactly(
            "fruit: class 3", "not labelled: fish, flowers, insects, people and 2 more");
  }

  @Test
  void coloursOfClassesAreFarApart() {
    List<Integer> colours = Colours.ofClasses(40, List.of());
    Set<Integer> different = new HashSet<>(colours);
    assertThat(different).hasSize(40);
    for (int i = 0; i < 40; i++) {
      assertThat(distance(colours.get(i), Colours.VOID)).isGreaterThan(150);
      for (int j = 0; j < i; j++) {
        assertThat(distance(colours.get(i), colours.get(j))).as("%d %d", i, j).isGreaterThan(35);
        if (i < 20) {
          assertThat(distance(colours.get(i), colours.get(j))).as("%d %d", i, j).isGreaterThan(65);
        }
      }
    }
    assertThat(Colours.ofClasses(40, List.of())).isEqualTo(colours);
  }

  private static double distance(int one, int other) {
    double square = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      square += Math.pow((one >> shift & 0xff) - (other >> shift & 0xff), 2);
    }
    return Math.sqrt(square);
  }

  @Test
  void textIsBrokenAtSpaces() {
    assertThat(Printable.wrapped("one two three", 7)).containsExactly("one two", "  three");
    assertThat(Printable.wrapped("Wearing_Lipstick_Always", 10))
        .containsExactly("Wearing_Li", "  pstick_A", "  lways");
    assertThat(Printable.wrapped("1 a, 2\u00a0b", 6)).containsExactly("1 a,", "  2 b");
    assertThat(Printable.wrapped("abcdef", 2)).containsExactly("ab", "cd", "ef");
    assertThat(Printable.text("a\nb\u001b[0m")).isEqualTo("a\uFFFDb\uFFFD[0m");
  }

  @Test
  void numbersForPeople() {
    assertThat(Amounts.text(0.012345)).isEqualTo("0.0123");
    assertThat(Amounts.text(123456.7)).isEqualTo("123457");
    assertThat(Amounts.text(-9.999, "m")).isEqualTo("-10 m");
    assertThat(Amounts.text(1e-9)).isEqualTo("1E-9");
    assertThat(Amounts.text(0)).isEqualTo("0");
    assertThat(Amounts.percent(1, 3)).isEqualTo("33.3%");
    assertThat(Amounts.percent(1, 1_000_000)).isEqualTo("<0.01%");
    assertThat(Amounts.percent(999_999, 1_000_000)).isEqualTo(">99.9%");
    assertThat(Amounts.percent(0, 0)).isEqualTo("-");
  }
}
