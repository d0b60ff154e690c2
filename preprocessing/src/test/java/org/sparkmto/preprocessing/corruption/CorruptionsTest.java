package org.sparkmto.preprocessing.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** What each corruption does, against values that follow from what it says of itself. */
class CorruptionsTest {
  /** Of a mean of rounded bytes: the half of a byte by which each may be off is spread evenly. */
  private static final double ROUNDING = 0.3 / 255;

  private static Image even(int channels, int side, int value) {
    byte[] samples = new byte[channels * side * side];
    Arrays.fill(samples, (byte) value);
    return new Image(channels, side, side, samples);
  }

  /** A scene with edges, colours and slopes, not symmetric in any way. */
  private static Image scene(int channels, int height, int width) {
    byte[] samples = new byte[channels * height * width];
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double u = (double) x / width;
          double v = (double) y / height;
          boolean disk = Math.hypot(u - 0.35, v - 0.6) < 0.22;
          boolean bar = (int) (9 * u + 4 * v) % 3 == 0;
          double value = 0.2 + 0.3 * u + 0.15 * v + (disk ? 0.3 - 0.15 * c : 0) + (bar ? 0.1 : 0);
          samples[(c * height + y) * width + x] = (byte) Math.round(255 * value);
        }
      }
    }
    return new Image(channels, height, width, samples);
  }

  private static Image corrupted(String name, Image image, int severity) {
    return corrupted(name, image, severity, 7);
  }

  private static Image corrupted(String name, Image image, int severity, long seed) {
    return new CorruptionCondition(name, severity).corrupt(image, Draws.of(seed));
  }

  private static double[] values(Image image) {
    return IntStream.range(0, image.samples().length)
        .mapToDouble(i -> (image.samples()[i] & 0xff) / 255.0)
        .toArray();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double variance(double[] values) {
    double mean = mean(values);
    return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / values.length;
  }

  private static double distance(Image one, Image other) {
    double[] a = values(one);
    double[] b = values(other);
    return Math.sqrt(
        IntStream.range(0, a.length).mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i])).sum()
            / a.length);
  }

  /** Four standard errors: one draw of such a test in 16,000 would fall outside, and these stay. */
  private static double fourErrors(double deviation, int count) {
    return 4 * deviation / Math.sqrt(count);
  }

  /**
   * Every byte that corruptions make of a scene, but JPEG's, which are those of the JDK. If this
   * fails because one of them is meant to make others, {@link Corruptions#ALGORITHM} goes up.
   */
  @Test
  void theNumberOfTheAlgorithmsStandsForTheirBytes() {
    MessageDigest sha256 = ContentDigest.sha256();
    for (String name : Corruptions.known().names()) {
      if (!name.equals("jpeg")) {
        for (int severity : new int[] {1, 5}) {
          sha256.update(corrupted(name, scene(3, 40, 48), severity).samples());
        }
      }
    }
    assertThat(Corruptions.ALGORITHM + " " + ContentDigest.hex(sha256.digest()))
        .isEqualTo("1 2ffdec311f6b6ecd59298d88e4ab7fd2a1fee04e76bc9d50499943d9408acb6f");
  }

  @ParameterizedTest
  @CsvSource({"32, 1, 0.04", "32, 5, 0.10", "64, 3, 0.12", "224, 2, 0.12"})
  void gaussianNoiseHasItsDeviation(int side, int severity, double deviation) {
    double[] values = values(corrupted("gaussian-noise", even(3, side, 128), severity));
    int count = values.length;
    assertThat(mean(values))
        .isCloseTo(128 / 255.0, within(fourErrors(deviation, count) + ROUNDING));
    // The variance of a variance of normal numbers is 2 sigma^4 / n; rounding adds 1/12 of a byte.
    assertThat(variance(values))
        .isCloseTo(
            deviation * deviation + 1 / (12 * 255.0 * 255),
            within(fourErrors(Math.sqrt(2) * deviation * deviation, count)));
  }

  @ParameterizedTest
  @CsvSource({"32, 1, 500", "32, 5, 50", "64, 3, 50", "224, 1, 60"})
  void shotNoiseCountsPhotons(int side, int severity, double photons) {
    double[] values = values(corrupted("shot-noise", even(1, side, 102), severity)); // 0.4
    double variance = 0.4 / photons;
    int count = values.length;
    assertThat(mean(values))
        .isCloseTo(0.4, within(fourErrors(Math.sqrt(variance), count) + ROUNDING));
    // The fourth central moment of a Poisson number of mean m is m (1 + 3 m).
    double mean = 0.4 * photons;
    double ofVariance = Math.sqrt(mean * (1 + 3 * mean) - mean * mean) / (photons * photons);
    assertThat(variance(values))
        .isCloseTo(variance, within(fourErrors(ofVariance, count) + 1 / (255.0 * 255)));
  }

  @Test
  void aPoissonNumberIsTheOneAtItsShare() {
    // exp(-1) = 0.3679, and so much again for 1; half of it for 2.
    assertThat(ShotNoise.poisson(1, 0.3678)).isZero();
    assertThat(ShotNoise.poisson(1, 0.3679)).isEqualTo(1);
    assertThat(ShotNoise.poisson(1, 0.7357)).isEqualTo(1);
    assertThat(ShotNoise.poisson(1, 0.7358)).isEqualTo(2);
    assertThat(ShotNoise.poisson(1, 0.9196)).isEqualTo(2);
    assertThat(ShotNoise.poisson(1, 0.9197)).isEqualTo(3);
    assertThat(ShotNoise.poisson(0, 0.999)).isZero();
    // No sum reaches such a share; eight and a half deviations above the mean nothing is added.
    assertThat(ShotNoise.poisson(500, Math.nextDown(1.0))).isBetween(650, 750);
  }

  @ParameterizedTest
  @CsvSource({"32, 5, 0.07", "64, 5, 0.14", "224, 1, 0.03"})
  void impulseNoiseIsSaltAndPepperInEqualParts(int side, int severity, double share) {
    double[] values = values(corrupted("impulse-noise", even(3, side, 128), severity));
    double salt = Arrays.stream(values).filter(v -> v == 1).count() / (double) values.length;
    double pepper = Arrays.stream(values).filter(v -> v == 0).count() / (double) values.length;
    double error = fourErrors(Math.sqrt(share / 2), values.length);
    assertThat(salt).isCloseTo(share / 2, within(error));
    assertThat(pepper).isCloseTo(share / 2, within(error));
    assertThat(Arrays.stream(values).filter(v -> v == 128 / 255.0).count() / (double) values.length)
        .isCloseTo(1 - salt - pepper, within(1e-12));
  }

  /** Gauss' circle problem: so many whole points lie within a radius. */
  @ParameterizedTest
  @CsvSource({
    "0.3, 1", "1, 5", "1.5, 9", "2.5, 21", "3, 29", "4, 49", "6, 113", "8, 197", "10, 317"
  })
  void aDiskHasThePixelsOfItsRadius(double radius, int pixels) {
    double[] weights =
        Arrays.stream(DefocusBlur.disk(radius, 0.01)).flatMapToDouble(Arrays::stream).toArray();
    assertThat(Arrays.stream(weights).filter(w -> w > 1e-12).count()).isEqualTo(pixels);
    assertThat(Arrays.stream(weights).sum()).isCloseTo(1, within(1e-12));
    assertThat(Arrays.stream(DefocusBlur.disk(radius, 0.5)).flatMapToDouble(Arrays::stream).sum())
        .isCloseTo(1, within(1e-12));
  }

  @Test
  void defocusMakesAPointADisk() {
    Image point = even(1, 64, 0);
    point.samples()[30 * 64 + 40] = (byte) 255;
    Image blurred = corrupted("defocus-blur", point, 2); // radius 1, hardly smoothed
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        int apart = Math.abs(y - 30) + Math.abs(x - 40);
        assertThat(blurred.at(0, y, x)).isEqualTo(apart <= 1 ? 51 : 0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.4, 1.5, 15.9, 17, 40})
  void smoothingHasItsVariance(double deviation) {
    int side = 401;
    Planes point = new Planes(1, side, side);
    point.set(0, 200, 200, 1);
    Planes smooth = GaussianFilter.smooth(point, deviation);
    double sum = 0;
    double square = 0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        sum += smooth.at(0, y, x);
        square += smooth.at(0, y, x) * (x - 200) * (x - 200);
      }
    }
    assertThat(sum).isCloseTo(1, within(1e-4));
    // At whole pixels a small one is 2 exp(-1 / (2 s^2)) / (1 + 2 exp(-1 / (2 s^2))); the variance
    // of running means goes up by twice their length, of which a half is twice the deviation.
    double expected = deviation < 1 ? 0.0808 : deviation * deviation;
    double variance = deviation < 1 ? 1e-3 : deviation < 16 ? 0.01 * expected : 1.05 * deviation;
    assertThat(square).isCloseTo(expected, within(variance));
  }

  @Test
  void aStreakFallsOffLikeHalfANormalDistribution() {
    Planes point = new Planes(1, 9, 40);
    point.set(0, 4, 30, 1);
    Planes level = Streak.along(point, 10, 3, 0);
    double whole = IntStream.range(0, 21).mapToDouble(i -> Math.exp(-i * i / 18.0)).sum();
    for (int x = 0; x < 40; x++) {
      double expected = x > 30 || x < 10 ? 0 : Math.exp(-(30 - x) * (30 - x) / 18.0) / whole;
      assertThat(level.at(0, 4, x)).isCloseTo(expected, within(1e-6));
      assertThat(level.at(0, 3, x)).isZero();
    }
    Planes steep = Streak.along(point, 10, 3, 90);
    assertThat(steep.at(0, 3, 30)).isCloseTo(Math.exp(-1 / 18.0) / whole, within(1e-6));
    assertThat(steep.at(0, 4, 29)).isZero();
    Planes down = Streak.along(point, 10, 3, -45);
    // One and two pixels along come to the same one diagonally.
    assertThat(down.at(0, 5, 29))
        .isCloseTo((Math.exp(-1 / 18.0) + Math.exp(-4 / 18.0)) / whole, within(1e-6));
  }

  /** Lengths of NumPy's {@code arange(1, end, step)}. */
  @ParameterizedTest
  @CsvSource({
    "1.06, 0.01, 7",
    "1.11, 0.01, 12",
    "1.16, 0.01, 16",
    "1.21, 0.01, 21",
    "1.26, 0.01, 26",
    "1.21, 0.02, 11",
    "1.26, 0.02, 13",
    "1.31, 0.03, 11"
  })
  void zoomsAreCountedAsThePaperCountsThem(double end, double step, int count) {
    assertThat(ZoomBlur.count(end, step)).isEqualTo(count);
  }

  /** An even slope is no steeper nearer: 64 pixels cut to 32 have half of it. */
  @Test
  void anEnlargedSlopeIsLessSteep() {
    Planes slope = new Planes(1, 64, 64);
    for (int i = 0; i < 64 * 64; i++) {
      slope.values()[i] = i % 64 / 64f;
    }
    Planes nearer = Zoom.of(slope, 2);
    for (int x = 0; x < 64; x++) {
      assertThat(nearer.at(0, 10, x)).isCloseTo((16 + x * 31 / 63.0) / 64, within(1e-6));
    }
    assertThat(Zoom.of(slope, 1).values()).isEqualTo(slope.values());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "defocus-blur",
        "glass-blur",
        "motion-blur",
        "zoom-blur",
        "contrast",
        "elastic",
        "pixelate"
      })
  void anEvenImageStaysEven(String name) {
    for (int side : new int[] {20, 64, 130}) {
      Image even = even(3, side, 91);
      for (int severity = 1; severity <= 5; severity++) {
        assertThat(corrupted(name, even, severity).samples()).isEqualTo(even.samples());
      }
    }
  }

  /** Severities without any smoothing at 32 pixels: colours come from within the reach, whole. */
  @Test
  void throughGlassEveryPixelHasTheColourOfOneNearby() {
    Image scene = scene(3, 32, 32);
    Image seen = corrupted("glass-blur", scene, 1);
    int moved = 0;
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        boolean found = false;
        for (int dy = -1; dy <= 1; dy++) {
          for (int dx = -1; dx <= 1; dx++) {
            int row = Planes.clamped(y + dy, 32);
            int column = Planes.clamped(x + dx, 32);
            found |= same(seen, y, x, scene, row, column);
          }
        }
        assertThat(found).as("%d, %d", y, x).isTrue();
        moved += same(seen, y, x, scene, y, x) ? 0 : 1;
      }
    }
    assertThat(moved).isGreaterThan(500);
  }

  private static boolean same(Image one, int y, int x, Image other, int row, int column) {
    return IntStream.range(0, 3).allMatch(c -> one.at(c, y, x) == other.at(c, row, column));
  }

  /** Flakes fall twice, once turned by half a circle, on a ground that gets lighter. */
  @Test
  void snowOnBlackIsTheSameUpsideDown() {
    Image snow = corrupted("snow", even(3, 64, 0), 5); // keeps 0.6, so the ground is 0.4 * 0.5
    int ground = 0;
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        assertThat(snow.at(0, y, x))
            .isEqualTo(snow.at(0, 63 - y, 63 - x))
            .isEqualTo(snow.at(2, y, x));
        assertThat(snow.at(0, y, x)).isGreaterThanOrEqualTo(51);
        ground += snow.at(0, y, x) == 51 ? 1 : 0;
      }
    }
    assertThat(ground).isLessThan(64 * 64);
  }

  @Test
  void fogHidesAllButTheLightest() {
    Draws draws = Draws.of(3);
    Plasma plasma = new Plasma(50, 1.75, draws);
    double[] heights =
        IntStream.range(0, 64 * 64).mapToDouble(i -> plasma.at(i / 64, i % 64)).sorted().toArray();
    assertThat(heights[0]).isZero();
    assertThat(heights[64 * 64 - 1]).isEqualTo(1);
    assertThat(plasma.at(-1, 70)).isEqualTo(plasma.at(63, 6));
    assertThat(corrupted("fog", even(3, 32, 0), 5).samples()).containsOnly(0);
    // White under fog of 1.5: (1 + 1.5 p) / (1 + 1.5), white where the fog is thickest.
    double[] white = values(corrupted("fog", even(3, 32, 255), 5));
    assertThat(Arrays.stream(white).max().orElseThrow()).isEqualTo(1);
    assertThat(Arrays.stream(white).min().orElseThrow()).isCloseTo(0.4, within(1 / 255.0));
  }

  @Test
  void frostLiesOverWhatIsLeftOfTheImage() {
    double[] black = values(corrupted("frost", even(1, 32, 0), 5));
    double[] grey = values(corrupted("frost", even(1, 32, 100), 5)); // 0.75 of the image
    for (int i = 0; i < black.length; i++) {
      assertThat(black[i]).isBetween(0.45 * 0.25 - 1 / 255.0, 0.45 + 1 / 255.0);
      assertThat(grey[i] - black[i]).isCloseTo(0.75 * 100 / 255, within(1 / 255.0));
    }
    assertThat(Math.sqrt(variance(black))).isGreaterThan(0.02);
  }

  @Test
  void brightnessKeepsTheColour() {
    Image orange = even(3, 64, 0);
    Arrays.fill(orange.samples(), 0, 64 * 64, (byte) 100);
    Arrays.fill(orange.samples(), 64 * 64, 2 * 64 * 64, (byte) 50);
    Image brighter = corrupted("brightness", orange, 2); // 0.2 more
    assertThat(brighter.at(0, 3, 3)).isEqualTo(151);
    assertThat(brighter.at(1, 3, 3)).isEqualTo(76); // half of 151, rounded
    assertThat(brighter.at(2, 3, 3)).isZero();
    assertThat(corrupted("brightness", even(3, 64, 0), 5).samples()).containsOnly(128);
    assertThat(corrupted("brightness", even(1, 64, 200), 5).samples()).containsOnly(255);
  }

  @Test
  void contrastComesNearerToTheMeanOfEachChannel() {
    Image scene = scene(3, 64, 64);
    double[] before = values(scene);
    double[] after = values(corrupted("contrast", scene, 2)); // 0.3 of it is left
    for (int c = 0; c < 3; c++) {
      double[] was = Arrays.copyOfRange(before, c * 4096, (c + 1) * 4096);
      double[] is = Arrays.copyOfRange(after, c * 4096, (c + 1) * 4096);
      assertThat(mean(is)).isCloseTo(mean(was), within(ROUNDING));
      assertThat(Math.sqrt(variance(is) / variance(was))).isCloseTo(0.3, within(0.01));
    }
  }

  /** At 32 pixels the lowest severity is an affine map alone: a slope stays an even slope. */
  @Test
  void theAffinePartMovesLinesToLines() {
    Planes slope = new Planes(1, 32, 32);
    for (int i = 0; i < 32 * 32; i++) {
      slope.values()[i] = i % 32 / 32f;
    }
    Image moved = corrupted("elastic", slope.image(), 1);
    IntToDoubleFunction along = x -> moved.at(0, 16, x + 1) - moved.at(0, 16, x);
    double step = IntStream.range(8, 23).mapToDouble(along).average().orElseThrow();
    IntStream.range(8, 23)
        .forEach(x -> assertThat(along.applyAsDouble(x)).isCloseTo(step, within(1.1)));
    assertThat(moved.samples()).isNotEqualTo(slope.image().samples());
  }

  @Test
  void halfThePixelsOfAChequerboardAreGrey() {
    Image board = even(1, 64, 0);
    for (int i = 0; i < 64 * 64; i++) {
      board.samples()[i] = (byte) ((i / 64 + i) % 2 == 0 ? 255 : 0);
    }
    assertThat(corrupted("pixelate", board, 5).samples()).containsOnly(128);
  }

  @Test
  void pixelsOfOneBlockAreItsMean() {
    Image slope = even(1, 224, 0);
    for (int i = 0; i < 224 * 224; i++) {
      slope.samples()[i] = (byte) (i % 224);
    }
    Image fewer = corrupted("pixelate", slope, 5); // a quarter: blocks of four pixels
    for (int x = 0; x < 224; x++) {
      // The mean ends in a half.
      assertThat(fewer.at(0, 17, x)).isBetween(x / 4 * 4 + 1, x / 4 * 4 + 2);
    }
  }

  /** The JDK's encoder and decoder themselves, with tables scaled as for libjpeg's quality. */
  @ParameterizedTest
  @CsvSource({"32, 1, 0.80", "64, 3, 0.50", "64, 5, 0.25", "224, 4, 0.10"})
  void jpegIsWhatTheFileLeaves(int side, int severity, float quality) throws IOException {
    Image scene = scene(3, side, side);
    BufferedImage rgb = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        rgb.setRGB(x, y, scene.at(0, y, x) << 16 | scene.at(1, y, x) << 8 | scene.at(2, y, x));
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    writer.setOutput(ImageIO.createImageOutputStream(file));
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    parameters.setCompressionQuality(quality);
    writer.write(null, new IIOImage(rgb, null, null), parameters);
    writer.dispose();
    BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(file.toByteArray()));
    Image left = corrupted("jpeg", scene, severity);
    double worst = 0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        for (int c = 0; c < 3; c++) {
          int jdk = decoded.getRGB(x, y) >> (16 - 8 * c) & 0xff;
          worst = Math.max(worst, Math.abs(jdk - left.at(c, y, x)));
        }
      }
    }
    assertThat(worst).isLessThanOrEqualTo(2); // our colours are libjpeg-turbo's
    assertThat(distance(left, scene)).isGreaterThan(0.003);
  }

  /**
   * What is meant to be worse lies farther from the image, where the paper's numbers go one way.
   */
  @ParameterizedTest
  @ValueSource(ints = {32, 64, 160})
  void higherSeveritiesLieFartherAway(int side) {
    Image scene = scene(3, side, side);
    // Reach, smoothness, rounds and shares go different ways from one severity to the next.
    Set<String> mixed = Set.of("elastic", "glass-blur", "snow", "frost");
    for (String name : Corruptions.known().names()) {
      double before = 0;
      double first = distance(corrupted(name, scene, 1), scene);
      for (int severity = 1; severity <= 5; severity++) {
        double now = distance(corrupted(name, scene, severity), scene);
        assertThat(now).as("%s %d", name, severity).isPositive();
        if (!mixed.contains(name)) {
          assertThat(now).as("%s %d", name, severity).isGreaterThanOrEqualTo(before);
        }
        before = now;
      }
      if (!name.equals("elastic")) { // whose highest severity moves less, and more finely
        assertThat(before).as(name).isGreaterThan(first);
      }
    }
  }

  @Test
  void theSameDrawsMakeTheSameImageOfAnySize() {
    Set<String> still =
        Set.of("defocus-blur", "zoom-blur", "brightness", "contrast", "pixelate", "jpeg");
    for (Image image : List.of(scene(1, 17, 23), scene(3, 40, 61), scene(3, 9, 130))) {
      byte[] before = image.samples().clone();
      for (String name : Corruptions.known().names()) {
        Image once = corrupted(name, image, 3, 1);
        assertThat(once.channels()).isEqualTo(image.channels());
        assertThat(once.height()).isEqualTo(image.height());
        assertThat(once.width()).isEqualTo(image.width());
        assertThat(corrupted(name, image, 3, 1).samples()).as(name).isEqualTo(once.samples());
        boolean other = !Arrays.equals(corrupted(name, image, 3, 2).samples(), once.samples());
        assertThat(other).as(name).isEqualTo(!still.contains(name));
        assertThat(image.samples()).as(name).isEqualTo(before);
      }
    }
  }

  @Test
  void onePixelIsAnImage() {
    for (String name : Corruptions.known().names()) {
      assertThat(corrupted(name, even(3, 1, 60), 5).samples()).as(name).hasSize(3);
    }
  }

  @Test
  void conditionsAreNamedByCorruptionFamilyOrAll() {
    assertThat(CorruptionCondition.of(List.of("fog", "noise"), List.of(2)))
        .extracting(CorruptionCondition::label)
        .containsExactly("gaussian-noise-2", "shot-noise-2", "impulse-noise-2", "fog-2");
    List<CorruptionCondition> all =
        CorruptionCondition.of(List.of(CorruptionCondition.ALL), List.of(1, 2, 3, 4, 5));
    assertThat(all).hasSize(75).doesNotHaveDuplicates();
    all.forEach(one -> assertThat(CorruptionCondition.ofLabel(one.label())).contains(one));
    assertThat(CorruptionCondition.ofLabel("fog-6")).isEmpty();
    assertThat(CorruptionCondition.ofLabel("notes")).isEmpty();
    assertThatThrownBy(() -> CorruptionCondition.of(List.of("frog"), List.of(1)))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("unknown corruption 'frog'")
        .hasMessageContaining("fog");
    assertThatThrownBy(() -> CorruptionCondition.of(List.of("fog"), List.of(6)))
        .isInstanceOf(PreprocessingException.class)
        .hasMessage("severity 6 is not one of 1 to 5");
  }
}
