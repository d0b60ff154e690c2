package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Batch;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.network.Replica;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.inspection.SampleRow;
import org.sparkmto.preprocessing.inspection.SampleRows;
import org.sparkmto.preprocessing.inspection.ShownSamples;
import org.sparkmto.training.StripesDataset;
import org.sparkmto.training.TrainedModel;

/** Trained networks answer for shards and for folders of images, through the real sub-command. */
class PredictCommandIT {
  private static final int HEIGHT = 24;
  private static final int WIDTH = 32;
  private static final int AREA = HEIGHT * WIDTH;
  private static final int TEST = 12;

  /** Convolutions over one and over many samples may round their sums differently. */
  private static final float ROUNDING = 1e-4f;

  @TempDir static Path folder;

  private static String shards;
  private static String run;
  private static List<SampleRow> samples;

  @BeforeAll
  static void trainOnRooms() throws IOException {
    String raw = folder.resolve("raw").toString();
    shards = folder.resolve("shards").toString();
    run = folder.resolve("run").toString();
    String size = HEIGHT + "x" + WIDTH;
    mto(
        "samples", "rooms", "--out", raw, "--train", "30", "--val", "0", "--test", "" + TEST,
        "--size", size);
    mto("preprocess", "nyuv2", "--raw", raw, "--out", shards, "--image-size", size);
    train(shards, run, "small-unet", "network.width=4");
    DatasetDirectory dataset = DatasetDirectory.open(shards, new Configuration());
    samples =
        new SampleRows(dataset, new Configuration()).read(new ShownSamples.First("test", TEST));
    assertThat(samples).hasSize(TEST);
  }

  @Test
  void theTableHoldsWhatTheNetworkSaysWhateverThePartitions() throws IOException {
    String one = folder.resolve("one").toString();
    String four = folder.resolve("four").toString();
    mto("predict", run, "--out", one, "--partitions", "1", "--pictures", "2", "--maps");
    mto("predict", run, "--out", four, "--partitions", "4", "--pictures", "0");
    Map<String, List<byte[]>> table = maps(one);
    assertThat(maps(four)).usingRecursiveComparison().isEqualTo(table);
    assertThat(table).hasSize(TEST);
    Map<String, byte[]> images = new TreeMap<>();
    samples.forEach(sample -> images.put(sample.id(), sample.content().get(0)));
    compare(table, images);

    JsonNode seal = new ObjectMapper().readTree(Path.of(one, "_predictions.json").toFile());
    assertThat(seal.at("/samples/predicted").asInt()).isEqualTo(TEST);
    assertThat(seal.at("/model/step").asInt()).isEqualTo(10);
    assertThat(seal.at("/columns/1/name").asText()).isEqualTo("depth");
    assertThat(seal.at("/columns/1/type").asText()).isEqualTo("float32");
    assertThat(seal.at("/columns/1/unit").asText()).isEqualTo("m");
    assertThat(seal.at("/columns/2/shape").toString()).isEqualTo("[3,24,32]");
    assertThat(seal.at("/columns/0/files/directory").asText()).isEqualTo("maps/segmentation");
    double step = seal.at("/columns/1/files/step").asDouble();
    for (Map.Entry<String, List<byte[]>> row : table.entrySet()) {
      compareFiles(Path.of(one, "maps"), row.getKey() + ".png", row.getValue(), step);
    }
    assertThat(Path.of(four, "maps")).doesNotExist();
    Path picture = Path.of(one, "pictures", samples.get(0).id() + ".png");
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isGreaterThan(4 * 8 * WIDTH);
    assertThat(Path.of(one, "pictures.png")).isNotEmptyFile();
    assertThat(Path.of(four, "pictures")).doesNotExist();
  }

