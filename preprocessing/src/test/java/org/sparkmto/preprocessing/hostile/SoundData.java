package org.sparkmto.preprocessing.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.numpy.Npy;
import org.sparkmto.preprocessing.samples.SampleGeneration;
import org.sparkmto.preprocessing.samples.SamplesRequest;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Cell;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Struct;

/** A few sound samples in every raw layout. */
final class SoundData {
  static final String OWN_CSV =
      """
      table = table.csv, size = 12x16, split { column = subset, train = train, test = test }
      validation-share = 0
      inputs = [{ column = image }]
      tasks = [
        { name = animal, kind = classification, column = animal, classes = [cat, dog] }
        { name = parts, kind = segmentation, column = parts, classes = 3 } ]
      """;

  static final String OWN_PARQUET =
      """
      table = table.parquet, size = 12x16, validation-share = 0
      inputs = [{ column = image }]
      tasks = [{ name = animal, kind = classification, column = animal, classes = [cat, dog] }]
      """;

  /** The fine class of CIFAR-100 with which each coarse class begins, in the order of coarse. */
  private static final int[][] FINE_AND_COARSE = {{0, 4}, {1, 1}, {2, 14}, {3, 8}, {4, 0}, {5, 6}};

  private SoundData() {}

  static void faces(SparkSession spark, Path root) {
    generate(spark, SamplesRequest.of("faces", root.toString()).withCounts(4, 1, 1));
  }

  static void multiFashion(SparkSession spark, Path root) {
    generate(spark, SamplesRequest.of("multi-fashion", root.toString()).withCounts(4, 1, 1));
  }

  static void streets(SparkSession spark, Path root) {
    generate(
        spark,
        SamplesRequest.of("streets", root.toString())
            .withCounts(6, 1, 0)
            .withSize(new ImageSize(32, 64)));
  }

  static void rooms(SparkSession spark, Path root) {
    generate(
        spark,
        SamplesRequest.of("rooms", root.toString())
            .withCounts(4, 0, 2)
            .withSize(new ImageSize(24, 32)));
  }

  static void roomsNpy(SparkSession spark, Path root) {
    generate(
        spark,
        SamplesRequest.of("rooms-npy", root.toString())
            .withCounts(4, 0, 2)
            .withSize(new ImageSize(24, 32)));
  }

  private static void generate(SparkSession spark, SamplesRequest request) {
    SampleGeneration.write(spark, request);
  }

