package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.SealedJson;
import org.sparkmto.json.Json;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.random.Draws;

/** The directory of a model is all that its use needs, and it answers in words and units. */
class ModelAloneIT {
  private static final int SAMPLES = 40;
  private static final int SIDE = 16;

  @TempDir static Path folder;

  private static Path run;
  private static Path shards;
  private static Path photos;
  private static String before;

  @BeforeAll
  static void train() throws IOException {
    Path raw = Files.createDirectories(folder.resolve("raw"));
    photos = Files.createDirectories(raw.resolve("photos"));
    draw(raw);
    Path tasks = folder.resolve("tasks.conf");
    Files.writeString(
        tasks,
        """
        table = photos.csv
        images = photos
        size = %dx%d
        validation-share = 0.2
        inputs = [{ name = photo, column = image }]
        tasks = [
          { name = colour, kind = classification, column = colour, classes = [red, green, blue] }
          { name = bright, kind = binary, column = bright }
          { name = level, kind = regression, column = level, unit = lux, range = [0, 255] }
          { name = tags, kind = multi-label, column = tags, separator = ";",
            classes = [dark, warm], empty = none }
        ]
        """
            .formatted(SIDE, SIDE));
    shards = folder.resolve("shards");
    run = folder.resolve("run");
    mto("preprocess", "own", "--raw", "" + raw, "--out", "" + shards, "--config", "" + tasks);
    mto(
        "train",
        "--set",
        "data.directory=" + shards,
        "--set",
        "run.directory=" + run,
        "--set",
        "network.name=small-conv",
        "--set",
        "network.width=2",
        "--set",
        "training.steps=10",
        "--set",
        "training.batch=6",
        "--set",
        "cluster.ranks=1");
    before = folder.resolve("before").toString();
    mto("predict", "" + run, "--images", "" + photos, "--out", before, "--csv");
  }

  /** Images larger than what the network sees, of one colour and some noise. */
  private static void draw(Path raw) throws IOException {
    Draws draws = Draws.of(7);
    List<String> lines = new ArrayList<>(List.of("image,colour,bright,level,tags"));
    for (int sample = 0; sample < SAMPLES; sample++) {
      int colour = sample % 3;
      int level = 60 + 4 * sample;
      int side = SIDE + sample;
      byte[] content = new byte[3 * side * side];
      for (int i = 0; i < content.length; i++) {
        int noise = (int) (20 * draws.uniform(1000L * sample + i));
        content[i] = (byte) (i / (side * side) == colour ? level + noise : noise);
      }
      Files.write(photos.resolve(sample + ".png"), Png.encode(new Image(3, side, side, content)));
      lines.add(
          "%d.png,%s,%s,%d,%s"
              .formatted(
                  sample,
                  List.of("red", "green", "blue").get(colour),
                  level > 140 ? "yes" : "no",
                  level,
                  level < 140 ? "dark" : colour == 0 ? "warm" : ""));
    }
    Files.write(raw.resolve("photos.csv"), lines);
  }

  @Test
  void aCopiedModelSaysTheSameWhereThereIsNeitherRunNorDataSet() throws IOException {
    Path model = folder.resolve("copied/photos-v1");
    copy(run.resolve("model"), model);
    Path here = folder.resolve("here");
    Files.move(shards, here);
    try {
      String after = folder.resolve("after").toString();
      mto("predict", "" + model, "--images", "" + photos, "--out", after);
      assertThat(rows(after)).hasSize(SAMPLES).isEqualTo(rows(before));
      assertThat(contents(Path.of(after))).isEqualTo(contents(Path.of(before)));
      JsonNode seal = Json.parse(Files.readString(Path.of(after, "_predictions.json")));
      assertThat(seal.at("/model/run").asText()).endsWith("photos-v1");
      assertThat(seal.at("/columns/2/unit").asText()).isEqualTo("lux");

      String of = folder.resolve("of-run").toString();
      mto("predict", "" + run, "--images", "" + photos, "--out", of);
      assertThat(contents(Path.of(of))).isEqualTo(contents(Path.of(before)));

      refused("there is no data set", "predict", "" + model, "--out", after + "-split");
      refused("predict a folder with --images", "predict", "" + run, "--out", after + "-split");
    } finally {
      Files.move(here, shards);
    }
  }

