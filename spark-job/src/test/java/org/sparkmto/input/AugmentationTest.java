package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

class AugmentationTest {
  private static final Column IMAGE = input("image", 3, 8, 16);
  private static final Augmentation FLIP = new Augmentation(true, List.of(), 0, DepthRule.PAPER);
  private static final Augmentation ZOOM =
      new Augmentation(false, List.of(1.0, 2.0), 0, DepthRule.GEOMETRIC);
  private static final Augmentation TURN =
      new Augmentation(false, List.of(), 20, DepthRule.GEOMETRIC);

  private static Column input(String name, Integer... shape) {
    return new Column(name, Column.Role.INPUT, ElementType.UINT8, List.of(shape));
  }

  private static Column target(String unit, ElementType type, Integer... shape) {
    return new Column("target", Column.Role.TARGET, type, List.of(shape)).measured(1, 0, unit);
  }

  private static List<PixelMap> maps(
      Augmentation augmentation, Column target, TaskKind kind, int classes, String... names) {
    Task task = Task.of("task", kind, List.of("image"), "target", classes).named(List.of(names));
    return augmentation.maps(List.of(IMAGE, target), List.of(task));
  }

  @Test
  void everySampleOfEveryEpochIsDrawnAnewAndOnlyByItsKey() {
    Augmentation all = new Augmentation(true, List.of(1.0, 1.2, 1.5), 20, DepthRule.PAPER);
    Augmenter augmenter = Augmenter.of(all, List.of(IMAGE), List.of(), 7);
    assertThat(
            IntStream.range(0, 100)
                .boxed()
                .flatMap(i -> IntStream.range(0, 10).mapToObj(e -> augmenter.view(e, i))))
        .doesNotHaveDuplicates();
    assertThat(Augmenter.of(all, List.of(IMAGE), List.of(), 7).view(3, 5))
        .isEqualTo(augmenter.view(3, 5));
    assertThat(Augmenter.of(all, List.of(IMAGE), List.of(), 8).view(3, 5))
        .isNotEqualTo(augmenter.view(3, 5));
  }

  /** One number for each place, shifted to all nine places alike often. */
  @Test
  void aShiftIsWhatPaddingAndCuttingOutGive() {
    Column image = input("image", 1, 5, 7);
    Column labels = new Column("target", Column.Role.TARGET, ElementType.UINT8, List.of(5, 7));
    Task task = Task.of("task", TaskKind.SEGMENTATION, List.of("image"), "target", 40);
    Augmentation shift = new Augmentation(false, List.of(), 0, DepthRule.PAPER, 1);
    List<PixelMap> maps = shift.maps(List.of(image, labels), List.of(task));
    Augmenter augmenter = Augmenter.of(shift, List.of(image, labels), List.of(task), 3);
    int[] met = new int[9];
    for (int i = 0; i < 900; i++) {
      View view = augmenter.view(0, i);
      byte[] shown = new byte[35];
      byte[] labelled = new byte[35];
      for (int p = 0; p < 35; p++) {
        shown[p] = (byte) (p + 1);
        labelled[p] = (byte) p;
      }
      maps.get(0).show(view, shown, 0);
      maps.get(1).show(view, labelled, 0);
      int right = (int) Math.round(view.x0() * 7);
      int down = (int) Math.round(view.y0() * 5);
      met[3 * (down + 1) + right + 1]++;
      for (int y = 0; y < 5; y++) {
        for (int x = 0; x < 7; x++) {
          boolean inside = x + right >= 0 && x + right < 7 && y + down >= 0 && y + down < 5;
          int from = 7 * (y + down) + x + right;
          assertThat(shown[7 * y + x]).isEqualTo((byte) (inside ? from + 1 : 0));
          assertThat(labelled[7 * y + x]).isEqualTo((byte) (inside ? from : Task.MISSING));
        }
      }
    }
    // 100 each; 4 standard deviations of a binomial are 38.
    assertThat(Arrays.stream(met)).allMatch(count -> Math.abs(count - 100) < 38);
    assertThatThrownBy(
            () ->
                new Augmentation(false, List.of(), 0, DepthRule.PAPER, 5)
                    .maps(List.of(image), List.of()))
        .hasMessageContaining("pad-and-crop = 5 may leave nothing");
    assertThatThrownBy(
            () ->
                new Augmentation(false, List.of(), 0, DepthRule.PAPER, 1)
                    .maps(List.of(image, input("person", 1, 5, 7)), List.of()))
        .hasMessageContaining("pad-and-crop are for samples of one image");
  }

