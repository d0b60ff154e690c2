package org.sparkmto.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.sparkmto.data.Column;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Split;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/**
 * A data set of numbered samples in real Parquet files: every value can be recomputed from the
 * sample's number.
 */
final class ShardFixture {
  static final Column IMAGE =
      new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 2, 4));
  static final Column LABEL = new Column("label", Column.Role.TARGET, ElementType.INT32, List.of());
  static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          "message row { required binary sample_id (STRING); optional binary image; optional binary"
              + " label; optional int64 rank; }");

  /** Read once: Hadoop looks for its files in every jar of the class path. */
  private static final Configuration HADOOP = new Configuration();

  /** A change to a row before it is written, to make a bad one. */
  interface Change {
    void apply(long sample, SimpleGroup row);
  }

  private ShardFixture() {}

  /** Writes one file per list of row group sizes. */
  static SplitSource write(Path root, List<List<Integer>> files, String... columns) {
    return write(root, files, (sample, row) -> {}, columns);
  }

  static SplitSource write(Path root, List<List<Integer>> files, Change change, String... columns) {
    return write(root, files, change, CompressionCodecName.ZSTD, columns);
  }

  static SplitSource write(
      Path root,
      List<List<Integer>> files,
      Change change,
      CompressionCodecName codec,
      String... columns) {
    List<ShardFile> shards = new ArrayList<>();
    long sample = 0;
    try {
      for (List<Integer> groups : files) {
        String name = "split=train/part-%05d.parquet".formatted(shards.size());
        Path path = root.resolve(name);
        Files.createDirectories(path.getParent());
        sample = writeFile(path, groups, sample, change, codec);
        shards.add(new ShardFile(name, Files.size(path), sha256(path), groups));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    DatasetManifest manifest = manifest(shards);
    return new SplitSource(
        manifest,
        new org.apache.hadoop.fs.Path(root.toUri()),
        new Configuration(HADOOP),
        "train",
        List.of(columns));
  }

  private static String sha256(Path file) throws IOException {
    return ContentDigest.hex(ContentDigest.sha256().digest(Files.readAllBytes(file)));
  }

  static DatasetManifest manifest(List<ShardFile> shards) {
    Split split = new Split("train", shards, "00");
    return new DatasetManifest(
        "numbered",
        "test",
        1,
        List.of(IMAGE, LABEL),
        List.of(new Task("digit", TaskKind.CLASSIFICATION, List.of("image"), "label", -1, 10, -1)),
        Map.of("train", split),
        Map.of(),
        Map.of(),
        Map.of(),
        new SourceCounts(split.rows(), split.rows(), Map.of()),
        Map.of(),
        List.of());
  }

  /** The image of a sample: its number, then bytes that depend on it. */
  static byte[] image(long sample) {
    byte[] bytes = new byte[IMAGE.bytes()];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(sample);
    for (int i = 8; i < bytes.length; i++) {
      bytes[i] = (byte) (sample * 31 + i);
    }
    return bytes;
  }

  static byte[] label(long sample) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) sample * 7).array();
  }

  private static long writeFile(
      Path path, List<Integer> groups, long first, Change change, CompressionCodecName codec)
      throws IOException {
    // The writer cuts at a fixed number of rows, so groups must be equal but for the last.
    int limit = groups.get(0);
    long sample = first;
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(path))
            .withConf(HADOOP)
            .withType(SCHEMA)
            .withCompressionCodec(codec)
            .withDictionaryEncoding(false)
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .withRowGroupRowCountLimit(limit)
            .build()) {
      int rows = groups.stream().mapToInt(Integer::intValue).sum();
      for (int i = 0; i < rows; i++) {
        SimpleGroup row = new SimpleGroup(SCHEMA);
        row.add("sample_id", "sample-" + sample);
        row.add("rank", sample);
        change.apply(sample, row);
        if (row.getFieldRepetitionCount("image") == 0) {
          row.add("image", Binary.fromConstantByteArray(image(sample)));
        }
        if (row.getFieldRepetitionCount("label") == 0) {
          row.add("label", Binary.fromConstantByteArray(label(sample)));
        }
        writer.write(row);
        sample++;
      }
    }
    return sample;
  }
}