  @Test
  void anEvaluationNeedsTheRunOfTheModel() throws IOException {
    Path model = folder.resolve("evaluated");
    copy(run.resolve("model"), model);
    refused("name that of its run", "evaluate", "" + model, "--split", "val");
    refused("name that of its run", "evaluate", "" + run.resolve("model"), "--split", "val");
    mto("evaluate", "" + run, "--split", "val");
  }

  @Test
  void aModelOfAnEarlierVersionStillNeedsItsDataSet() throws IOException {
    Path old = folder.resolve("old");
    copy(run.resolve("model"), old);
    Path manifest = old.resolve("manifest.json");
    Files.writeString(
        manifest,
        SealedJson.seal(
            Files.readString(manifest)
                .replace("\"format\" : 3", "\"format\" : 2")
                .replaceFirst("(?s)  \"schema\" : \\{.*?\n  \\},\n", "")));
    String out = folder.resolve("of-old").toString();
    mto("predict", "" + old, "--images", "" + photos, "--out", out);
    assertThat(rows(out)).isEqualTo(rows(before));
    Path here = folder.resolve("away");
    Files.move(shards, here);
    try {
      refused(
          "made by an earlier version",
          "predict",
          "" + old,
          "--images",
          "" + photos,
          "--out",
          out + "-2");
      mto("predict", "" + old, "--images", "" + photos, "--data", "" + here, "--out", out + "-3");
      assertThat(rows(out + "-3")).isEqualTo(rows(before));
    } finally {
      Files.move(here, shards);
    }
  }

  @Test
  void answersAreDecisionsNamesAndNumbers() throws IOException {
    try (SparkSession spark = session()) {
      var table = spark.read().parquet(before + "/predictions");
      StructType schema = table.schema();
      assertThat(schema.apply("colour").dataType().sql())
          .isEqualTo(
              "STRUCT<label: INT, name: STRING, probability: FLOAT, probabilities: ARRAY<FLOAT>>");
      assertThat(schema.apply("bright").dataType().sql())
          .isEqualTo("STRUCT<decision: BOOLEAN, probability: FLOAT>");
      assertThat(schema.apply("level").dataType().sql()).isEqualTo("FLOAT");
      assertThat(schema.apply("tags").dataType().sql())
          .isEqualTo(
              "STRUCT<labels: ARRAY<INT>, names: ARRAY<STRING>, probabilities: ARRAY<FLOAT>>");
      for (Row row : table.select("colour.*", "bright.*", "tags.*").collectAsList()) {
        List<Float> classes = row.getList(3);
        assertThat(row.getString(1)).isEqualTo(List.of("red", "green", "blue").get(row.getInt(0)));
        assertThat(row.getFloat(2)).isEqualTo(classes.get(row.getInt(0)));
        assertThat(row.getBoolean(4)).isEqualTo(row.getFloat(5) > 0.5);
        List<String> expected = new ArrayList<>();
        List<Float> labels = row.getList(8);
        for (int label = 0; label < 2; label++) {
          if (labels.get(label) > 0.5) {
            expected.add(List.of("dark", "warm").get(label));
          }
        }
        assertThat(row.<String>getList(7)).isEqualTo(expected);
      }
    }
  }

