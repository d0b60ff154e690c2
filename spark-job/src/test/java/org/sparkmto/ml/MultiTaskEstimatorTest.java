package org.sparkmto.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cli.CommandHere;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.PreprocessingException;

/** The estimator and its model are the commands for programs: same bits, same answers. */
@Tag("slow")
class MultiTaskEstimatorTest {
  private static final String MORE =
      "network { width = 2 }, cluster.threads = 1, checkpoint.every-steps = 2, training.steps = 4";

  @TempDir private static Path folder;

  private static SparkSession spark;
  private static Dataset<Row> table;
  private static MultiTaskModel model;

  @BeforeAll
  static void fit() throws IOException {
    Path raw = folder.resolve("raw");
    SparkSession writer = Photos.session();
    Photos.table(writer).write().parquet(raw.resolve("photos.parquet").toString());
    Path tasks = folder.resolve("tasks.conf");
    Files.writeString(
        tasks,
        """
        table = photos.parquet, id = name, size = 8x8
        split { column = held, train = false, val = true }
        inputs = [{ column = image }]
        tasks = %s
        """
            .formatted(Photos.TASKS));
    Path train = folder.resolve("train.conf");
    Files.writeString(
        train,
        """
        %s
        method.name = imtl, network.name = small-conv, run.seed = 3, training.batch = 8
        schedule.rate = 0.05, cluster.ranks = 2
        """
            .formatted(MORE));
    String shards = folder.resolve("shards").toString();
    String run = folder.resolve("run").toString();
    CommandHere.doneByTwo(
        "preprocess", "own", "--raw", "" + raw, "--out", shards, "--config", "" + tasks);
    CommandHere.doneByTwo(
        "train",
        "--config",
        "" + train,
        "--set",
        "data.directory=" + shards,
        "--set",
        "run.directory=" + run);
    CommandHere.doneByTwo(
        "predict", run, "--split", "val", "--out", folder.resolve("said").toString());
    spark = Photos.session();
    table = Photos.table(spark);
    model = estimator("work").fit(table);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static MultiTaskEstimator estimator(String work) {
    return new MultiTaskEstimator()
        .setIdCol("name")
        .setTasks(Photos.TASKS)
        .setImageSize("8x8")
        .setValidationIndicatorCol("held")
        .setWorkingDirectory(folder.resolve(work).toString())
        .setMethod("imtl")
        .setNetwork("small-conv")
        .setSeed(3)
        .setBatchSize(8)
        .setLearningRate(0.05)
        .setNumWorkers(2)
        .setConfiguration(MORE);
  }

  private static byte[] weights(String run) throws IOException {
    return Files.readAllBytes(folder.resolve(run).resolve("model/model.safetensors"));
  }

  private static Map<String, Row> byName(Dataset<Row> rows) {
    Map<String, Row> found = new TreeMap<>();
    rows.collectAsList().forEach(row -> found.put(row.getString(0), row));
    return found;
  }

  private static Dataset<Row> answers(Dataset<Row> transformed) {
    return transformed.select(
        "name",
        "prediction_colour",
        "probability_colour",
        "prediction_bright",
        "probability_bright",
        "prediction_level",
        "prediction_tags",
        "probability_tags");
  }

  @Test
  void fitGivesTheBitsOfTheCommands() throws IOException {
    assertThat(weights("work/run")).isEqualTo(weights("run"));
    assertThat(model.taskNames()).containsExactly("colour", "bright", "level", "tags");
    assertThat(model.hasParent()).isTrue();
  }

  @Test
  void transformSaysWhatPredictSays() {
    Map<String, Row> said =
        byName(spark.read().parquet(folder.resolve("said/predictions").toString()));
    Map<String, Row> here = byName(answers(model.transform(table.where("held"))));
    assertThat(here.keySet()).isEqualTo(said.keySet()).hasSize(Photos.ROWS / 5);
    said.forEach(
        (name, row) -> {
          Row answer = here.get(name);
          Row colour = row.getStruct(1);
          // The same up to the place in a batch, which the order of the rows decides.
          assertThat(answer.getString(1)).isEqualTo(colour.getString(1));
          same(answer.getAs(2), colour.getList(3));
          assertThat(answer.getBoolean(3)).isEqualTo(row.getStruct(2).getBoolean(0));
          float yes = row.getStruct(2).getFloat(1);
          same(answer.getAs(4), List.of(1 - yes, yes));
          assertThat(answer.getFloat(5)).isCloseTo(row.getFloat(3), withinPercentage(1e-4));
          assertThat(answer.<String>getList(6)).isEqualTo(row.getStruct(4).getList(1));
          same(answer.getAs(7), row.getStruct(4).getList(2));
        });
  }

  private static void same(Vector found, List<Float> expected) {
    assertThat(found.toArray())
        .containsExactly(expected.stream().mapToDouble(number -> number).toArray(), offset(1e-6));
  }

  @Test
  void rowsWithoutAnImageThatCanBeReadStayWithNulls() {
    Dataset<Row> torn =
        table.withColumn(
            "image",
            when(col("name").equalTo("photo-1"), lit(null))
                .when(col("name").equalTo("photo-2"), lit("none").cast("binary"))
                .otherwise(col("image")));
    Map<String, Row> rows = byName(answers(model.transform(torn)));
    Map<String, Row> whole = byName(answers(model.transform(table)));
    for (String name : List.of("photo-1", "photo-2")) {
      Row row = rows.remove(name);
      for (int i = 1; i < row.size(); i++) {
        assertThat(row.isNullAt(i)).isTrue();
      }
      whole.remove(name);
    }
    assertThat(rows).isEqualTo(whole).hasSize(Photos.ROWS - 2);
  }

  @Test
  void aPipelineThatWasStoredAnswersTheSame() throws IOException {
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {estimator("work")});
    String stored = folder.resolve("pipeline").toString();
    pipeline.write().save(stored);
    PipelineModel fitted = Pipeline.load(stored).fit(table);
    String path = folder.resolve("fitted").toString();
    fitted.write().overwrite().save(path);
    PipelineModel read = PipelineModel.load(path);
    assertThat(answers(read.transform(table)).collectAsList())
        .isEqualTo(answers(model.transform(table)).collectAsList());
    MultiTaskModel stage = (MultiTaskModel) read.stages()[0];
    assertThat(stage.directory()).startsWith("file:" + path).endsWith("/model");
    assertThat(byName(answers(MultiTaskModel.of(stage.directory()).transform(table))))
        .isEqualTo(byName(answers(model.transform(table))));
  }

