package org.sparkmto.preprocessing.cityscapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

class DisparityConventionTest {
  /** Worked out with decimal arithmetic, for raw images of 2048 and stored ones of 512 columns. */
  @ParameterizedTest
  @CsvSource({
    "MTAN_INVERSE_DEPTH,    1,     0.0000152590219",
    "MTAN_INVERSE_DEPTH,    2,     0.0000305180438",
    "MTAN_INVERSE_DEPTH,    257,   0.00392156863",
    "MTAN_INVERSE_DEPTH,    32257, 0.492210269",
    "MTAN_INVERSE_DEPTH,    32768, 0.50000763",
    "MTAN_INVERSE_DEPTH,    65535, 1",
    "AUTO_LAMBDA_DISPARITY, 1,     0",
    "AUTO_LAMBDA_DISPARITY, 2,     0.0009765625",
    "AUTO_LAMBDA_DISPARITY, 257,   0.25",
    "AUTO_LAMBDA_DISPARITY, 32768, 31.9990234375",
    "AUTO_LAMBDA_DISPARITY, 65535, 63.998046875",
    "SENER_SCALED,          1,     0.000366425460581",
    "SENER_SCALED,          2,     0.000732850921163",
    "SENER_SCALED,          257,   0.0941713433694",
    "SENER_SCALED,          32768, 12.0070294923",
    "SENER_SCALED,          65535, 24.0136925592",
    "PIXELS,                1,     0",
    "PIXELS,                2,     0.00390625",
    "PIXELS,                257,   1",
    "PIXELS,                32768, 127.99609375",
    "PIXELS,                65535, 255.9921875"
  })
  void valuesOfRawNumbers(DisparityConvention convention, int p, double value) {
    Column column = convention.column(2048, 512, new ImageSize(32, 64));
    assertThat(column.type()).isEqualTo(ElementType.UINT16);
    assertThat(column.shape()).containsExactly(32, 64);
    assertThat(column.scale() * p + column.offset())
        .isCloseTo(value, within(1e-8 * Math.max(1, value)));
    assertThat(column.type().missing()).isZero(); // p = 0, in all of them
  }

  @Test
  void onlyAutoLambdaScalesWithTheWidth() {
    for (DisparityConvention convention : DisparityConvention.values()) {
      Column small = convention.column(2048, 256, new ImageSize(1, 1));
      Column large = convention.column(2048, 2048, new ImageSize(1, 1));
      boolean scales = convention == DisparityConvention.AUTO_LAMBDA_DISPARITY;
      assertThat(large.scale() / small.scale()).isEqualTo(scales ? 8 : 1);
    }
    Column same = DisparityConvention.AUTO_LAMBDA_DISPARITY.column(741, 741, new ImageSize(1, 1));
    assertThat(same.scale()).isEqualTo(1.0 / 256);
  }

  @Test
  void depthInMetres() throws UnreadableSampleException {
    Camera camera = Camera.parse(bytes(TinyCity.CAMERA));
    assertThat(camera).isEqualTo(new Camera(0.209313, 2262.52));
    // 0.209313 m * 2262.52 px = 473.57484876 m px
    assertThat(camera.depth(1, 80)).isEqualTo(80f); // infinitely far, but valid
    assertThat(camera.depth(2, 80)).isEqualTo(80f); // 121,235 m
    assertThat(camera.depth(2, 100_000)).isEqualTo(100_000f);
    assertThat(camera.depth(257, 80)).isEqualTo(80f); // 473.6 m
    assertThat(camera.depth(257, 1000)).isCloseTo((float) 473.57484876, within(1e-4f));
    assertThat(camera.depth(1537, 80)).isCloseTo((float) 78.92914146, within(1e-5f)); // d = 6
    assertThat(camera.depth(32768, 80)).isCloseTo((float) 3.69991562, within(1e-6f));
    assertThat(camera.depth(65535, 80)).isCloseTo((float) 1.84995816, within(1e-6f));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DAMAGED    | {}                                                                 | baseline",
        "DAMAGED    | []                                                                 | baseline",
        "DAMAGED    | {\"extrinsic\":{\"baseline\":\"0.2\"},\"intrinsic\":{\"fx\":2262}} | baseline",
        "DAMAGED    | {\"extrinsic\":{\"baseline\":0.2},\"intrinsic\":{\"fy\":2262}}     | fx",
        "DAMAGED    | {\"extrinsic\":{\"baseline\":0.2},\"intr                           | JSON",
        "DAMAGED    | {\"extrinsic\":{\"baseline\":NaN},\"intrinsic\":{\"fx\":2262}}     | JSON",
        "BAD_TARGET | {\"extrinsic\":{\"baseline\":0},\"intrinsic\":{\"fx\":2262}}       | baseline",
        "BAD_TARGET | {\"extrinsic\":{\"baseline\":-0.2},\"intrinsic\":{\"fx\":2262}}    | baseline",
        "BAD_TARGET | {\"extrinsic\":{\"baseline\":0.2},\"intrinsic\":{\"fx\":1e999}}    | fx"
      })
  void refusesACameraThatIsNone(Reason reason, String json, String part) {
    assertThatThrownBy(() -> Camera.parse(bytes(json)))
        .isInstanceOf(UnreadableSampleException.class)
        .hasMessageContaining(part)
        .matches(e -> ((UnreadableSampleException) e).reason() == reason);
  }

  @Test
  void refusesCamerasThatAreNoText() {
    for (byte[] file : new byte[][] {{}, new byte[300], bytes("[".repeat(60_000))}) {
      assertThatThrownBy(() -> Camera.parse(file)).isInstanceOf(UnreadableSampleException.class);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