  @Test
  void aSpreadsheetHasALineForEachImage() throws IOException {
    List<String> lines = Files.readAllLines(Path.of(before, "answers.csv"));
    assertThat(lines).hasSize(1 + SAMPLES);
    assertThat(lines.get(0))
        .isEqualTo("sample_id,colour,colour_probability,bright,bright_probability,level,tags");
    Map<String, Row> rows = rows(before);
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = List.of(line.split(",", -1));
      Row row = rows.get(cells.get(0));
      Row colour = row.getStruct(row.fieldIndex("colour"));
      Row bright = row.getStruct(row.fieldIndex("bright"));
      Row tags = row.getStruct(row.fieldIndex("tags"));
      assertThat(cells.get(1)).isEqualTo(colour.getString(1));
      assertThat(Float.parseFloat(cells.get(2))).isEqualTo(colour.getFloat(2));
      assertThat(cells.get(3)).isEqualTo(bright.getBoolean(0) ? "yes" : "no");
      assertThat(Float.parseFloat(cells.get(5))).isEqualTo(row.getFloat(row.fieldIndex("level")));
      assertThat(cells.get(6)).isEqualTo(String.join(";", tags.<String>getList(1)));
    }
  }

  /** A third of the rows name no image: they are set aside, and the others keep their identity. */
  @Test
  void aTableOfPathsOrOfImagesIsPredictedUnderItsOwnIdentities() throws IOException {
    List<String> lines = new ArrayList<>(List.of("number;file"));
    List<Row> encoded = new ArrayList<>();
    for (int sample = 0; sample < 20; sample++) {
      lines.add("no-%d;%d.png".formatted(sample, sample));
      byte[] image = Files.readAllBytes(photos.resolve(sample + ".png"));
      encoded.add(RowFactory.create("no-" + sample, image));
    }
    lines.addAll(List.of("gone;100.png", "twice;1.png", "twice;2.png", "out;../photos.csv"));
    Path csv = Files.write(folder.resolve("new.csv"), lines);
    encoded.add(RowFactory.create("empty", null));
    String parquet = folder.resolve("new-images").toString();
    try (SparkSession spark = session()) {
      spark
          .createDataFrame(encoded, StructType.fromDDL("number STRING, photo BINARY"))
          .write()
          .parquet(parquet);
    }
    Map<String, Row> expected = new TreeMap<>();
    Map<String, Row> photosRows = rows(before);
    for (int sample = 0; sample < 20; sample++) {
      expected.put("no-" + sample, photosRows.get(sample + ".png"));
    }

    String ofPaths = folder.resolve("of-paths").toString();
    String[] paths = {
      "predict",
      "" + run,
      "--table",
      "" + csv,
      "--images",
      "" + photos,
      "--column",
      "file",
      "--id",
      "number",
      "--separator",
      ";",
      "--out",
      ofPaths,
      "--max-bad"
    };
    refused(1, "3 of 24 images are bad", with(paths, "0.1"));
    mto(with(paths, "0.2"));
    sameAnswers(rows(ofPaths), expected);
    assertThat(rejected(ofPaths).keySet()).containsExactly("gone", "out", "twice");
    assertThat(rejected(ofPaths).get("gone"))
        .isEqualTo("no-image: line 22 of new.csv: 100.png: the file is not there");
    assertThat(Path.of(ofPaths, "pictures/no-0.png")).isNotEmptyFile();
    JsonNode seal = Json.parse(Files.readString(Path.of(ofPaths, "_predictions.json")));
    assertThat(seal.at("/data/source").asText()).isEqualTo("table");
    assertThat(seal.at("/samples/listed").asInt()).isEqualTo(24);

    String ofImages = folder.resolve("of-images").toString();
    mto("predict", "" + run, "--table", parquet, "--id", "number", "--out", ofImages);
    sameAnswers(rows(ofImages), expected);
    assertThat(rejected(ofImages)).containsOnlyKeys("empty");
    assertThat(Path.of(ofImages, "pictures/no-0.png"))
        .hasSameBinaryContentAs(Path.of(ofPaths, "pictures/no-0.png"));
  }

  @Test
  void whatATableLacksIsSaidInOneLine() throws IOException {
    Path csv = Files.write(folder.resolve("lacking.csv"), List.of("number,photos", "1,1.png"));
    String out = folder.resolve("lacking").toString();
    refused(
        "--column names column 'photo', which is not in",
        "predict",
        "" + run,
        "--table",
        "" + csv,
        "--out",
        out);
    refused(
        "--id is about a table; name it with --table",
        "predict",
        "" + run,
        "--images",
        "" + photos,
        "--id",
        "number",
        "--out",
        out);
    refused(
        "--table and --split exclude each other",
        "predict",
        "" + run,
        "--table",
        "" + csv,
        "--split",
        "test",
        "--out",
        out);
    refused("is not a directory", "predict", "" + run, "--table", csv + "/x.csv", "--out", out);
    assertThat(Path.of(out)).doesNotExist();
  }

  @Test
  void linksAreFollowedWhereAllowedAndOtherFilesPassedOverWithAWord() throws IOException {
    Path links = Files.createDirectories(folder.resolve("links"));
    Files.createSymbolicLink(links.resolve("1.png"), photos.resolve("1.png"));
    Files.createSymbolicLink(links.resolve("2.png"), photos.resolve("2.png"));
    for (String name : List.of("README.txt", "notes.txt", "LICENSE", "Thumbs.db", ".hidden")) {
      Files.writeString(links.resolve(name), "no image");
    }
    String out = folder.resolve("of-links").toString();
    String[] command = {
      "predict", "" + run, "--images", "" + links, "--out", out, "--max-bad", "0"
    };
    refused(1, "see --follow-links", command);
    StringWriter err = new StringWriter();
    List<String> following = new ArrayList<>(List.of(command));
    following.addAll(List.of("--follow-links", photos.toRealPath().toString()));
    assertThat(run(err, following.toArray(String[]::new))).as(err.toString()).isZero();
    assertThat(err.toString())
        .contains("3 other files are passed over")
        .contains("2 .txt, 1 without an ending");
    assertThat(rows(out)).containsOnlyKeys("1.png", "2.png");
  }

  private static String[] with(String[] command, String last) {
    List<String> all = new ArrayList<>(List.of(command));
    all.add(last);
    return all.toArray(String[]::new);
  }

  /** Batches of other sizes may round otherwise. */
  private static void sameAnswers(Map<String, Row> found, Map<String, Row> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (id, row) -> {
          Row other = found.get(id);
          assertThat(other.<Float>getAs("level")).isCloseTo(row.getAs("level"), within(1e-2f));
          List<Float> colours = row.getStruct(row.fieldIndex("colour")).getList(3);
          List<Float> others = other.getStruct(other.fieldIndex("colour")).getList(3);
          for (int k = 0; k < 3; k++) {
            assertThat(others.get(k)).isCloseTo(colours.get(k), within(1e-4f));
          }
        });
  }

  private static Map<String, String> rejected(String out) throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    try (SparkSession spark = session()) {
      for (Row row : spark.read().parquet(out + "/rejected").collectAsList()) {
        reasons.put(row.getString(0), row.getString(2) + ": " + row.getString(3));
      }
    }
    return reasons;
  }

  @Test
  void mapsAreRefusedWhereNoTaskHasThem() {
    refused(
        "--maps: the model has no task of classes",
        "predict",
        "" + run,
        "--images",
        "" + photos,
        "--out",
        folder.resolve("maps").toString(),
        "--maps");
  }

  @Test
  void theManifestOfTheModelSaysWhatTasksAndInputsAre() throws IOException {
    JsonNode schema =
        Json.parse(Files.readString(run.resolve("model/manifest.json"))).get("schema");
    assertThat(schema.at("/dataset").asText()).isEqualTo("own");
    assertThat(schema.at("/tasks/0/classNames").toString())
        .isEqualTo("[\"red\",\"green\",\"blue\"]");
    assertThat(schema.at("/tasks/2/kind").asText()).isEqualTo("regression");
    assertThat(schema.at("/ranges/level/0/greatest").asDouble()).isLessThanOrEqualTo(255);
    assertThat(schema.at("/preparation/photo").toString())
        .isEqualTo(
            "{\"orientation\":\"upright\",\"colours\":\"rgb\",\"height\":16,\"width\":16,"
                + "\"filter\":\"antialiased\"}");
  }

  @Test
  void whatIsExportedIsWholeAndReplacesNothing() throws IOException {
    Path weights = folder.resolve("exported");
    mto("export", "" + run, "--format", "safetensors", "--out", "" + weights);
    for (String file : List.of("model.safetensors", "manifest.json")) {
      assertThat(weights.resolve(file)).hasSameBinaryContentAs(run.resolve("model").resolve(file));
    }
    refused("is there already", "export", "" + run, "--format", "python", "--out", "" + weights);
    refused("is there already", "export", "" + run, "--format", "python", "--out", "" + photos);
    refused(
        "TORCHSCRIPT", "export", "" + run, "--format", "onnx", "--out", "" + folder.resolve("no"));

    Path script = folder.resolve("scripted/v1");
    mto("export", "" + weights, "--format", "torchscript", "--out", "" + script);
    assertThat(script.resolve("network.pt")).isNotEmptyFile();

    byte[] damaged = Files.readAllBytes(weights.resolve("model.safetensors"));
    damaged[damaged.length - 1] ^= 1;
    Files.write(weights.resolve("model.safetensors"), damaged);
    for (String format : List.of("safetensors", "python", "torchscript")) {
      Path out = folder.resolve("damaged");
      refused(
          "copy the model again", "export", "" + weights, "--format", format, "--out", "" + out);
      assertThat(out).doesNotExist();
      assertThat(folder.resolve(".damaged.unfinished")).doesNotExist();
    }
  }

  @Test
  void exportedPythonSaysTheSameAboutImageFiles() throws Exception {
    assumeTrue(
        python(List.of("-c", "import torch, safetensors, PIL, numpy"), folder.resolve("import"))
            == 0,
        "python3 is not here, or has no torch, safetensors, pillow and numpy");
    Path exported = folder.resolve("for-python");
    mto("export", "" + run, "--format", "python", "--out", "" + exported);
    List<String> command = new ArrayList<>(List.of("" + exported.resolve("network.py")));
    for (int sample = 0; sample < SAMPLES; sample++) {
      command.add(photos.resolve(sample + ".png").toString());
    }
    Path said = folder.resolve("said");
    assertThat(python(command, said)).as(Files.readString(said)).isZero();
    Map<String, Row> rows = rows(before);
    List<String> lines = Files.readAllLines(said);
    assertThat(lines).hasSize(SAMPLES);
    for (String line : lines) {
      JsonNode answer = Json.parse(line);
      Row row = rows.get(Path.of(answer.get("file").asText()).getFileName().toString());
      Row colour = row.getStruct(row.fieldIndex("colour"));
      assertThat(answer.at("/colour/name").asText()).isEqualTo(colour.getString(1));
      same(answer.at("/colour/probabilities"), colour.getList(3));
      Row bright = row.getStruct(row.fieldIndex("bright"));
      assertThat(answer.at("/bright/decision").asBoolean()).isEqualTo(bright.getBoolean(0));
      assertThat(answer.at("/bright/probability").asDouble())
          .isCloseTo(bright.getFloat(1), within(1e-5));
      float level = row.getFloat(row.fieldIndex("level"));
      assertThat(answer.at("/level").asDouble())
          .isCloseTo(level, within(1e-5 * Math.max(1, Math.abs(level))));
      Row tags = row.getStruct(row.fieldIndex("tags"));
      same(answer.at("/tags/probabilities"), tags.getList(2));
      List<String> names = new ArrayList<>();
      answer.at("/tags/names").forEach(name -> names.add(name.asText()));
      assertThat(names).isEqualTo(tags.<String>getList(1));
    }
  }

  private static void same(JsonNode found, List<Float> expected) {
    assertThat(found.size()).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i).asDouble())
          .isCloseTo(expected.get(i), within(1e-5 * Math.max(1, Math.abs(expected.get(i)))));
    }
  }

  /** The exit code; what is said goes to a file. */
  private static int python(List<String> arguments, Path said) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("python3"));
    command.addAll(arguments);
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(said.toFile())
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1; // there is no such program
    }
  }

  private static Map<String, Row> rows(String out) throws IOException {
    Map<String, Row> rows = new TreeMap<>();
    try (SparkSession spark = session()) {
      for (Row row : spark.read().parquet(out + "/predictions").collectAsList()) {
        rows.put(row.getString(0), row);
      }
    }
    return rows;
  }

  /** Files of the table, whose names are drawn at random behind the number of their part. */
  private static Map<String, String> contents(Path out) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(out.resolve("predictions"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
        contents.put(
            file.getFileName().toString().substring(0, "part-00000".length()),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(contents).isNotEmpty();
    return contents;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static SparkSession session() {
    return SparkSession.builder()
        .master("local[1]")
        .config("spark.ui.enabled", "false")
        .getOrCreate();
  }

  private static void refused(String reason, String... command) {
    refused(2, reason, command);
  }

  private static void refused(int code, String reason, String... command) {
    StringWriter err = new StringWriter();
    assertThat(run(err, command)).as(err.toString()).isEqualTo(code);
    assertThat(err.toString()).contains(reason);
    assertThat(err.toString().lines().filter(line -> line.startsWith("spark-mto"))).hasSize(1);
  }

  private static void mto(String... arguments) {
    StringWriter err = new StringWriter();
    assertThat(run(err, arguments)).as(err.toString()).isZero();
  }

  private static int run(StringWriter err, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!arguments[0].equals("export")) { // which needs no Spark
      all.addAll(List.of("--master", "local[2]"));
    }
    return Main.run(
        Main.subCommands(),
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(err, true),
        all.toArray(String[]::new));
  }
}
