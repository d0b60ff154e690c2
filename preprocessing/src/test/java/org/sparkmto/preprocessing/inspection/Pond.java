package org.sparkmto.preprocessing.inspection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Split;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.shard.Shards;
import org.sparkmto.storage.HadoopDefaults;

/** A small data set with a task of every kind: a ball over water, at a place that varies. */
public final class Pond {
  static final int HEIGHT = 24;
  static final int WIDTH = 32;
  static final int RADIUS = 8;

  public static final List<Column> COLUMNS =
      List.of(
          new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, HEIGHT, WIDTH)),
          new Column("parts", Column.Role.TARGET, ElementType.UINT8, List.of(HEIGHT, WIDTH)),
          new Column("street", Column.Role.TARGET, ElementType.UINT8, List.of(HEIGHT, WIDTH)),
          new Column("ball", Column.Role.TARGET, ElementType.UINT8, List.of(HEIGHT, WIDTH)),
          new Column("depth", Column.Role.TARGET, ElementType.FLOAT32, List.of(HEIGHT, WIDTH))
              .measured(1, 0, "m"),
          new Column("normals", Column.Role.TARGET, ElementType.INT16, List.of(3, HEIGHT, WIDTH))
              .measured(1 / 32767.0, 0, ""),
          new Column("centre", Column.Role.TARGET, ElementType.FLOAT32, List.of(2, HEIGHT, WIDTH))
              .measured(1, 0, "px"),
          new Column(
                  "disparity",
                  Column.Role.TARGET,
                  ElementType.UINT16,
                  List.of(HEIGHT / 4, WIDTH / 4))
              .measured(1 / 256.0, -1 / 256.0, "px"),
          new Column("labels", Column.Role.TARGET, ElementType.UINT8, List.of(3)),
          new Column("animals", Column.Role.TARGET, ElementType.UINT8, List.of(3)),
          new Column("pose", Column.Role.TARGET, ElementType.FLOAT32, List.of(2))
              .measured(1, 0, "px"),
          new Column("group", Column.Role.GROUP, ElementType.UINT8, List.of(1)));

  private static final List<String> IMAGE = List.of("image");

  static final List<Task> TASKS =
      List.of(
          Task.of("parts", TaskKind.SEGMENTATION, IMAGE, "parts", 4)
              .named(List.of("water", "shore", "ball", "boat")),
          Task.of("street", TaskKind.SEGMENTATION, IMAGE, "street", 7)
              .named(
                  List.of("flat", "construction", "object", "nature", "sky", "human", "vehicle")),
          Task.of("ball", TaskKind.MASK, IMAGE, "ball", 2),
          Task.of("depth", TaskKind.DEPTH, IMAGE, "depth", 1).withLoss("l1"),
          Task.of("normals", TaskKind.NORMALS, IMAGE, "normals", 3),
          Task.of("centre", TaskKind.VECTORS, IMAGE, "centre", 2),
          Task.of("disparity", TaskKind.DEPTH, IMAGE, "disparity", 1),
          new Task("windy", TaskKind.BINARY, IMAGE, "labels", 0, 2, 255),
          new Task("deep", TaskKind.BINARY, IMAGE, "labels", 1, 2, 255),
          new Task("hour", TaskKind.CLASSIFICATION, IMAGE, "labels", 2, 3, 255)
              .named(List.of("morning", "noon", "night")),
          Task.of("animals", TaskKind.MULTI_LABEL, IMAGE, "animals", 3)
              .named(List.of("frog", "duck", "newt")),
          Task.of("pose", TaskKind.REGRESSION, IMAGE, "pose", 2).named(List.of("row", "column")));

  private Pond() {}

  static int row(long index) {
    return 8 + (int) (index % 7);
  }

  static int column(long index) {
    return 9 + (int) (index % 13);
  }

  /** The bytes of all columns of a sample. */
  static List<byte[]> content(long index) {
    int area = HEIGHT * WIDTH;
    byte[] image = new byte[3 * area];
    byte[] parts = new byte[area];
    byte[] street = new byte[area];
    byte[] ball = new byte[area];
    ByteBuffer depth = ByteBuffer.allocate(4 * area).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer normals = ByteBuffer.allocate(6 * area).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer centre = ByteBuffer.allocate(8 * area).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < area; i++) {
      int y = i / WIDTH;
      int x = i % WIDTH;
      double dy = y - row(index);
      double dx = x - column(index);
      double square = dy * dy + dx * dx;
      boolean inside = square < RADIUS * RADIUS;
      boolean unseen = y < 2;
      image[i] = (byte) (inside ? 220 : 40);
      image[area + i] = (byte) (inside ? 8 * x : 90);
      image[2 * area + i] = (byte) (inside ? 30 : 150 + 4 * y);
      parts[i] = (byte) (unseen ? 255 : inside ? 2 : y > 20 ? 1 : 0);
      street[i] = (byte) (unseen ? 255 : x / 5 % 7);
      ball[i] = (byte) (unseen ? 255 : inside ? 1 : 0);
      double height = inside ? Math.sqrt(RADIUS * RADIUS - square) : 0;
      depth.putFloat(unseen ? Float.NaN : (float) (10 - height));
      double[] normal = inside ? new double[] {dx, dy, -height} : new double[] {0, 0, -1};
      double length = inside ? RADIUS : 1;
      for (int c = 0; c < 3; c++) {
        normals.putShort(
            2 * (c * area + i),
            unseen ? Short.MIN_VALUE : (short) Math.round(normal[c] / length * 32767));
      }
      centre.putFloat(4 * i, inside && !unseen ? (float) -dy : Float.NaN);
      centre.putFloat(4 * (area + i), inside && !unseen ? (float) -dx : Float.NaN);
    }
    ByteBuffer disparity = ByteBuffer.allocate(area / 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < area / 16; i++) {
      disparity.putShort((short) (i % 5 == 0 ? 0 : 1 + i * 256));
    }
    ByteBuffer pose = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    pose.putFloat(row(index)).putFloat(index % 4 == 0 ? Float.NaN : column(index));
    return List.of(
        image,
        parts,
        street,
        ball,
        depth.array(),
        normals.array(),
        centre.array(),
        disparity.array(),
        new byte[] {(byte) (index % 2), (byte) (index % 5 == 0 ? 255 : 1), (byte) (index % 3)},
        new byte[] {1, (byte) (index % 2), (byte) (index % 3 == 0 ? 255 : 0)},
        pose.array(),
        new byte[] {(byte) (index % 4)});
  }

  /** Samples p0, p1, ...; every sixth is of the split val; p5 cannot be read. */
  static RawContents contents(int count) {
    List<RawSample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(new RawSample("p" + i, i % 6 == 1 ? "val" : "train", "pond", i, new byte[0]));
    }
    SampleReader.Opener opener =
        files ->
            sample -> {
              if (sample.index() == 5) {
                throw new UnreadableSampleException(Reason.TRUNCATED, "the pond is \u001b[31mdry");
              }
              return content(sample.index());
            };
    return new RawContents(COLUMNS, TASKS, samples, List.of(), opener);
  }

  /** Writes a finished data set. */
  public static DatasetManifest write(java.nio.file.Path directory, int count, int files)
      throws IOException {
    OutputDirectory output =
        OutputDirectory.examine(
            directory.toString(),
            HadoopDefaults.copy(),
            new OutputDirectory.Form("test", "_dataset.json", text -> true, entry -> false),
            true);
    output.begin();
    SparkSession spark = LocalSpark.session();
    RawContents contents = contents(count);
    Shards shards =
        new Shards(spark, contents, RawRoot.alone(output.root()), output, "", OptionalInt.of(4));
    Shards.Written written;
    Map<String, Long> reasons;
    try {
      written = shards.write(1, OptionalInt.of(files));
      reasons = shards.quarantine(List.of(), written.leftOut()).reasons();
    } finally {
      shards.close();
    }
    DatasetManifest manifest =
        new DatasetManifest(
            "pond",
            "test",
            1,
            COLUMNS,
            TASKS,
            written.splits(),
            written.totals().statistics(),
            written.totals().histograms(),
            written.totals().ranges(),
            new SourceCounts(
                count, written.splits().values().stream().mapToLong(Split::rows).sum(), reasons),
            Map.of("raw", "pond", "option.size", "24x32"),
            List.of());
    output.seal(manifest.toJson());
    return manifest;
  }
}
