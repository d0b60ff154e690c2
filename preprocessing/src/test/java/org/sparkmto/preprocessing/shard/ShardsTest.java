package org.sparkmto.preprocessing.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.parquet.ParquetGroups;
import org.sparkmto.storage.HadoopDefaults;

/** The writing of shards alone, with samples made of numbers. */
class ShardsTest {
  private static final AtomicInteger FAILURES = new AtomicInteger();
  private static final AtomicInteger READS = new AtomicInteger();

  @TempDir private Path directory;
  private int runs;
  private List<RefusedSample> refused;

  @Test
  void aTaskThatIsTriedAgainLeavesNoRowTwice() throws IOException {
    FAILURES.set(1);
    SampleReader.Opener opener =
        files ->
            sample -> {
              if (sample.index() == 50 && FAILURES.getAndDecrement() > 0) {
                throw new IOException("the storage is away for a moment");
              }
              return content(sample);
            };
    Shards.Written written = write(contents(100, opener), 3);
    assertThat(FAILURES.get()).isNotPositive();
    assertThat(written.splits().get("train").rows()).isEqualTo(100);
    assertThat(refused).isEmpty();
    FAILURES.set(0);
    Shards.Written calm = write(contents(100, opener), 3);
    assertThat(written.splits().get("train").digest())
        .isEqualTo(calm.splits().get("train").digest());
  }

  @Test
  void unreadableSamplesAreLeftOutEvenIfTheyFillAShard() throws IOException {
    SampleReader.Opener opener =
        files ->
            sample -> {
              if (sample.index() % 3 == 0) {
                throw new UnreadableSampleException(Reason.DAMAGED, "index " + sample.index());
              }
              return content(sample);
            };
    Shards.Written written = write(contents(30, opener), 30);
    assertThat(written.splits().get("train").files()).hasSize(20);
    assertThat(written.splits().get("train").rows()).isEqualTo(20);
    assertThat(refused)
        .hasSize(10)
        .contains(new RefusedSample("s3", "nowhere", Reason.DAMAGED, "index 3"));
    Shards.Written together = write(contents(30, opener), 2);
    assertThat(together.splits().get("train").digest())
        .isEqualTo(written.splits().get("train").digest());
    assertThat(together.totals().statistics()).isEqualTo(written.totals().statistics());
  }

  @Test
  void aSampleThatCanBeReadAfterAllIsNotLost() {
    READS.set(0);
    SampleReader.Opener opener =
        files ->
            sample -> {
              if (sample.index() == 7 && READS.getAndIncrement() == 0) {
                throw new UnreadableSampleException(Reason.NO_IMAGE, "not yet there");
              }
              return content(sample);
            };
    assertThatThrownBy(() -> write(contents(20, opener), 2))
        .rootCause()
        .hasMessageContaining("sample s7 is in no shard and yet can be decoded");
  }

  @Test
  void statisticsAndHistogramsAreExact() throws IOException {
    Shards.Written written = write(contents(200, files -> ShardsTest::content), 3);
    // Channel 0 holds i % 256 and channel 1 holds 255, for i = 0..199.
    ChannelStatistics statistics = written.totals().statistics().get("image");
    assertThat(statistics.mean()).containsExactly(99.5, 255.0);
    assertThat(statistics.deviation().get(0))
        .isCloseTo(Math.sqrt((200.0 * 200 - 1) / 12), within(1e-12));
    assertThat(statistics.deviation().get(1)).isZero();
    assertThat(written.totals().histograms())
        .containsEntry("odd", new LabelHistogram(List.of(100L, 100L), 0))
        .containsEntry("third", new LabelHistogram(List.of(0L, 133L), 67));
  }

  @Test
  void labelsOutsideTheClassesGoToQuarantine() throws IOException {
    SampleReader.Opener opener =
        files ->
            sample ->
                sample.index() == 3 ? List.of(new byte[4], new byte[] {2, 0}) : content(sample);
    Shards.Written written = write(contents(5, opener), 1);
    assertThat(written.splits().get("train").rows()).isEqualTo(4);
    assertThat(refused)
        .containsExactly(
            new RefusedSample(
                "s3",
                "nowhere",
                Reason.BAD_LABEL,
                "task 'odd': label 2 at element 0 is neither one of the 2 classes nor 255"));
  }

  @Test
  void aReaderThatMakesColumnsOfAnotherLengthStopsTheRun() {
    SampleReader.Opener opener = files -> sample -> List.of(new byte[5], new byte[2]);
    assertThatThrownBy(() -> write(contents(5, opener), 1))
        .rootCause()
        .hasMessageContaining("was decoded to 5 bytes of column");
  }

