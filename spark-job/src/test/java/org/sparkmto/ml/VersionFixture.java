package org.sparkmto.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.cli.CommandHere;

/**
 * What a version left behind, kept among the resources of the tests in a folder of its name: a zip
 * for the table {@link #PHOTOS}, the {@link #SHARDS} made of it, a {@link #RUN} over them with its
 * checkpoints, model, log and evaluation, the {@link #PIPELINE} that was stored with the model, and
 * {@link #RETRAININGS}; the {@link #CONFIGURATION} of these, and the {@link #PREDICTIONS}.
 */
final class VersionFixture {
  static final String PHOTOS = "photos";
  static final String SHARDS = "shards";
  static final String RUN = "run";
  static final String PIPELINE = "pipeline";
  static final String RETRAININGS = "retrainings";
  static final String CONFIGURATION = "nightly.conf";
  static final String PREDICTIONS = "predictions.txt";

  /** Steps of the run, and the one before with a checkpoint. */
  static final int STEPS = 4;

  static final int EARLIER = 2;

  private VersionFixture() {}

  /** Unpacks a directory that a version left, and returns it. */
  static Path unpack(String version, String kind, Path into) throws IOException {
    try (InputStream in = open(version, kind + ".zip");
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = into.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
    return into.resolve(kind);
  }

  /** The text of a file that a version left. */
  static String text(String version, String name) throws IOException {
    try (InputStream in = open(version, name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream open(String version, String name) {
    InputStream in = VersionFixture.class.getResourceAsStream(version + "/" + name);
    assertThat(in).as("resource %s of version %s", name, version).isNotNull();
    return in;
  }

  /**
   * What a model says: for each row its name and all numbers of the answers, in the order of the
   * names.
   */
  static List<String> answers(Dataset<Row> transformed) {
    List<String> lines = new ArrayList<>();
    for (Row row :
        transformed
            .select(
                "name",
                "probability_colour",
                "probability_bright",
                "prediction_level",
                "probability_tags")
            .collectAsList()) {
      StringBuilder line = new StringBuilder(row.getString(0));
      for (int column = 1; column < row.size(); column++) {
        if (row.get(column) instanceof Vector vector) {
          for (double value : vector.toArray()) {
            line.append(' ').append((float) value);
          }
        } else {
          line.append(' ').append(row.getFloat(column));
        }
      }
      lines.add(line.toString());
    }
    lines.sort(null);
    return lines;
  }

  /**
   * Makes all of it by this version.
   *
   * @param folder a new one; what is to be kept lies directly in it, and its name within the files
   */
  static void make(Path folder) throws IOException {
    Path work = folder.resolve("work");
    try (SparkSession spark = Photos.session()) {
      Dataset<Row> table = Photos.table(spark);
      table.coalesce(1).write().parquet(work.resolve(PHOTOS).toString());
      PipelineModel fitted =
          new Pipeline().setStages(new PipelineStage[] {estimator(work)}).fit(table);
      fitted.write().save(work.resolve(PIPELINE).toString());
      Files.write(folder.resolve(PREDICTIONS), answers(fitted.transform(table)));
    }
    CommandHere.doneByTwo("evaluate", work.resolve(RUN).toString(), "--split", "val");
    Files.writeString(
        folder.resolve(CONFIGURATION),
        """
        run.seed = 3
        network { name = small-conv, width = 2, features = 6, hidden = 5 }
        method.name = ew
        schedule.rate = 0.02
        training { steps = 2, batch = 8 }
        cluster { ranks = 1, threads = 1 }
        retrain { split = val, promote-if.better-by = 1000 }
        """);
    retrain(folder, "n1", 0);
    retrain(folder, "n2", 3, "--set", "retrain.only-new-data=false");
    for (String kind : List.of(PHOTOS, SHARDS, RUN, PIPELINE, RETRAININGS)) {
      zip(work.resolve(kind), folder.resolve(kind + ".zip"));
    }
  }

  private static MultiTaskEstimator estimator(Path work) {
    return new MultiTaskEstimator()
        .setIdCol("name")
        .setTasks(Photos.TASKS)
        .setImageSize("8x8")
        .setValidationIndicatorCol("held")
        .setWorkingDirectory(work.toString())
        .setMethod("imtl")
        .setNetwork("small-conv")
        .setSeed(3)
        .setBatchSize(8)
        .setLearningRate(0.02)
        .setNumWorkers(2)
        .setConfiguration(
            """
            network { width = 2, features = 6, hidden = 5 }, cluster.threads = 1
            optimizer { name = adam, epsilon = 1e-3 }
            checkpoint.every-steps = %d, training.steps = %d
            """
                .formatted(EARLIER, STEPS));
  }

  private static void retrain(Path folder, String run, int code, String... more) {
    Path work = folder.resolve("work");
    List<String> arguments =
        new ArrayList<>(
            List.of("retrain", "--config", folder.resolve(CONFIGURATION).toString(), "--run-id"));
    arguments.addAll(List.of(run, "--master", "local[2]"));
    arguments.addAll(List.of("--set", "data.directory=" + work.resolve(SHARDS)));
    arguments.addAll(List.of("--set", "retrain.directory=" + work.resolve(RETRAININGS)));
    arguments.addAll(List.of(more));
    CommandHere command = CommandHere.run(arguments.toArray(String[]::new));
    assertThat(command.code()).as(command.err()).isEqualTo(code);
  }

  private static void zip(Path directory, Path file) throws IOException {
    try (Stream<Path> found = Files.walk(directory);
        OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Path path : found.filter(Files::isRegularFile).sorted().toList()) {
        if (!path.toString().endsWith(".crc")) {
          ZipEntry entry =
              new ZipEntry(directory.getParent().relativize(path).toString().replace('\\', '/'));
          entry.setTime(0);
          zip.putNextEntry(entry);
          Files.copy(path, zip);
          zip.closeEntry();
        }
      }
    }
  }
}
