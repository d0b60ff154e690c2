package org.sparkmto.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Split;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

/**
 * A finished data set of grey 12x12 images with a row, a column and a diagonal that are brighter,
 * and three tasks that ask which: four rows, two columns (yes or no), three diagonals.
 */
public final class StripesDataset {
  /** Names of the tasks, in order. */
  public static final List<String> TASKS = List.of("row", "column", "diagonal");

  static final int TRAIN = 240;
  static final int VALIDATION = 50;
  static final int MISSING = 255;

  /** Made once, as Hadoop looks for its files in every jar of the class path. */
  private static final Configuration HADOOP = new Configuration();

  private static final int SIDE = 12;
  private static final int GROUP = 40;
  private static final List<Integer> CLASSES = List.of(4, 2, 3);
  private static final Column IMAGE =
      new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(1, SIDE, SIDE));
  private static final Column LABELS =
      new Column("labels", Column.Role.TARGET, ElementType.UINT8, List.of(3));
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          "message row { required binary sample_id (STRING); required int64 rank;"
              + " required binary image; required binary labels; }");

  private StripesDataset() {}

  /** Writes the data set with all labels and returns its directory. */
  public static Path write(Path root) {
    return write(root, List.of(0.0, 0.0, 0.0));
  }

  /** Writes it with a share of the labels of each task missing. */
  public static Path write(Path root, List<Double> missing) {
    return write(root, (sample, task) -> isWithout(sample, task, missing));
  }

  /** Writes it with labels of one task alone on each image, the tasks taking turns. */
  public static Path writeOfOwnImages(Path root) {
    return write(root, (sample, task) -> sample % TASKS.size() != task);
  }

  /** Which labels are missing. */
  private interface Missing {
    boolean is(int sample, int task);
  }

  private static Path write(Path root, Missing missing) {
    try {
      Map<String, Split> splits =
          Map.of(
              "train", split(root, "train", List.of(120, 120), 0, missing),
              "val", split(root, "val", List.of(VALIDATION), 100_000, missing));
      List<Task> tasks = new ArrayList<>();
      for (int task = 0; task < TASKS.size(); task++) {
        tasks.add(
            new Task(
                TASKS.get(task),
                CLASSES.get(task) == 2 ? TaskKind.BINARY : TaskKind.CLASSIFICATION,
                List.of(IMAGE.name()),
                LABELS.name(),
                task,
                CLASSES.get(task),
                MISSING));
      }
      DatasetManifest manifest =
          new DatasetManifest(
              "stripes",
              "test",
              1,
              List.of(IMAGE, LABELS),
              tasks,
              splits,
              Map.of("image", new ChannelStatistics(List.of(100.0), List.of(60.0))),
              Map.of(),
              Map.of(),
              new SourceCounts(TRAIN + VALIDATION, TRAIN + VALIDATION, Map.of()),
              Map.of(),
              List.of());
      Files.writeString(root.resolve(DatasetManifest.FILE_NAME), manifest.toJson());
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static DatasetDirectory open(Path root) {
    return DatasetDirectory.open(root.toString(), HADOOP);
  }

  /** Flips some bytes in the middle of a shard, so that its length stays what it was. */
  public static void damage(Path root) {
    Path shard = root.resolve("split=train/part-00001.parquet");
    try {
      byte[] bytes = Files.readAllBytes(shard);
      for (int i = bytes.length / 2; i < bytes.length / 2 + 64; i++) {
        bytes[i] ^= 0x55;
      }
      Files.write(shard, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Split split(
      Path root, String name, List<Integer> files, int first, Missing missing) throws IOException {
    List<ShardFile> shards = new ArrayList<>();
    int sample = first;
    for (int rows : files) {
      String place = "split=%s/part-%05d.parquet".formatted(name, shards.size());
      Path path = root.resolve(place);
      Files.createDirectories(path.getParent());
      List<Integer> groups = new ArrayList<>();
      for (int left = rows; left > 0; left -= GROUP) {
        groups.add(Math.min(GROUP, left));
      }
      try (ParquetWriter<Group> writer =
          ExampleParquetWriter.builder(new LocalOutputFile(path))
              .withConf(HADOOP)
              .withType(SCHEMA)
              .withCompressionCodec(CompressionCodecName.ZSTD)
              .withDictionaryEncoding(false)
              .withRowGroupRowCountLimit(GROUP)
              .build()) {
        for (int i = 0; i < rows; i++, sample++) {
          SimpleGroup row = new SimpleGroup(SCHEMA);
          row.add("sample_id", "sample-" + sample);
          row.add("rank", (long) sample);
          row.add("image", Binary.fromConstantByteArray(image(sample)));
          row.add("labels", Binary.fromConstantByteArray(labels(sample, missing)));
          writer.write(row);
        }
      }
      shards.add(new ShardFile(place, Files.size(path), sha256(path), groups));
    }
    return new Split(name, shards, "00");
  }

  private static String sha256(Path file) throws IOException {
    return ContentDigest.hex(ContentDigest.sha256().digest(Files.readAllBytes(file)));
  }

  private static int stripe(int sample, int task) {
    return Draws.of(3).of(TASKS.get(task)).below(CLASSES.get(task), sample);
  }

  private static byte[] image(int sample) {
    byte[] pixels = new byte[SIDE * SIDE];
    Draws noise = Draws.of(4).of("pixels").at(sample);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int value = noise.below(120, y * SIDE + x);
        value += y / 3 == stripe(sample, 0) ? 60 : 0;
        value += x / 6 == stripe(sample, 1) ? 40 : 0;
        value += (x + y) % 3 == stripe(sample, 2) ? 30 : 0;
        pixels[y * SIDE + x] = (byte) value;
      }
    }
    return pixels;
  }

  private static boolean isWithout(int sample, int task, List<Double> missing) {
    return Draws.of(5).of(TASKS.get(task)).uniform(sample) < missing.get(task);
  }

  private static byte[] labels(int sample, Missing missing) {
    byte[] labels = new byte[TASKS.size()];
    for (int task = 0; task < labels.length; task++) {
      labels[task] = (byte) (missing.is(sample, task) ? MISSING : stripe(sample, task));
    }
    return labels;
  }
}
