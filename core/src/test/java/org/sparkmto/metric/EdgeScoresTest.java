package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link EdgeScores} and its {@link EdgeThinning}. */
class EdgeScoresTest {
  /** 0.0075 of this map's diagonal is 1.5 pixels: 120 x 160. */
  private static final int WIDTH = 160;

  private static final int HEIGHT = 120;
  private static final EdgeScores SCORES = new EdgeScores(WIDTH);

  private static float[] logits() {
    float[] logits = new float[WIDTH * HEIGHT];
    Arrays.fill(logits, -20);
    return logits;
  }

  private static void line(float[] logits, int column, double probability) {
    for (int y = 0; y < HEIGHT; y++) {
      logits[y * WIDTH + column] = (float) Math.log(probability / (1 - probability));
    }
  }

  private static int[] lines(int... columns) {
    int[] labels = new int[WIDTH * HEIGHT];
    for (int y = 0; y < HEIGHT; y++) {
      for (int column : columns) {
        labels[y * WIDTH + column] = 1;
      }
    }
    return labels;
  }

  private static double f(float[] logits, int[] labels) {
    Tally tally = Tally.of(SCORES);
    SCORES.add(tally, Answers.ofLabels(1, 1, logits.length, logits, labels));
    return SCORES.values(tally)[0];
  }

  @ParameterizedTest
  @CsvSource({"50, 1", "51, 1", "49, 1", "52, 0", "48, 0"})
  void aLineMayBeOnePixelOffHere(int column, double expected) {
    float[] logits = logits();
    line(logits, column, 0.8);
    assertThat(f(logits, lines(50))).isEqualTo(expected);
  }

  @Test
  void aThickLineIsThinnedFirst() {
    float[] logits = logits();
    line(logits, 49, 0.5);
    line(logits, 50, 0.9);
    line(logits, 51, 0.6);
    assertThat(f(logits, lines(50))).isEqualTo(1);
    boolean[] ridges = EdgeThinning.of(probabilities(logits), WIDTH);
    for (int y = 0; y < HEIGHT; y++) {
      assertThat(Arrays.copyOfRange(ridges, y * WIDTH + 45, y * WIDTH + 56))
          .containsExactly(
              false, false, false, false, false, true, false, false, false, false, false);
    }
  }

  @Test
  void ofAPlateauAcrossTheEdgeOnePixelStays() {
    double[] map = new double[20 * 20];
    for (int y = 0; y < 20; y++) {
      Arrays.fill(map, y * 20 + 8, y * 20 + 10, 0.7);
    }
    boolean[] ridges = EdgeThinning.of(map, 20);
    for (int y = 0; y < 20; y++) {
      assertThat(ridges[y * 20 + 8]).isTrue();
      assertThat(ridges[y * 20 + 9]).isFalse();
    }
    double[] flat = new double[400];
    Arrays.fill(flat, 0.5);
    assertThat(EdgeThinning.of(flat, 20)).containsOnly(false);
  }

  /** A ridge of Gaussian profile at any angle leaves a line about one pixel wide on its crest. */
  @ParameterizedTest
  @CsvSource({"0", "20", "45", "70", "90", "120", "160"})
  void theCrestOfARidgeStays(double degrees) {
    int side = 61;
    double right = Math.cos(Math.toRadians(degrees));
    double down = Math.sin(Math.toRadians(degrees));
    double[] map = new double[side * side];
    for (int at = 0; at < map.length; at++) {
      double off = off(at, side, right, down);
      map[at] = 0.9 * Math.exp(-off * off / 8);
    }
    boolean[] ridges = EdgeThinning.of(map, side);
    int kept = 0;
    for (int at = 0; at < map.length; at++) {
      double off = Math.abs(off(at, side, right, down));
      int y = at / side;
      boolean inside = Math.hypot(at % side - 30.2, y - 30.1) < 25 && off < 8;
      kept += inside && ridges[at] ? 1 : 0;
      if (inside && ridges[at]) {
        assertThat(off).isLessThan(1);
      }
    }
    // 50 pixels of length: a line has 50 pixels along an axis and about 35 to 71 along a diagonal.
    assertThat(kept).isBetween(34, 75);
  }

