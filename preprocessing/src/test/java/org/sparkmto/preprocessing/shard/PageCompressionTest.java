package org.sparkmto.preprocessing.shard;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;

class PageCompressionTest {
  private static final Column IMAGE =
      new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 64, 64));

  @Test
  void imagesAreCompressedAsPixelsUnlessMapsAreStoredBesideThem() {
    Column attributes =
        new Column("attributes", Column.Role.TARGET, ElementType.UINT8, List.of(40));
    Column classes = new Column("classes", Column.Role.TARGET, ElementType.UINT8, List.of(64, 64));
    Column features = new Column("x", Column.Role.INPUT, ElementType.FLOAT32, List.of(512));
    assertThat(PageCompression.of(List.of(IMAGE, attributes))).isEqualTo(PageCompression.PIXELS);
    assertThat(PageCompression.of(List.of(IMAGE, classes))).isEqualTo(PageCompression.USUAL);
    assertThat(PageCompression.of(List.of(features, attributes))).isEqualTo(PageCompression.USUAL);
  }

  @Test
  void zstdItselfReadsThePagesOneAfterTheOther() throws IOException {
    for (PageCompression compression : PageCompression.values()) {
      CompressionCodecFactory codec = compression.codec();
      for (int length : new int[] {0, 1, 8_192, 8_193, 300_000, 17}) {
        byte[] page = pixels(length, 7);
        assertThat(Zstd.decompress(compressed(codec, page), length)).isEqualTo(page);
      }
      codec.release();
    }
  }

  /** Images whose channels have means and noise of their own. */
  @Test
  void pixelsTakeNoMoreSpaceThanAtTheUsualLevel() throws IOException {
    byte[] page = pixels(85 * IMAGE.bytes(), 1);
    CompressionCodecFactory pixels = PageCompression.PIXELS.codec();
    CompressionCodecFactory usual = PageCompression.USUAL.codec();
    assertThat(compressed(pixels, page)).hasSizeLessThan(compressed(usual, page).length);
    pixels.release();
    usual.release();
  }

  private static byte[] compressed(CompressionCodecFactory codec, byte[] page) throws IOException {
    return codec
        .getCompressor(CompressionCodecName.ZSTD)
        .compress(BytesInput.from(page))
        .toInputStream()
        .readAllBytes();
  }

  private static byte[] pixels(int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[length];
    int mean = 0;
    int noise = 1;
    for (int i = 0; i < length; i++) {
      if (i % 4096 == 0) {
        mean = random.nextInt(40, 160);
        noise = 1 << random.nextInt(2, 7);
      }
      pixels[i] = (byte) (mean + i / 64 % 64 / 2 + random.nextInt(noise));
    }
    return pixels;
  }
}
