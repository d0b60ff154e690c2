package org.sparkmto.preprocessing.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.PreprocessingException;

class IdxReaderTest {
  private static final byte[] ITEMS = {1, 2, 3, 4, 5, 6, -1, 8, 9, 10, 11, 12};

  @Test
  void readsItemsOneByOneOrAllAtOnce() throws IOException {
    for (byte[] file : new byte[][] {images(2051, 2), gzip(images(2051, 2))}) {
      try (IdxReader reader = IdxReader.images(new ByteArrayInputStream(file), "f")) {
        assertThat(reader.count()).isEqualTo(2);
        assertThat(reader.height()).isEqualTo(2);
        assertThat(reader.width()).isEqualTo(3);
        assertThat(reader.next()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(reader.next()).containsExactly(-1, 8, 9, 10, 11, 12);
        reader.end();
      }
      try (IdxReader reader = IdxReader.images(new ByteArrayInputStream(file), "f")) {
        assertThat(reader.rest()).isEqualTo(ITEMS);
      }
    }
  }

  @Test
  void labelsAreNotImages() throws IOException {
    assertRefused(images(2049, 2), "f starts with 2049, IDX images start with 2051");
    assertThatThrownBy(() -> IdxReader.labels(new ByteArrayInputStream(images(2051, 2)), "f"))
        .hasMessage("f starts with 2051, IDX labels start with 2049");
  }

  @Test
  void everyCutIsSeen() throws IOException {
    byte[] plain = images(2051, 2);
    for (int length = 0; length < plain.length; length++) {
      assertRefused(Arrays.copyOf(plain, length), "cut off");
    }
    byte[] gzip = gzip(plain);
    for (int length = 2; length < gzip.length; length++) {
      byte[] cut = Arrays.copyOf(gzip, length);
      assertThatThrownBy(() -> read(cut))
          .as("%d of %d bytes", length, gzip.length)
          .isInstanceOf(PreprocessingException.class);
    }
  }

  @Test
  void countsThatDoNotFitAreSeen() throws IOException {
    assertRefused(images(2051, 1), "goes on after its 1 items");
    assertRefused(images(2051, 3), "cut off");
    assertRefused(images(2051, -1), "announces -1 items");
    assertRefused(images(2051, Integer.MAX_VALUE), "announces");
  }

  @Test
  void whatDoesNotFitIntoMemoryIsNotAllocated() {
    byte[] file = images(2051, 12);
    ByteBuffer.wrap(file).putInt(4, Integer.MAX_VALUE).putInt(8, 4096).putInt(12, 4096);
    assertRefused(file, "held together");
  }

  @Test
  void damagedCompressionIsSeen() throws IOException {
    byte[] gzip = gzip(images(2051, 2));
    gzip[gzip.length - 6] ^= 1; // checksum
    assertRefused(gzip, "damaged");
  }

  private static void read(byte[] file) throws IOException {
    try (IdxReader reader = IdxReader.images(new ByteArrayInputStream(file), "f")) {
      reader.rest();
    }
  }

  private static void assertRefused(byte[] file, String trouble) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining(trouble);
  }

  private static byte[] images(int magic, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(16 + ITEMS.length);
    return bytes.putInt(magic).putInt(count).putInt(2).putInt(3).put(ITEMS).array();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