  /** 3 standard deviations of 6,000 draws: 0.02 for a half, 0.018 for a third. */
  @Test
  void drawsAreUniform() {
    Augmentation all = new Augmentation(true, List.of(1.0, 1.2, 1.5), 0, DepthRule.PAPER);
    Augmenter augmenter = Augmenter.of(all, List.of(IMAGE), List.of(), 1);
    List<View> views = IntStream.range(0, 6000).mapToObj(i -> augmenter.view(0, i)).toList();
    assertThat(views.stream().mapToInt(v -> v.xx() < 0 ? 1 : 0).average().orElseThrow())
        .isCloseTo(0.5, within(0.02));
    for (double scale : all.scales()) {
      List<View> alike = views.stream().filter(v -> v.zoom() == scale).toList();
      assertThat(alike.size() / 6000.0).isCloseTo(1 / 3.0, within(0.018));
      double room = 1 - 1 / scale;
      assertThat(alike.stream().mapToDouble(View::y0)).allMatch(top -> top >= 0 && top <= room);
      // Mean of a uniform place; 3 standard deviations are room * 3 / sqrt(12 * 1900).
      assertThat(alike.stream().mapToDouble(View::y0).average().orElseThrow())
          .isCloseTo(room / 2, within(0.02 * room + 1e-12));
    }
    Augmenter turning = Augmenter.of(TURN, List.of(IMAGE), List.of(), 1);
    double[] degrees =
        IntStream.range(0, 6000)
            .mapToDouble(i -> Math.toDegrees(Math.asin(turning.view(0, i).xy() * 2)))
            .toArray();
    assertThat(Arrays.stream(degrees)).allMatch(d -> Math.abs(d) <= 20 + 1e-9);
    assertThat(IntStream.range(0, 6000).filter(i -> degrees[i] > 10).count() / 6000.0)
        .isCloseTo(0.25, within(0.018));
  }

