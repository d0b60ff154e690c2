package org.sparkmto.preprocessing.cityscapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Column;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;

/**
 * The Middlebury stereo pair "motorcycle" (Scharstein et al., GCPR 2014) of Debian's package
 * python3-skimage, written as a sample of Cityscapes. Property {@code spark-mto.skimage} names the
 * directory of the package's data if it is not where Debian puts it.
 */
class StereoPairTest {
  private static final Path DATA =
      Path.of(
          System.getProperty("spark-mto.skimage", "/usr/lib/python3/dist-packages/skimage/data"));
  private static final int HEIGHT = 500;
  private static final int WIDTH = 741;
  private static final String CORE = "motorcycle_000000_000001";

  /** Calibration of the pair, for half a size of the original. */
  private static final double FOCAL_LENGTH = 994.978;

  private static final double BASELINE = 0.193001;

  /**
   * How much further apart the principal points of the two cameras are than the disparities say.
   */
  private static final double SHIFT = 31.086;

  @TempDir private Path root;

  @Test
  void disparitiesComeBackWithinHalfAStep() throws Exception {
    float[] disparities = disparities();
    TinyCity city = write(disparities, 0);
    Map<String, String> chosen =
        TinyCity.options("disparity", "pixels", "size", "500x741", "target-size", "500x741");
    Column column = city.list(chosen).columns().get(2);
    ByteBuffer stored = TinyCity.numbers(city.read(chosen, CORE).get(2));
    int valid = 0;
    double worst = 0;
    for (int i = 0; i < disparities.length; i++) {
      int p = stored.getShort(2 * i) & 0xffff;
      assertThat(p == 0).isEqualTo(!Float.isFinite(disparities[i]));
      if (p != 0) {
        valid++;
        worst = Math.max(worst, Math.abs(p * column.scale() + column.offset() - disparities[i]));
      }
    }
    assertThat(worst).isLessThanOrEqualTo(1.0 / 512).isGreaterThan(0);
    assertThat(disparities.length - valid).isEqualTo(27_226);
    assertThat((double) valid / disparities.length).isCloseTo(0.9265, within(5e-5));
    // Auto-lambda's convention is the same one where nothing is resized.
    Map<String, String> lambda =
        TinyCity.options(
            "disparity",
            "auto-lambda-disparity",
            "full-width",
            "741",
            "size",
            "500x741",
            "target-size",
            "500x741");
    assertThat(city.list(lambda).columns().get(2)).isEqualTo(column);
  }

  @Test
  void theImageIsTheOneOfThePackage() throws Exception {
    TinyCity city = write(disparities(), 0);
    Image image = Png.decodeColour(Files.readAllBytes(DATA.resolve("motorcycle_left.png")));
    assertThat(image.height()).isEqualTo(HEIGHT);
    assertThat(city.read(TinyCity.options("size", "500x741"), CORE).get(0))
        .isEqualTo(image.samples());
    assertThat(city.read(TinyCity.options(), CORE).get(0))
        .isEqualTo(image.resized(128, 256).samples());
  }

  /** Depth is f B / d where d counts from the principal points. */
  @Test
  void depthsAreThoseOfTheScene() throws Exception {
    float[] disparities = disparities();
    TinyCity city = write(disparities, SHIFT);
    Map<String, String> chosen =
        TinyCity.options("disparity", "metric-depth", "size", "500x741", "target-size", "500x741");
    ByteBuffer stored = TinyCity.numbers(city.read(chosen, CORE).get(2));
    double[] depths = new double[disparities.length];
    int valid = 0;
    for (int i = 0; i < disparities.length; i++) {
      float depth = stored.getFloat(4 * i);
      assertThat(Float.isNaN(depth)).isEqualTo(!Float.isFinite(disparities[i]));
      if (!Float.isNaN(depth)) {
        double d = disparities[i] + SHIFT;
        // The step of 1/256 px shifts the depth by Z/d of it.
        assertThat((double) depth)
            .isCloseTo(
                FOCAL_LENGTH * BASELINE / d,
                within(FOCAL_LENGTH * BASELINE / d * (1.0 / 512 / d + 1e-6)));
        depths[valid++] = depth;
      }
    }
    double[] sorted = Arrays.copyOf(depths, valid);
    Arrays.sort(sorted);
    assertThat(sorted[0]).isCloseTo(2.11, within(0.005));
    assertThat(sorted[valid / 2]).isCloseTo(2.75, within(0.005));
    assertThat(sorted[valid - 1]).isCloseTo(5.02, within(0.005));
  }

  private TinyCity write(float[] disparities, double shift) throws IOException {
    TinyCity city = new TinyCity(root, false);
    city.write(
        RawFile.IMAGE, "train", CORE, Files.readAllBytes(DATA.resolve("motorcycle_left.png")));
    city.write(
        RawFile.LABEL_IDS, "train", CORE, Png.encode(TinyCity.map(HEIGHT, WIDTH, i -> 32), 8));
    city.write(
        RawFile.DISPARITY,
        "train",
        CORE,
        Png.encode(
            TinyCity.map(
                HEIGHT,
                WIDTH,
                i ->
                    Float.isFinite(disparities[i])
                        ? (int) Math.round((disparities[i] + shift) * 256) + 1
                        : 0),
            16));
    city.write(
        RawFile.CAMERA,
        "train",
        CORE,
        String.format(
                Locale.ROOT,
                "{\"extrinsic\":{\"baseline\":%s},\"intrinsic\":{\"fx\":%s}}",
                BASELINE,
                FOCAL_LENGTH)
            .getBytes(StandardCharsets.UTF_8));
    return city;
  }

  /** The array of the package: a zip of one .npy of version 1, little-endian floats. */
  private static float[] disparities() throws IOException {
    Path file = DATA.resolve("motorcycle_disp.npz");
    assumeTrue(Files.isRegularFile(file), file + " is not installed");
    try (InputStream in = Files.newInputStream(file);
        ZipInputStream zip = new ZipInputStream(in)) {
      assertThat(zip.getNextEntry().getName()).isEqualTo("arr_0.npy");
      ByteBuffer array = ByteBuffer.wrap(zip.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      int header = array.getShort(8);
      assertThat(new String(array.array(), 10, header, StandardCharsets.ISO_8859_1))
          .contains("'<f4'", "'fortran_order': False", "(500, 741)");
      float[] values = new float[HEIGHT * WIDTH];
      array
          .position(10 + header)
          .slice()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      return values;
    }
  }
}
