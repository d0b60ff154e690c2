package org.sparkmto.preprocessing.webdataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.Reason;

class TarSamplesTest {
  private static final int SAMPLES = 5;

  private static byte[] tar() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8")) {
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (int i = 0; i < SAMPLES; i++) {
        add(out, "a/" + "x".repeat(i == 2 ? 150 : 1) + i + ".jpg", 700 * i);
        add(out, "a/" + "x".repeat(i == 2 ? 150 : 1) + i + ".CLS", 1);
      }
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream out, String name, int size) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    out.putArchiveEntry(entry);
    out.write(new byte[size]);
    out.closeArchiveEntry();
  }

  private static byte[] compressed(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static List<TarSample> read(byte[] file) throws IOException {
    List<TarSample> read = new ArrayList<>();
    try (TarSamples samples = new TarSamples(new ByteArrayInputStream(file), extension -> 1_000)) {
      for (Optional<TarSample> next = samples.next(); next.isPresent(); next = samples.next()) {
        read.add(next.get());
      }
    }
    return read;
  }

  @Test
  void membersOfOneNameAreASampleAndLongOnesAreCut() throws IOException {
    List<TarSample> read = read(tar());
    assertThat(read).hasSize(SAMPLES);
    assertThat(read.get(2).key()).isEqualTo("a/" + "x".repeat(150) + "2");
    assertThat(read.get(2).members().keySet()).containsExactlyInAnyOrder("jpg", "cls");
    assertThat(read.get(1).members().get("jpg")).hasSize(700);
    assertThat(read.get(3).members().get("jpg")).hasSize(1_000);
    assertThat(read).extracting(TarSample::index).containsExactly(0L, 1L, 2L, 3L, 4L);
  }

  /** Wherever bytes are flipped or cut off, reading ends, throws nothing and invents nothing. */
  @Test
  void damageNeverEndsInAnythingButSamplesThatSayIt() throws IOException {
    Random random = new Random(7);
    byte[] plain = tar();
    byte[] compressed = compressed(plain);
    for (int i = 0; i < 4_000; i++) {
      byte[] file = (i % 2 == 0 ? plain : compressed).clone();
      int changes = 1 + random.nextInt(4);
      for (int change = 0; change < changes; change++) {
        file[random.nextInt(file.length)] = (byte) random.nextInt(256);
      }
      byte[] cut = i % 3 == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file;
      List<TarSample> read = read(cut);
      assertThat(read.size()).isLessThanOrEqualTo(2 * SAMPLES + 1);
      assertThat(read.stream().limit(Math.max(0, read.size() - 1)))
          .as("only the last may tell of damage")
          .noneMatch(
              sample -> sample.trouble().filter(t -> t.reason() == Reason.TRUNCATED).isPresent());
    }
  }

  @Test
  void aHeaderWithoutEndIsNotHeld() throws IOException {
    byte[] file = tar();
    String name = "././@LongLink";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TarArchiveOutputStream out = new TarArchiveOutputStream(bytes);
    TarArchiveEntry entry = new TarArchiveEntry(name, (byte) 'L');
    entry.setSize(50_000_000);
    out.putArchiveEntry(entry);
    out.write(new byte[50_000_000]);
    out.closeArchiveEntry();
    out.flush();
    bytes.write(file);
    List<TarSample> read = read(bytes.toByteArray());
    assertThat(read).hasSize(1);
    assertThat(read.get(0).trouble().orElseThrow().detail())
        .contains("the header of a member is longer than 1048576 bytes");
  }

  @Test
  void aStorageThatFailsIsNotTakenForDamage() throws IOException {
    byte[] file = tar();
    FilterInputStream failing =
        new FilterInputStream(new ByteArrayInputStream(file)) {
          private int left = 3_000;

          @Override
          public int read(byte[] into, int at, int count) throws IOException {
            if (left <= 0) {
              throw new IOException("the disk has gone");
            }
            int read = super.read(into, at, Math.min(count, left));
            left -= read;
            return read;
          }
        };
    assertThatThrownBy(
            () -> {
              try (TarSamples samples = new TarSamples(failing, extension -> 1_000)) {
                for (int i = 0; i < SAMPLES; i++) {
                  samples.next();
                }
              }
            })
        .hasMessage("the disk has gone");
  }

  @Test
  void otherCompressionsAreNamed() throws IOException {
    byte[] zstd = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 0};
    assertThat(read(zstd).get(0).trouble().orElseThrow().detail()).contains("compressed by zstd");
    byte[] bzip = "BZh91AY".getBytes(StandardCharsets.US_ASCII);
    assertThat(read(bzip).get(0).trouble().orElseThrow().detail()).contains("by bzip2");
    assertThat(ShardNames.expanded("a-{08..10}.{x,y}"))
        .containsExactly("a-08.x", "a-08.y", "a-09.x", "a-09.y", "a-10.x", "a-10.y");
  }
}