  @Test
  void aFolderOfImagesIsReadAndABrokenOneIsSetAside() throws IOException {
    Path images = Files.createDirectories(folder.resolve("images/inner"));
    Map<String, byte[]> expected = new TreeMap<>();
    for (int i = 0; i < 4; i++) {
      byte[] content = samples.get(i).content().get(0);
      String name = (i < 2 ? "inner/" : "") + "room " + i + ".png";
      Files.write(
          images.getParent().resolve(name), Png.encode(new Image(3, HEIGHT, WIDTH, content)));
      expected.put(name, content);
    }
    Image large = new Image(3, HEIGHT, WIDTH, samples.get(4).content().get(0)).resized(48, 64);
    byte[] jpeg = Jpeg.encode(large, 0.9f);
    Files.write(images.resolve("large.JPG"), jpeg);
    try {
      expected.put("inner/large.JPG", Jpeg.decode(jpeg).resized(HEIGHT, WIDTH).samples());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    Files.write(images.resolve("cut.png"), Arrays.copyOf(Png.encode(large), 300));
    Files.writeString(images.resolve("notes.txt"), "no image");
    String source = images.getParent().toString();
    String out = folder.resolve("of-images").toString();

    String[] command = {"predict", run, "--images", source, "--out", out};
    StringWriter err = new StringWriter();
    assertThat(run(err, command)).isEqualTo(1);
    assertThat(err.toString()).contains("1 of 6 images are bad (16.67 %)", "truncated");
    assertThat(Path.of(out, "_predictions.json")).doesNotExist();

    List<String> allowing = new ArrayList<>(List.of(command));
    allowing.addAll(List.of("--max-bad", "0.2"));
    mto(allowing.toArray(String[]::new));
    compare(maps(out), expected);
    try (SparkSession spark = session()) {
      Row rejected = spark.read().parquet(out + "/rejected").collectAsList().get(0);
      assertThat(rejected.getString(0)).isEqualTo("inner/cut.png");
      assertThat(rejected.getString(2)).isEqualTo("truncated");
    }
    assertThat(Path.of(out, "pictures").toFile().list()).hasSize(5);

    StringWriter again = new StringWriter();
    assertThat(run(again, allowing.toArray(String[]::new))).isEqualTo(2);
    assertThat(again.toString()).contains("holds a finished prediction").hasLineCount(1);
    allowing.add("--overwrite");
    mto(allowing.toArray(String[]::new));
  }

  @Test
  void wholeSamplesHaveProbabilities() throws IOException {
    String data = StripesDataset.write(folder.resolve("stripes")).toString();
    String stripes = folder.resolve("stripes-run").toString();
    train(data, stripes, "small-conv", "network.width=2");
    String out = folder.resolve("of-stripes").toString();
    mto("predict", stripes, "--split", "val", "--out", out, "--pictures", "sample-100003");
    DatasetDirectory dataset = DatasetDirectory.open(data, new Configuration());
    List<SampleRow> rows =
        new SampleRows(dataset, new Configuration()).read(new ShownSamples.First("val", 50));
    TrainedModel model = TrainedModel.open(stripes, new Configuration());
    try (SparkSession spark = session();
        Replica replica = model.replica(dataset.manifest())) {
      Map<String, Row> table = new TreeMap<>();
      for (Row row : spark.read().parquet(out + "/predictions").collectAsList()) {
        table.put(row.getString(0), row);
      }
      assertThat(table).hasSize(50);
      for (SampleRow sample : rows) {
        List<float[]> outputs =
            replica.predict(new Batch(1, Map.of("image", sample.content().get(0))));
        Row row = table.get(sample.id());
        Row answer = row.getStruct(row.fieldIndex("row"));
        List<Float> probabilities = answer.getList(2);
        double sum = 0;
        for (float logit : outputs.get(0)) {
          sum += Math.exp(logit);
        }
        for (int k = 0; k < 4; k++) {
          assertThat(probabilities.get(k))
              .isCloseTo((float) (Math.exp(outputs.get(0)[k]) / sum), within(ROUNDING));
          assertThat(probabilities.get(answer.getInt(0)))
              .isGreaterThanOrEqualTo(probabilities.get(k));
        }
        Row decided = row.getStruct(row.fieldIndex("column"));
        assertThat(decided.getBoolean(0)).isEqualTo(decided.getFloat(1) > 0.5);
        assertThat(decided.getFloat(1))
            .isCloseTo((float) (1 / (1 + Math.exp(-outputs.get(1)[0]))), within(ROUNDING));
      }
    }
    assertThat(Path.of(out, "pictures/sample-100003.png")).isNotEmptyFile();
  }

  @Test
  void whatDoesNotFitIsRefusedInOneLine() {
    String out = folder.resolve("refused").toString();
    refused("no sample [ghost]", "predict", run, "--out", out, "--pictures", "ghost");
    refused("no trained model", "predict", folder.toString(), "--out", out);
    refused("has no split 'night'", "predict", run, "--split", "night", "--out", out);
    refused(
        "is not empty", "predict", run, "--out", folder.resolve("raw").toString(), "--overwrite");
    refused("holds no .png", "predict", run, "--images", shards, "--out", out);
    String other = StripesDataset.write(folder.resolve("other")).toString();
    refused(
        "was trained for the tasks",
        "predict",
        run,
        "--data",
        other,
        "--split",
        "val",
        "--out",
        out);
    String more = folder.resolve("more-classes").toString();
    mto(
        "preprocess",
        "nyuv2",
        "--raw",
        folder.resolve("raw").toString(),
        "--out",
        more,
        "--image-size",
        HEIGHT + "x" + WIDTH,
        "--set",
        "classes=40");
    refused("the model does not fit data set", "predict", run, "--data", more, "--out", out);
    assertThat(Path.of(out)).doesNotExist();
  }

  private static void refused(String reason, String... command) {
    StringWriter err = new StringWriter();
    assertThat(run(err, command)).as(err.toString()).isEqualTo(2);
    assertThat(err.toString()).contains(reason).hasLineCount(1);
  }

  /** Compares rows with the answers of the network for each image alone. */
  private static void compare(Map<String, List<byte[]>> table, Map<String, byte[]> images) {
    assertThat(table.keySet()).isEqualTo(images.keySet());
    DatasetDirectory dataset = DatasetDirectory.open(shards, new Configuration());
    TrainedModel model = TrainedModel.open(run, new Configuration());
    try (Replica replica = model.replica(dataset.manifest())) {
      images.forEach(
          (id, image) -> {
            List<float[]> outputs = replica.predict(new Batch(1, Map.of("image", image)));
            List<byte[]> maps = table.get(id);
            for (int pixel = 0; pixel < AREA; pixel++) {
              segmentation(outputs.get(0), maps.get(0), pixel);
              float depth =
                  ByteBuffer.wrap(maps.get(1)).order(ByteOrder.LITTLE_ENDIAN).getFloat(4 * pixel);
              assertThat(depth).isCloseTo(outputs.get(1)[pixel], within(ROUNDING));
              normal(outputs.get(2), maps.get(2), pixel);
            }
          });
    }
  }

  private static void compareFiles(Path maps, String name, List<byte[]> row, double step)
      throws IOException {
    try {
      int[] labels =
          Png.decodeNumbers(Files.readAllBytes(maps.resolve("segmentation/" + name))).values();
      int[] steps = Png.decodeNumbers(Files.readAllBytes(maps.resolve("depth/" + name))).values();
      ByteBuffer depths = ByteBuffer.wrap(row.get(1)).order(ByteOrder.LITTLE_ENDIAN);
      for (int pixel = 0; pixel < AREA; pixel++) {
        assertThat(labels[pixel]).isEqualTo(row.get(0)[pixel] & 0xff);
        assertThat(steps[pixel] * step)
            .isCloseTo(Math.max(step, depths.getFloat(4 * pixel)), within(0.5001 * step));
      }
      assertThat(Png.decodeColour(Files.readAllBytes(maps.resolve("normals/" + name))).width())
          .isEqualTo(WIDTH);
    } catch (UnreadableSampleException e) {
      throw new AssertionError(e);
    }
  }

  private static void segmentation(float[] outputs, byte[] map, int pixel) {
    float answered = outputs[(map[pixel] & 0xff) * AREA + pixel];
    for (int k = 0; k < 13; k++) {
      assertThat(answered).isGreaterThan(outputs[k * AREA + pixel] - ROUNDING);
    }
  }

  private static void normal(float[] outputs, byte[] map, int pixel) {
    double length = 0;
    for (int c = 0; c < 3; c++) {
      length = Math.hypot(length, outputs[c * AREA + pixel]);
    }
    for (int c = 0; c < 3; c++) {
      int at = 2 * (c * AREA + pixel);
      double stored = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN).getShort(at) / 32767.0;
      // Half a step of 16 bits, and the rounding of the sums relative to the length.
      assertThat(stored)
          .isCloseTo(outputs[c * AREA + pixel] / length, within(2e-5 + ROUNDING / length));
    }
  }