  static void nyudTree(SparkSession spark, Path root) throws IOException {
    for (String folder : List.of("images", "segmentation", "depth", "normals", "gt_sets")) {
      Files.createDirectories(root.resolve(folder));
    }
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      String name = String.format(Locale.ROOT, "%04d", i);
      names.add(name);
      Files.write(root.resolve("images/" + name + ".jpg"), Jpeg.encode(picture(24, 32, i), 0.9f));
      int[] classes = new int[24 * 32];
      float[] depth = new float[24 * 32];
      float[] normals = new float[24 * 32 * 3];
      for (int p = 0; p < classes.length; p++) {
        classes[p] = (p + i) % 41;
        depth[p] = 1 + (p % 7) / 4f;
        normals[3 * p + p % 3] = -1;
      }
      Files.write(
          root.resolve("segmentation/" + name + ".png"),
          Png.encode(new IntegerMap(24, 32, classes), 8));
      Files.write(root.resolve("depth/" + name + ".npy"), Npy.encode(new int[] {24, 32}, depth));
      Files.write(
          root.resolve("normals/" + name + ".npy"), Npy.encode(new int[] {24, 32, 3}, normals));
    }
    Files.write(root.resolve("gt_sets/train.txt"), names.subList(0, 4));
    Files.write(root.resolve("gt_sets/val.txt"), names.subList(4, 6));
  }

  static void cifar(SparkSession spark, Path root) throws IOException {
    Files.createDirectories(root);
    byte[] train = new byte[6 * 3074];
    for (int i = 0; i < 6; i++) {
      Arrays.fill(train, i * 3074, (i + 1) * 3074, (byte) (40 * i + 1));
      train[i * 3074] = (byte) FINE_AND_COARSE[i][1];
      train[i * 3074 + 1] = (byte) FINE_AND_COARSE[i][0];
    }
    Files.write(root.resolve("train.bin"), train);
    Files.write(root.resolve("test.bin"), Arrays.copyOf(train, 2 * 3074));
  }

  static void emotic(SparkSession spark, Path root) throws IOException {
    Files.createDirectories(root.resolve("mscoco/images"));
    Files.createDirectories(root.resolve("Annotations"));
    for (String name : List.of("one", "two", "three")) {
      Files.write(
          root.resolve("mscoco/images/" + name + ".jpg"),
          Jpeg.encode(picture(40, 50, name.length()), 0.9f));
    }
    MatFile file = Mat5.newMatFile();
    Struct train = Mat5.newStruct(1, 2);
    entry(train, 0, "one.jpg", true);
    entry(train, 1, "two.jpg", true);
    file.addArray("train", train);
    for (String split : List.of("val", "test")) {
      Struct entries = Mat5.newStruct(1, 1);
      entry(entries, 0, "three.jpg", false);
      file.addArray(split, split.equals("val") ? entries : Mat5.newStruct(1, 0));
    }
    Mat5.writeToFile(file, root.resolve("Annotations/Annotations.mat").toFile());
  }

  private static void entry(Struct entries, int index, String name, boolean train) {
    entries.set("filename", index, Mat5.newString(name));
    entries.set("folder", index, Mat5.newString("mscoco/images"));
    Struct size = Mat5.newStruct();
    size.set("n_col", Mat5.newScalar(50));
    size.set("n_row", Mat5.newScalar(40));
    entries.set("image_size", index, size);
    Struct persons = Mat5.newStruct(1, train ? 3 : 1);
    for (int person = 0; person < persons.getNumElements(); person++) {
      person(persons, person, train);
    }
    entries.set("person", index, persons);
  }

  private static void person(Struct persons, int index, boolean train) {
    Matrix box = Mat5.newMatrix(1, 4);
    for (int i = 0; i < 4; i++) {
      box.setDouble(i, new double[] {5, 5 + index, 30 + 3 * index, 35}[i]);
    }
    Cell categories = Mat5.newCell(1, 2);
    categories.set(0, Mat5.newString("Peace"));
    categories.set(1, Mat5.newString("Happiness"));
    Struct continuous = Mat5.newStruct();
    continuous.set("valence", Mat5.newScalar(6 + index));
    continuous.set("arousal", Mat5.newScalar(4));
    continuous.set("dominance", Mat5.newScalar(7));
    persons.set("body_bbox", index, box);
    if (train) {
      Struct annotated = Mat5.newStruct();
      annotated.set("categories", categories);
      persons.set("annotations_categories", index, annotated);
      persons.set("annotations_continuous", index, continuous);
    } else {
      persons.set("combined_categories", index, categories);
      persons.set("combined_continuous", index, continuous);
    }
  }

  static void pascal(SparkSession spark, Path root) throws IOException {
    int height = 24;
    int width = 32;
    for (String folder :
        List.of(
            "JPEGImages",
            "ImageSets/Context",
            "semseg/VOC12",
            "semseg/pascal-context",
            "pascal-context/trainval",
            "human_parts",
            "normals_distill",
            "sal_distill")) {
      Files.createDirectories(root.resolve(folder));
    }
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      String name = String.format(Locale.ROOT, "2008_%06d", i);
      names.add(name);
      Files.write(
          root.resolve("JPEGImages/" + name + ".jpg"),
          Jpeg.encode(picture(height, width, i), 0.9f));
      int[] classes = new int[height * width];
      int[] gray = new int[height * width];
      Matrix map = Mat5.newMatrix(height, width);
      Matrix mask = Mat5.newMatrix(height, width, MatlabType.UInt8);
      for (int p = 0; p < classes.length; p++) {
        classes[p] = (p + i) % 21;
        gray[p] = 8 * (p % 32);
        map.setDouble(p / width, p % width, p % width < 10 + i ? 284 : 360);
        mask.setDouble(p / width, p % width, p % width < 10 + i ? 1 : 0);
      }
      String semseg = i % 2 == 0 ? "semseg/VOC12/" : "semseg/pascal-context/";
      Files.write(
          root.resolve(semseg + name + ".png"),
          Png.encode(new IntegerMap(height, width, classes), 8));
      Files.write(
          root.resolve("sal_distill/" + name + ".png"),
          Png.encode(new IntegerMap(height, width, gray), 8));
      Files.write(
          root.resolve("normals_distill/" + name + ".png"),
          Png.encode(picture(height, width, i + 9)));
      MatFile labelMap = Mat5.newMatFile().addArray("LabelMap", map);
      Mat5.writeToFile(labelMap, root.resolve("pascal-context/trainval/" + name + ".mat").toFile());
      Struct parts = Mat5.newStruct(1, 1);
      parts.set("part_name", 0, Mat5.newString("torso"));
      parts.set("mask", 0, mask);
      Struct objects = Mat5.newStruct(1, 1);
      objects.set("class_ind", 0, Mat5.newScalar(15));
      objects.set("parts", 0, parts);
      MatFile anno = Mat5.newMatFile().addArray("anno", Mat5.newStruct().set("objects", objects));
      Mat5.writeToFile(anno, root.resolve("human_parts/" + name + ".mat").toFile());
    }
    Files.write(root.resolve("ImageSets/Context/train.txt"), names.subList(0, 4));
    Files.write(root.resolve("ImageSets/Context/val.txt"), names.subList(4, 6));
  }

  static void ownCsv(SparkSession spark, Path root) throws IOException {
    Files.createDirectories(root.resolve("photos"));
    Files.createDirectories(root.resolve("parts"));
    List<String> lines = new ArrayList<>(List.of("image,subset,animal,parts"));
    for (int i = 1; i <= 5; i++) {
      Files.write(root.resolve("photos/" + i + ".png"), Png.encode(picture(12, 16, i)));
      int[] parts = new int[12 * 16];
      for (int p = 0; p < parts.length; p++) {
        parts[p] = (p + i) % 3;
      }
      Files.write(
          root.resolve("parts/" + i + ".png"), Png.encode(new IntegerMap(12, 16, parts), 8));
      lines.add("photos/" + i + ".png," + (i < 5 ? "train" : "test") + ",cat,parts/" + i + ".png");
    }
    Files.write(root.resolve("table.csv"), lines);
  }

  static void ownParquet(SparkSession spark, Path root) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      rows.add(RowFactory.create(Png.encode(picture(12, 16, i)), i % 2 == 0 ? "cat" : "dog"));
    }
    StructType schema =
        new StructType()
            .add("image", DataTypes.BinaryType, false)
            .add("animal", DataTypes.StringType, false);
    Path written = root.resolveSibling("own-parquet-written");
    spark
        .createDataFrame(rows, schema)
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(written.toString());
    Files.createDirectories(root);
    try (var files = Files.list(written)) {
      Path part =
          files
              .filter(file -> file.getFileName().toString().startsWith("part-"))
              .findFirst()
              .orElseThrow();
      Files.copy(part, root.resolve("table.parquet"));
    }
  }

  private static Image picture(int height, int width, int seed) {
    byte[] samples = new byte[3 * height * width];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i * 5 / 3 + seed * 37);
    }
    return new Image(3, height, width, samples);
  }
}