  /** As Spark's own writer leaves them, with checksums; a column may have any name. */
  @Test
  void filesAreWhatSparkReads() throws IOException {
    RawContents contents = contents(20, "an image, any", files -> ShardsTest::content);
    OutputDirectory output = output();
    Shards shards = shards(contents, output);
    String file;
    try {
      file = shards.write(1, OptionalInt.of(1)).splits().get("train").files().get(0).path();
    } finally {
      shards.close();
    }
    Dataset<Row> rows = LocalSpark.session().read().parquet(output.path(file).toString());
    assertThat(rows.schema().toDDL())
        .isEqualTo("sample_id STRING,rank BIGINT,`an image, any` BINARY,labels BINARY");
    List<Row> read = rows.collectAsList();
    assertThat(read).hasSize(20);
    for (Row row : read) {
      byte number = Byte.parseByte(row.getString(0).substring(1));
      assertThat(row.<byte[]>getAs(2)).containsExactly(number, number, -1, -1);
      assertThat(row.<byte[]>getAs(3)[0]).isEqualTo((byte) (number % 2));
    }
    try (ParquetFileReader reader = ParquetGroups.open(output.path(file), HadoopDefaults.copy())) {
      for (ColumnChunkMetaData chunk : reader.getFooter().getBlocks().get(0).getColumns()) {
        assertThat(chunk.getCodec()).isEqualTo(CompressionCodecName.ZSTD);
        boolean isBytes =
            chunk.getPrimitiveType().getLogicalTypeAnnotation() == null
                && chunk.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
        assertThat(chunk.getStatistics().hasNonNullValue()).isNotEqualTo(isBytes);
      }
      PageReadStore group = reader.readNextRowGroup();
      for (ColumnDescriptor column : reader.getFileMetaData().getSchema().getColumns()) {
        assertThat(((DataPageV1) group.getPageReader(column).readPage()).getCrc()).isPresent();
      }
    }
  }

  /** More than one file of the table; some reasons are known, others executors find. */
  @Test
  void theTableOfWhatIsSetAsideIsInOrderWhereverItsReasonsAreFound() throws IOException {
    SampleReader.Opener opener =
        files ->
            sample -> {
              throw new UnreadableSampleException(Reason.TRUNCATED, "index " + sample.index());
            };
    RawContents contents = contents(3_000, opener);
    List<RefusedSample> known = new ArrayList<>();
    for (int i = 0; i < 3_000; i += 2) {
      known.add(new RefusedSample("s" + i + "-known", "list", Reason.BAD_ROW, "row " + i));
    }
    OutputDirectory output = output();
    Shards shards = shards(contents, output);
    QuarantineTable.Summary summary;
    try {
      summary = shards.quarantine(known, contents.samples());
    } finally {
      shards.close();
    }
    assertThat(summary.reasons()).isEqualTo(Map.of("truncated", 3_000L, "bad-row", 1_500L));
    assertThat(summary.examples())
        .extracting(QuarantineTable.Entry::id)
        .containsExactly("s0", "s0-known", "s1");
    List<String> ids = new ArrayList<>();
    QuarantineTable.read(
        output.path(QuarantineTable.DIRECTORY),
        HadoopDefaults.copy(),
        entry -> {
          ids.add(entry.id());
          String number = entry.id().replaceAll("\\D", "");
          assertThat(entry.detail()).endsWith(" " + number);
        });
    assertThat(ids).hasSize(4_500).isSorted().doesNotHaveDuplicates();
  }

  private static List<byte[]> content(RawSample sample) {
    byte value = (byte) sample.index();
    byte third = (byte) (sample.index() % 3 == 0 ? 255 : 1);
    return List.of(
        new byte[] {value, value, -1, -1}, new byte[] {(byte) (sample.index() % 2), third});
  }

  private static RawContents contents(int count, SampleReader.Opener opener) {
    return contents(count, "image", opener);
  }

  private static RawContents contents(int count, String image, SampleReader.Opener opener) {
    List<RawSample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(new RawSample("s" + i, "train", "nowhere", i, new byte[0]));
    }
    return new RawContents(
        List.of(
            new Column(image, Column.Role.INPUT, ElementType.UINT8, List.of(2, 1, 2)),
            new Column("labels", Column.Role.TARGET, ElementType.UINT8, List.of(2))),
        List.of(
            new Task("odd", TaskKind.BINARY, List.of(image), "labels", 0, 2, 255),
            new Task("third", TaskKind.BINARY, List.of(image), "labels", 1, 2, 255)),
        samples,
        List.of(),
        opener);
  }

  private Shards.Written write(RawContents contents, int files) throws IOException {
    Shards shards = shards(contents, output());
    try {
      Shards.Written written = shards.write(1, OptionalInt.of(files));
      refused = shards.refused(written.leftOut());
      return written;
    } finally {
      shards.close();
    }
  }

  private static Shards shards(RawContents contents, OutputDirectory output) {
    return new Shards(
        LocalSpark.session(),
        contents,
        RawRoot.alone(output.root()),
        output,
        "",
        OptionalInt.of(512));
  }

  private OutputDirectory output() throws IOException {
    OutputDirectory output =
        OutputDirectory.examine(
            directory.resolve("out" + runs++).toString(),
            HadoopDefaults.copy(),
            new OutputDirectory.Form("test", "_seal", text -> true, entry -> true),
            true);
    output.begin();
    return output;
  }
}