  /**
   * Lines at 30 (0.9), 60 (0.6) and 90 (0.3), true ones at 30, 60 and 120: at 0.6 two of two
   * predicted and of three true lines match, F = 2 * 2 / (2 + 3); at 0.3 it is 4 / 6, at 0.9 2 / 4.
   */
  @Test
  void theBestThresholdCounts() {
    float[] logits = logits();
    line(logits, 30, 0.9);
    line(logits, 60, 0.605);
    line(logits, 90, 0.305);
    assertThat(f(logits, lines(30, 60, 120))).isEqualTo(0.8, within(1e-15));
  }

  /** One threshold for the whole split: of two images, each of which would like its own. */
  @Test
  void theThresholdIsThatOfTheSplit() {
    float[] both = new float[2 * WIDTH * HEIGHT];
    float[] sure = logits();
    line(sure, 30, 0.9);
    line(sure, 90, 0.505);
    float[] unsure = logits();
    line(unsure, 30, 0.405);
    System.arraycopy(sure, 0, both, 0, sure.length);
    System.arraycopy(unsure, 0, both, sure.length, sure.length);
    int[] labels = Arrays.copyOf(lines(30), both.length);
    System.arraycopy(lines(30), 0, labels, sure.length, sure.length);
    Tally tally = Tally.of(SCORES);
    SCORES.add(tally, Answers.ofLabels(2, 1, sure.length, both, labels));
    assertThat(f(sure, lines(30))).isEqualTo(1);
    assertThat(f(unsure, lines(30))).isEqualTo(1);
    // At 0.4: 2 hits, 1 false line, none missed; above: 1 hit and 1 missed, at best.
    assertThat(SCORES.values(tally)[0]).isEqualTo(4 / 5.0, within(1e-15));
  }

  @Test
  void pixelsWithoutALabelDoNotCount() {
    float[] logits = logits();
    line(logits, 30, 0.9);
    line(logits, 90, 0.95);
    int[] labels = lines(30);
    for (int y = 0; y < HEIGHT; y++) {
      labels[y * WIDTH + 90] = Answers.NO_LABEL;
    }
    assertThat(f(logits, labels)).isEqualTo(1);
    Arrays.fill(labels, Answers.NO_LABEL);
    assertThat(f(logits, labels)).isNaN();
  }

  @Test
  void withoutTrueEdgesThereIsNoValueWhateverTheNetworkSays() {
    assertThat(f(logits(), new int[WIDTH * HEIGHT])).isNaN();
    assertThat(f(logits(), lines(30))).isEqualTo(0);
    float[] logits = logits();
    line(logits, 30, 0.9);
    assertThat(f(logits, new int[WIDTH * HEIGHT])).isNaN();
  }

  @Test
  void aDivergedNetworkIsWrong() {
    float[] logits = new float[WIDTH * HEIGHT];
    Arrays.fill(logits, Float.NaN);
    assertThat(f(logits, lines(30))).isEqualTo(0);
    float[] half = logits();
    line(half, 30, 0.9);
    for (int y = 0; y < HEIGHT; y++) {
      half[y * WIDTH + 100] = Float.NaN;
    }
    // As many false pixels as right ones, at every threshold.
    assertThat(f(half, lines(30))).isEqualTo(2 / 3.0, within(1e-15));
  }

  /** The thresholds are reached, not passed: a probability of exactly one of them counts there. */
  @Test
  void aProbabilityBelowTheLowestThresholdIsNoEdge() {
    float[] logits = logits();
    line(logits, 30, 0.0099);
    assertThat(f(logits, lines(30))).isEqualTo(0);
    line(logits, 30, 0.0101);
    assertThat(f(logits, lines(30))).isEqualTo(1);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tally tally = Tally.of(SCORES);
    assertThatThrownBy(() -> SCORES.add(tally, Answers.ofLabels(1, 1, 9, new float[9], new int[9])))
        .hasMessageContaining("width 160");
    assertThatThrownBy(() -> new EdgeScores(0)).hasMessageContaining("width 0");
  }

  private static double off(int at, int side, double right, double down) {
    int y = at / side;
    return (at % side - 30.2) * right + (y - 30.1) * down;
  }

  private static double[] probabilities(float[] logits) {
    double[] map = new double[logits.length];
    for (int i = 0; i < map.length; i++) {
      map[i] = 1 / (1 + Math.exp(-logits[i]));
    }
    return map;
  }
}