  private static Map<String, List<byte[]>> maps(String out) throws IOException {
    Map<String, List<byte[]>> table = new TreeMap<>();
    try (SparkSession spark = session()) {
      for (Row row : spark.read().parquet(out + "/predictions").collectAsList()) {
        assertThat(
                table.put(
                    row.getString(0),
                    List.of(row.getAs("segmentation"), row.getAs("depth"), row.getAs("normals"))))
            .isNull();
      }
    }
    return table;
  }

  private static SparkSession session() {
    return SparkSession.builder()
        .master("local[1]")
        .config("spark.ui.enabled", "false")
        .getOrCreate();
  }

  private static void train(String data, String run, String network, String option) {
    mto(
        "train",
        "--set",
        "data.directory=" + data,
        "--set",
        "run.directory=" + run,
        "--set",
        "network.name=" + network,
        "--set",
        option,
        "--set",
        "training.steps=10",
        "--set",
        "training.batch=6",
        "--set",
        "cluster.ranks=1");
  }

  private static void mto(String... arguments) {
    StringWriter err = new StringWriter();
    assertThat(run(err, arguments)).as(err.toString()).isZero();
  }

  private static int run(StringWriter err, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!arguments[0].equals("samples")) {
      all.addAll(List.of("--master", "local[2]"));
    }
    return Main.run(
        Main.subCommands(),
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(err, true),
        all.toArray(String[]::new));
  }
}