  @Test
  void aTrainingThatIsDoneIsReturnedAndOneThatWasInterruptedGoesOn() throws IOException {
    Path run = folder.resolve("again/run");
    estimator("again").fit(table);
    Path log = run.resolve("metrics.jsonl");
    String before = Files.readString(log);
    estimator("again").fit(table.repartition(1).sort("level"));
    assertThat(Files.readString(log)).isEqualTo(before);

    delete(run.resolve("model"));
    delete(run.resolve("checkpoints/step-00000004"));
    estimator("again").fit(table);
    assertThat(Files.readString(log)).contains("\"step\":3");
    assertThat(weights("again/run")).isEqualTo(weights("run"));

    MultiTaskEstimator other = estimator("again").setMethod("ew");
    assertThatThrownBy(() -> other.fit(table))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("holds another training: method.name was \"imtl\" and is \"ew\"");
    Dataset<Row> fewer = table.where("name <> 'photo-3'");
    assertThatThrownBy(() -> estimator("again").fit(fewer))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("holds a finished data set; ask to overwrite it");
    other.setOverwrite(true).fit(fewer);
    assertThat(weights("again/run")).isNotEqualTo(weights("run"));
    assertThat(Files.readString(folder.resolve("again/shards/_dataset.json")))
        .contains("rows_" + (Photos.ROWS - 1));
  }

  @Test
  void laterStagesOfAPipelineSeeTheColumnsBeforeThereIsAModel() {
    StructType expected = model.transformSchema(table.schema());
    assertThat(estimator("none").transformSchema(table.schema())).isEqualTo(expected);
    MultiTaskEstimator derived =
        estimator("none").setLabelCols("colour", "bright", "level", "tags");
    derived.clear(derived.tasks());
    assertThat(derived.transformSchema(table.schema())).isEqualTo(expected);
    assertThat(model.transform(table).schema()).isEqualTo(expected);
  }

  @Test
  void imagesAreTheSameInEveryForm() throws Exception {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    Dataset<Row> forms = Photos.forms(spark, photos);
    Map<String, Row> expected = byName(answers(model.transform(table)));
    for (String form : List.of("path", "bytes", "pixels")) {
      MultiTaskModel its =
          model.copy(new ParamMap()).setInputCol(form).setImagesDirectory(photos.toString());
      Map<String, Row> found = byName(answers(its.transform(forms)));
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      found.forEach(
          (name, row) ->
              assertThat(row.getFloat(5))
                  .as(form + " of " + name)
                  .isCloseTo(expected.get(name).getFloat(5), withinPercentage(1e-4)));
    }
    assertThatThrownBy(() -> model.copy(new ParamMap()).setInputCol("path").transform(forms))
        .hasMessageContaining("column 'path' holds paths; set imagesDirectory");

    Dataset<Row> absolute =
        forms.withColumn("path", concat(lit("file:" + photos.toAbsolutePath() + "/"), col("path")));
    MultiTaskModel ofPaths =
        model.copy(new ParamMap()).setInputCol("path").setImagesDirectory(photos.toString());
    assertThat(answers(ofPaths.transform(absolute)).collectAsList())
        .containsExactlyInAnyOrderElementsOf(answers(ofPaths.transform(forms)).collectAsList());
    ofPaths.setImagesDirectory(photos + "-gone");
    assertThatThrownBy(() -> ofPaths.transform(forms)).hasMessageContaining("photos-gone");

    MultiTaskEstimator unnamed = estimator("unnamed").setInputCol("bytes").setLabelCols("late");
    for (var param : List.of(unnamed.idCol(), unnamed.tasks(), unnamed.validationIndicatorCol())) {
      unnamed.clear(param);
    }
    MultiTaskModel fitted = unnamed.fit(forms);
    assertThat(fitted.taskNames()).containsExactly("late");
    Dataset<Row> shards =
        spark.read().parquet(folder.resolve("unnamed/shards/split=train").toString());
    assertThat(shards.count()).as("a fifth is held out").isEqualTo(Photos.ROWS * 4 / 5);
    assertThat(shards.head().<String>getAs("sample_id")).matches("[0-9a-f]{64}");
  }