  @Test
  void switchingOneTransformOnLeavesTheDrawsOfOthers() {
    Augmenter flips = Augmenter.of(FLIP, List.of(IMAGE), List.of(), 1);
    Augmenter both =
        Augmenter.of(
            new Augmentation(true, List.of(2.0), 0, DepthRule.PAPER), List.of(IMAGE), List.of(), 1);
    for (int i = 0; i < 100; i++) {
      assertThat(both.view(0, i).xx() < 0).isEqualTo(flips.view(0, i).xx() < 0);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.99, 0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void aScaleEnlarges(double scale) {
    assertThatThrownBy(() -> new Augmentation(false, List.of(1.0, scale), 0, DepthRule.PAPER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scales: " + scale + " must be 1 or more");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 180.5, Double.NaN})
  void anAngleIsBetween0And180(double degrees) {
    assertThatThrownBy(() -> new Augmentation(false, List.of(), degrees, DepthRule.PAPER))
        .hasMessageContaining("rotation-degrees = " + degrees + " must be within 0 and 180");
  }

  @Test
  void severalImagesMayOnlyBeFlipped() {
    List<Column> columns = List.of(input("person", 3, 4, 4), input("scene", 3, 8, 6));
    assertThat(FLIP.maps(columns, List.of())).hasSize(2);
    for (Augmentation refused : List.of(ZOOM, TURN)) {
      assertThatThrownBy(() -> refused.maps(columns, List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "scales, rotation-degrees and pad-and-crop are for samples of one image, and these"
                  + " have [person, scene]; only flip can be used with them");
    }
  }

  @Test
  void whatIsNoPictureOfTheImageIsRefused() {
    assertThatThrownBy(() -> FLIP.maps(List.of(input("row", 5)), List.of()))
        .hasMessage("column 'row' of shape [5] is no image or map, so it cannot be augmented");
    assertThatThrownBy(
            () -> maps(FLIP, target("", ElementType.UINT8, 8, 8), TaskKind.SEGMENTATION, 3))
        .hasMessageContaining(
            "target 'target' of 8x8 does not have the shape of the image of 8x16");
    assertThat(maps(FLIP, target("", ElementType.UINT8, 2, 4), TaskKind.SEGMENTATION, 3))
        .hasSize(2);
    assertThatThrownBy(
            () -> maps(FLIP, target("", ElementType.FLOAT32, 3, 8, 16), TaskKind.VECTORS, 3))
        .hasMessageContaining("task 'task' has vectors of 3 channels []");
    assertThatThrownBy(
            () ->
                maps(
                    FLIP, target("", ElementType.FLOAT32, 2, 8, 16), TaskKind.VECTORS, 2, "a", "b"))
        .hasMessageContaining("only two channels named dy and dx can be augmented");
    assertThatThrownBy(
            () -> maps(FLIP, target("", ElementType.INT16, 2, 8, 16), TaskKind.NORMALS, 3))
        .hasMessage("normals 'target' have 2 channels instead of 3");
    Task unsaid =
        new Task("task", TaskKind.SEGMENTATION, List.of("image"), "target", Task.WHOLE, 3, -1);
    List<Column> columns = List.of(IMAGE, target("", ElementType.UINT8, 8, 16));
    assertThat(ZOOM.maps(columns, List.of(unsaid))).hasSize(2);
    assertThatThrownBy(() -> TURN.maps(columns, List.of(unsaid)))
        .hasMessageContaining("task 'task' has -1, which no label can be");
  }

  /** Only where depths would change must their unit be known. */
  @Test
  void theGeometricRuleMustKnowTheUnit() {
    Column unknown = target("furlong", ElementType.FLOAT32, 8, 16);
    assertThatThrownBy(() -> maps(ZOOM, unknown, TaskKind.DEPTH, 1))
        .hasMessageContaining("target 'target' measures, but its unit is 'furlong'");
    assertThat(maps(TURN, unknown, TaskKind.DEPTH, 1)).hasSize(2);
    assertThat(
            maps(
                new Augmentation(true, List.of(2.0), 0, DepthRule.PAPER),
                unknown,
                TaskKind.DEPTH,
                1))
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "paper, m, 0.5",
    "paper, px, 0.5",
    "paper, mtan-inverse-depth, 0.5",
    "paper, '', 0.5",
    "geometric, m, 1",
    "geometric, 1/m, 1",
    "geometric, px, 2",
    "geometric, mtan-inverse-depth, 2",
    "geometric, sener-scaled, 2",
  })
  void depthRules(String rule, String unit, double factor) {
    assertThat(DepthRule.ofLabel(rule).factor(target(unit, ElementType.FLOAT32, 8, 16), 2))
        .isEqualTo(factor);
  }

  @Test
  void targetsOfWholeSamplesStay() {
    assertThat(maps(FLIP, target("", ElementType.UINT8), TaskKind.CLASSIFICATION, 10)).hasSize(1);
    assertThat(maps(Augmentation.NONE, target("", ElementType.UINT8, 5, 5), TaskKind.MASK, 2))
        .isEmpty();
    // Scales of 1 alone do nothing.
    assertThat(new Augmentation(false, List.of(1.0), 0, DepthRule.PAPER).isNone()).isTrue();
  }
}
