package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.SoundShards;

class RowGroupsTest {
  private static final List<List<Integer>> FILES = List.of(List.of(4, 4, 4), List.of(4, 4, 2));

  @TempDir Path root;

  @Test
  void theCacheStaysWithinItsBoundAndServesItsShare() {
    SplitSource source = ShardFixture.write(root, FILES, "image", "label");
    long group = 4L * 28;
    RowGroups rowGroups = new RowGroups(source, 2 * group + 1);
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      int asked = random.nextInt(5);
      assertThat(rowGroups.read(asked).rows()).isEqualTo(4);
      assertThat(rowGroups.heldBytes()).isBetween(group, 2 * group + 1);
    }
    assertThat(rowGroups.heldBytes()).isEqualTo(2 * group);
    long before = rowGroups.decoded();
    for (int asked = 0; asked < 5; asked++) {
      rowGroups.read(asked);
    }
    assertThat(rowGroups.decoded() - before).isEqualTo(3);
  }

  /**
   * As where several row groups of a file are read ahead: nothing of a reader is another's. Its
   * decompressor is, with gzip, an object that threads must not share.
   */
  @Test
  void rowGroupsOfAFileAreReadByManyThreadsAtTheSameTime() throws Exception {
    SplitSource source =
        ShardFixture.write(
            root,
            List.of(List.of(4, 4, 4, 4)),
            (sample, row) -> {},
            CompressionCodecName.GZIP,
            "image");
    Shard shard = Shard.open(source, source.layout().place(0).file());
    List<Callable<Integer>> reading = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      int group = thread % 4;
      reading.add(
          () -> {
            byte[] image = new byte[ShardFixture.IMAGE.bytes()];
            int same = 0;
            for (int i = 0; i < 100; i++) {
              shard.read(group).copy(0, 3, image, 0);
              same += Arrays.equals(image, ShardFixture.image(4L * group + 3)) ? 1 : 0;
            }
            return same;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(reading.size());
    try {
      for (Future<Integer> read : threads.invokeAll(reading)) {
        assertThat(read.get()).isEqualTo(100);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aSplitThatFitsIsDecodedOnce() {
    SplitSource source = ShardFixture.write(root, FILES, "image");
    RowGroups rowGroups = new RowGroups(source, 22 * 24);
    for (int round = 0; round < 3; round++) {
      for (int group = 0; group < 6; group++) {
        rowGroups.read(group);
        assertThat(rowGroups.holds(group)).isTrue();
      }
    }
    assertThat(rowGroups.decoded()).isEqualTo(6);
  }

  @Test
  void aValueOfTheWrongLengthIsNamed() {
    SplitSource source =
        ShardFixture.write(
            root,
            FILES,
            (sample, row) -> {
              if (sample == 18) {
                row.add("image", Binary.fromConstantByteArray(new byte[23]));
              }
            },
            "label",
            "image");
    RowGroups rowGroups = new RowGroups(source, 0);
    rowGroups.read(3);
    assertThatThrownBy(() -> rowGroups.read(4))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining(
            "part-00001.parquet, row group 1, row 2: column 'image' has 23 bytes instead of 24"
                + " (uint8 [3, 2, 4]); preprocess again");
  }

  @Test
  void aMissingShardIsNamed() throws IOException {
    SplitSource source = ShardFixture.write(root, FILES, "image");
    source.check();
    Files.delete(root.resolve("split=train/part-00001.parquet"));
    assertThatThrownBy(source::check)
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("part-00001.parquet is missing, but the manifest lists it");
  }

  @Test
  void aShardOfAnotherLengthIsNamed() throws IOException {
    SplitSource source = ShardFixture.write(root, FILES, "image");
    Path path = root.resolve("split=train/part-00000.parquet");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(file.length() - 10);
    }
    assertThatThrownBy(() -> new RowGroups(source, 0).read(0))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("it was changed or cut off");
  }

  /** Every byte of the data is covered by a page's checksum or its header. */
  @Test
  void damageInAPageIsNoticedAlsoAfterTheFileWasFoundSound() throws IOException {
    SplitSource source = ShardFixture.write(root, FILES, "image");
    source.hadoop().setBoolean(SoundShards.VERIFY, false);
    Path path = root.resolve("split=train/part-00000.parquet");
    ColumnChunkMetaData image;
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(path))) {
      image = reader.getFooter().getBlocks().get(1).getColumns().get(1);
      assertThat(image.getPath().toDotString()).isEqualTo("image");
    }
    byte[] intact = Files.readAllBytes(path);
    int last = (int) (image.getStartingPos() + image.getTotalSize() - 1);
    // The tail of the chunk is page data: flip bits in each of its last 16 bytes.
    for (int at = last - 15; at <= last; at++) {
      byte[] damaged = intact.clone();
      damaged[at] ^= 0x10;
      Files.write(path, damaged);
      RowGroups rowGroups = new RowGroups(source, 0);
      rowGroups.read(0);
      assertThatThrownBy(() -> rowGroups.read(1))
          .isInstanceOf(DataContractException.class)
          .hasMessageContaining("part-00000.parquet, row group 1 is damaged")
          .hasMessageContaining("CRC");
    }
  }

  /** In a footer, too, where damage can look like storage that does not answer. */
  @Test
  void anyChangeOfAFileOfTheSameLengthIsDamageAndNotAFailureOfTheStorage() throws IOException {
    SplitSource source = ShardFixture.write(root, FILES, "image");
    Path path = root.resolve("split=train/part-00000.parquet");
    byte[] intact = Files.readAllBytes(path);
    for (int at = 1; at < intact.length; at += 13) {
      byte[] damaged = intact.clone();
      damaged[at] ^= 0x04;
      Files.write(path, damaged);
      assertThatThrownBy(() -> new RowGroups(source, 0).read(1))
          .isInstanceOf(DataContractException.class)
          .hasMessageContaining("part-00000.parquet is damaged or another");
    }
    Files.write(path, intact);
    assertThat(new RowGroups(source, 0).read(1)).isNotNull();
  }

  @Test
  void whatIsNoParquetIsNamed() throws IOException {
    SplitSource source = ShardFixture.write(root, FILES, "image");
    source.hadoop().setBoolean(SoundShards.VERIFY, false);
    Path path = root.resolve("split=train/part-00000.parquet");
    Files.write(path, new byte[(int) Files.size(path)]);
    assertThatThrownBy(() -> new RowGroups(source, 0).read(0))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("part-00000.parquet is damaged")
        .hasMessageContaining("not a Parquet file");
  }

  @Test
  void otherRowGroupsThanTheManifestsAreNamed() throws IOException {
    SplitSource written = ShardFixture.write(root, List.of(List.of(4, 4, 4)), "image");
    ShardFile file = written.manifest().split("train").files().get(0);
    ShardFile other = new ShardFile(file.path(), file.bytes(), file.sha256(), List.of(4, 8));
    SplitSource source =
        new SplitSource(
            ShardFixture.manifest(List.of(other)),
            written.root(),
            written.hadoop(),
            "train",
            List.of("image"));
    assertThatThrownBy(() -> new RowGroups(source, 0).read(0))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("has row groups of [4, 4, 4] rows, but the manifest says [4, 8]");
  }
}
