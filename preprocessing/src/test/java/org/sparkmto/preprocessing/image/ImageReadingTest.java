package org.sparkmto.preprocessing.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

class ImageReadingTest {

  @Test
  void numbersOfSixteenBitsBecomeWhatTheLevelsSay() throws Exception {
    byte[] file = Png.encode(new IntegerMap(1, 6, new int[] {0, 100, 101, 2147, 4195, 65535}), 16);
    Image image = ImageFile.decode(file, ImageReading.USUAL.withLevels(100, 4195));
    assertThat(image.samples()).hasSize(18);
    for (int channel = 0; channel < 3; channel++) {
      assertThat(
              new int[] {
                image.at(channel, 0, 0), image.at(channel, 0, 1), image.at(channel, 0, 2),
                image.at(channel, 0, 3), image.at(channel, 0, 4), image.at(channel, 0, 5)
              })
          .containsExactly(0, 0, 0, 127, 255, 255);
    }
    Image whole = ImageFile.decodeUpright(file, ImageReading.USUAL.withLevels(0, 65535));
    assertThat(whole.at(0, 0, 4)).as("4195 / 257").isEqualTo(16);
  }

  /** Red, green and blue, and alpha that is dropped; gray with alpha. */
  @ParameterizedTest
  @CsvSource({"2, 3", "6, 4", "4, 2"})
  void everyKindOfSixteenBitsIsRead(int colours, int channels) throws Exception {
    byte[] file = png(colours, channels);
    Image image = ImageFile.decode(file, ImageReading.USUAL.withLevels(0, 65535));
    int[] first = {image.at(0, 0, 0), image.at(1, 0, 0), image.at(2, 0, 0)};
    int[] last = {image.at(0, 1, 1), image.at(1, 1, 1), image.at(2, 1, 1)};
    assertThat(first).containsExactly(channels > 2 ? new int[] {0, 1, 2} : new int[] {0, 0, 0});
    int from = 3 * channels;
    assertThat(last)
        .containsExactly(
            channels > 2 ? new int[] {from, from + 1, from + 2} : new int[] {from, from, from});
    assertThatThrownBy(() -> ImageFile.decode(file))
        .isInstanceOf(UnreadableSampleException.class)
        .hasMessageContaining("16 bits a channel")
        .hasMessageContaining("'levels'");
  }

  @Test
  void filesOfEightBitsAreTheSameWithLevels() throws Exception {
    byte[] file = Png.encode(new Image(3, 1, 2, new byte[] {1, 2, 3, 4, 5, 6}));
    assertThat(ImageFile.decode(file, ImageReading.USUAL.withLevels(0, 10)).samples())
        .isEqualTo(ImageFile.decode(file).samples());
  }

  @Test
  void imagesAndMapsAboveTheChosenSizeAreRefused() throws Exception {
    Image image = new Image(3, 10, 10, new byte[300]);
    for (byte[] file : new byte[][] {Png.encode(image), Jpeg.encode(image, 0.9f)}) {
      assertThat(ImageFile.decode(file, ImageReading.upTo(100)).width()).isEqualTo(10);
      assertTooLarge(() -> ImageFile.decode(file, ImageReading.upTo(99)));
      assertTooLarge(() -> ImageFile.decodeUpright(file, ImageReading.upTo(99)));
    }
    byte[] map = Png.encode(new IntegerMap(10, 10, new int[100]), 8);
    assertThat(Png.decodeNumbers(map, ImageReading.upTo(100)).height()).isEqualTo(10);
    assertTooLarge(() -> Png.decodeNumbers(map, ImageReading.upTo(99)));
  }

  @Test
  void aFileMayBeLongerWhereImagesMayBeLarger() {
    assertThat(ImageReading.USUAL.mostBytes(32 << 20)).isEqualTo(32 << 20);
    assertThat(ImageReading.upTo(100).mostBytes(32 << 20)).isEqualTo(32 << 20);
    assertThat(ImageReading.upTo(100_000_000).mostBytes(32 << 20)).isEqualTo(128 << 20);
    assertThat(ImageReading.upTo(ImageReading.MOST_PIXELS).mostBytes(64 << 20)).isEqualTo(1 << 30);
    assertThat(ImageReading.USUAL.heap()).isZero();
    assertThat(ImageReading.upTo(50_000_000).heap()).isEqualTo(800_000_000);
  }

  private interface Decoding {
    Object run() throws UnreadableSampleException;
  }

  private static void assertTooLarge(Decoding decoding) {
    assertThatThrownBy(decoding::run)
        .isInstanceOf(UnreadableSampleException.class)
        .hasMessageContaining("at most 99 are decoded")
        .matches(e -> ((UnreadableSampleException) e).reason() == Reason.TOO_LARGE);
  }

  /** Two by two pixels of 16 bits a channel, whose numbers are 0, 257, 514, ... in their order. */
  private static byte[] png(int colours, int channels) throws IOException {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(rows))) {
      for (int i = 0; i < 4 * channels; i++) {
        if (i % (2 * channels) == 0) {
          out.writeByte(0);
        }
        out.writeShort(257 * i);
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(file)) {
      out.writeLong(0x89504E470D0A1A0AL);
      byte[] header = {0, 0, 0, 2, 0, 0, 0, 2, 16, (byte) colours, 0, 0, 0};
      chunk(out, "IHDR", header);
      chunk(out, "IDAT", rows.toByteArray());
      chunk(out, "IEND", new byte[0]);
    }
    return file.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(content);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) sum.getValue());
  }
}