  @Test
  void anExecutorReadsTheModelOnceAndKeepsIt() throws IOException {
    Path copy = folder.resolve("kept");
    model.write().save(copy.toString());
    MultiTaskModel kept = MultiTaskModel.load(copy.toString());
    List<Row> before = answers(kept.transform(table.coalesce(1))).collectAsList();
    Files.delete(copy.resolve("model/model.safetensors"));
    assertThat(answers(kept.transform(table.coalesce(1))).collectAsList()).isEqualTo(before);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  @Test
  void parametersAreCopiedExplainedAndKnown() {
    MultiTaskEstimator estimator = estimator("none");
    MultiTaskEstimator copy = estimator.copy(new ParamMap().put(estimator.batchSize().w(16)));
    assertThat(copy.getOrDefault(copy.batchSize())).isEqualTo(16);
    assertThat(estimator.getOrDefault(estimator.batchSize())).isEqualTo(8);
    assertThat(copy.uid()).isEqualTo(estimator.uid());
    assertThat(estimator.explainParams())
        .contains("validationIndicatorCol: boolean column", "(default: image)", "current: imtl");
    assertThat(estimator.setLabelCols("smile", "age").explainParams())
        .contains("(current: [smile, age])")
        .doesNotContain("[L");
    assertThat(estimator.params()).hasSize(22);
    assertThatThrownBy(() -> estimator.getParam("batchsize"))
        .hasMessageContaining("batchsize does not exist");
    assertThatThrownBy(() -> estimator.setBatchSize(0)).hasMessageContaining("batchSize");
  }

  @Test
  void whatCannotBeIsRefusedInASentence() {
    refused(new MultiTaskEstimator(), "neither labelCols nor tasks is set");
    refused(estimator("none").setInputCol("imag"), "inputCol: there is no column 'imag'; did you");
    refused(estimator("none").setIdCol("id"), "idCol: there is no column 'id'");
    refused(estimator("none").setLabelCols("bright", "sad"), "labelCols: there is no column 'sad'");
    refused(
        estimator("none").setValidationIndicatorCol("colour"),
        "validationIndicatorCol: column 'colour' is of type string, not boolean");
    refused(estimator("none").setInputCol("colour"), "holds paths; set imagesDirectory");
    refused(
        estimator("none").setConfiguration("training.stepz = 1"),
        "training.stepz",
        "training.steps");
    refused(
        estimator("none").setConfiguration("method.name = ew"),
        "configuration sets method.name, which the parameter method says");
    refused(estimator("none").setConfiguration("{"), "configuration is no HOCON");
    refused(
        estimator("none")
            .setNetwork("torchscript")
            .setConfiguration("network { encoder = gone.pt, head = gone.pt }"),
        "network.encoder = gone.pt: there is no such file");
    refused(estimator("none").setMethod("imtll"), "imtll", "did you mean 'imtl-l'");
    refused(estimator("none").setTasks("[{ name = a } { name = b }]"), "tasks: in line 1", "comma");
    refused(estimator("none").setInputCol("held"), "'held' of type boolean, not of paths");
    refused(estimator("none").setPreprocessing("table = t"), "preprocessing sets table, which");
    assertThatThrownBy(() -> model.transform(table.withColumnRenamed("image", "picture")))
        .hasMessageStartingWith("there is no column 'image' of images");
    assertThatThrownBy(() -> model.transform(model.transform(table)))
        .hasMessageContaining("column 'prediction_colour' is there already");
    assertThatThrownBy(() -> new MultiTaskModel("m").transform(table))
        .hasMessageContaining("m has no network");
    assertThat(folder.resolve("none/shards")).doesNotExist();
  }

  private static void refused(MultiTaskEstimator estimator, String... words) {
    assertThatThrownBy(() -> estimator.fit(table))
        .isInstanceOfAny(ConfigurationException.class, PreprocessingException.class)
        .hasMessageContainingAll(words)
        .message()
        .hasLineCount(1);
  }
}
