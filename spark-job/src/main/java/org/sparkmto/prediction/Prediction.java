package org.sparkmto.prediction;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkmto.configuration.Preference;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.naming.Counted;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.shard.QuarantineTable;
import org.sparkmto.preprocessing.shard.Shards;
import org.sparkmto.training.Cluster;
import org.sparkmto.training.TrainedModel;

/**
 * Runs a trained model over samples on all executors, writes the answers as a table, and draws
 * some. See {@link TaskColumn} for the columns.
 */
public final class Prediction {
  /** Directory of the table of answers in the output. */
  public static final String TABLE = "predictions";

  /** Directory of the table of images that could not be decoded. */
  public static final String REJECTED = "rejected";

  /** Directory of the maps as PNG files in the output. */
  public static final String MAPS = MapFiles.DIRECTORY;

  /** The CSV file of the answers about whole samples in the output. */
  public static final String CSV = CsvAnswers.FILE;

  private static final String PROGRESS = "samples predicted";

  private static final OutputDirectory.Form PREDICTION =
      new OutputDirectory.Form(
          "prediction",
          PredictionSeal.FILE_NAME,
          PredictionSeal::isSeal,
          entry ->
              Set.of(
                      TABLE,
                      REJECTED,
                      Pictures.DIRECTORY,
                      Pictures.SHEET,
                      MapFiles.DIRECTORY,
                      CsvAnswers.FILE,
                      PredictionSeal.FILE_NAME + ".tmp")
                  .contains(entry));

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final Configuration hadoop;
  private final PredictionRequest request;
  private final Consumer<String> console;

  private Prediction(SparkSession spark, PredictionRequest request, Consumer<String> console) {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.hadoop = context.hadoopConfiguration();
    this.request = request;
    this.console = console;
  }

  /**
   * Runs a request to its end. The seal is written last: a directory without one holds no
   * prediction, whatever has happened.
   *
   * @param console receives lines about the progress
   * @throws ConfigurationException if the model is not there, or does not fit the samples
   * @throws DataContractException if a data set is needed and not whole
   * @throws PreprocessingException if the output may not be written, or more images than the
   *     request allows cannot be decoded; the table of those is written then, but no seal
   */
  public static PredictionSummary run(
      SparkSession spark, PredictionRequest request, Consumer<String> console) {
    try {
      return new Prediction(spark, request, console).attempt();
    } catch (Exception e) { // also those of Spark, which it does not declare
      throw own(e, request.run());
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  /**
   * Refuses whatever {@link #run} would refuse and can be without a cluster; writes nothing.
   *
   * @throws ConfigurationException if the model is not there, or does not fit the samples
   * @throws DataContractException if a data set is needed and not whole
   * @throws PreprocessingException if the output may not be written, or there are no images
   */
  public static void check(PredictionRequest request, Configuration hadoop) throws IOException {
    OutputDirectory output =
        OutputDirectory.examine(request.output(), hadoop, PREDICTION, request.overwrite());
    TrainedModel model = TrainedModel.open(request.run(), hadoop);
    RequestedSamples asked = RequestedSamples.of(request, model, output.root(), false, hadoop);
    request.preference().ifPresent(wish -> wish.require(asked.plan(), model.run()));
    List<TaskColumn> columns = TaskColumn.of(asked.plan(), model.thresholds());
    if (!(request.source() instanceof PredictionRequest.Source.Table)) {
      asked.pictures(columns); // of a table nobody knows them yet
    }
    maps(request, asked, columns);
  }

  private static Optional<MapFiles> maps(
      PredictionRequest request, RequestedSamples asked, List<TaskColumn> columns) {
    return request.maps() ? Optional.of(MapFiles.of(columns, asked.contents())) : Optional.empty();
  }

  /** What an executor has found, in our own words where it has them. */
  static RuntimeException own(Exception trouble, String run) {
    for (Throwable cause = trouble; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConfigurationException
          || cause instanceof DataContractException
          || cause instanceof PreprocessingException) {
        return (RuntimeException) cause;
      }
    }
    return trouble instanceof RuntimeException known
        ? known
        : PreprocessingException.failed("predicting with " + run + " failed", trouble);
  }

  private PredictionSummary attempt() throws IOException {
    long start = System.nanoTime();
    OutputDirectory output =
        OutputDirectory.examine(request.output(), hadoop, PREDICTION, request.overwrite());
    TrainedModel model = TrainedModel.open(request.run(), hadoop);
    model.caution().ifPresent(console);
    RequestedSamples asked = RequestedSamples.of(request, model, output.root(), true, hadoop);
    asked.remark().ifPresent(console);
    request.preference().ifPresent(wish -> wish.require(asked.plan(), model.run()));
    asked.dataset().flatMap(DatasetDirectory::caution).ifPresent(console);
    List<TaskColumn> columns = TaskColumn.of(asked.plan(), model.thresholds());
    Pictures pictures = asked.pictures(columns);
    Optional<MapFiles> maps = maps(request, asked, columns);
    refuseAbove(asked.refused(), asked.samples(), examples(asked.refused()));

    output.begin();
    describe("predict");
    write(model, columns, asked, output);
    describe("read the predictions back");
    Dataset<Row> table = spark.read().parquet(output.path(TABLE).toString());
    List<RefusedSample> refused = asked.refused(spark, table);
    QuarantineTable.write(spark, refused, output, REJECTED);
    String evidence = examples(refused) + "; see the table " + output.path(REJECTED);
    refuseAbove(refused, asked.samples(), evidence);
    Map<String, Long> reasons = reasons(refused);
    if (maps.isPresent()) {
      describe("write maps");
      maps.get().write(table, output.root(), hadoop);
    }
    if (request.csv()) {
      describe("write answers.csv");
      CsvAnswers.write(table, columns, output);
    }
    describe("draw samples");
    int drawn = pictures.draw(spark, table, output);
    output.seal(
        PredictionSeal.json(
            model, provenance(asked), columns, maps, asked.samples() - refused.size(), reasons));
    return new PredictionSummary(
        output.root().toString(),
        asked.samples() - refused.size(),
        reasons,
        drawn,
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** What was predicted, and what the network was asked for. */
  private Map<String, String> provenance(RequestedSamples asked) {
    Map<String, String> all = new LinkedHashMap<>(asked.provenance());
    request.preference().ifPresent(wish -> all.put("preference", wish.toString()));
    return all;
  }

  private static Map<String, Long> reasons(List<RefusedSample> refused) {
    Map<String, Long> reasons = new TreeMap<>();
    refused.forEach(sample -> reasons.merge(sample.reason().label(), 1L, Long::sum));
    return reasons;
  }

  private static String examples(List<RefusedSample> refused) {
    return "for example "
        + refused.stream().limit(3).map(sample -> sample.id() + ": " + sample.detail()).toList();
  }

  private void refuseAbove(List<RefusedSample> refused, long samples, String evidence) {
    long bad = refused.size();
    if (bad > request.maxBad() * samples || bad == samples) {
      throw PreprocessingException.failed(
          String.format(
              Locale.ROOT,
              "%d of %s bad (%.2f %%), allowed are %.2f %%: %s; %s",
              bad,
              Counted.of(samples, "image is", "images are"),
              100.0 * bad / samples,
              100 * request.maxBad(),
              reasons(refused),
              evidence));
    }
  }

  private void write(
      TrainedModel model,
      List<TaskColumn> columns,
      RequestedSamples asked,
      OutputDirectory output) {
    int slots = Math.max(1, new Cluster(context).slots());
    int partitions = (int) Math.min(asked.samples(), request.partitions().orElse(slots));
    LongAccumulator counter = spark.sparkContext().longAccumulator(PROGRESS);
    SampleProgress progress = new SampleProgress(console, PROGRESS, asked.samples());
    StructType schema = new StructType().add(Shards.SAMPLE_ID, DataTypes.StringType, false);
    for (TaskColumn column : columns) {
      schema = schema.add(column.field());
    }
    JavaRDD<Row> rows =
        asked
            .shares(spark, partitions)
            .mapPartitions(
                new Work(
                    model.location(),
                    model.manifest(),
                    asked.dataset().map(shards -> shards.manifest().toJson()).orElse(null),
                    columns,
                    request.preference().orElse(null),
                    new SerializableConfiguration(hadoop),
                    counter));
    spark.sparkContext().addSparkListener(progress);
    try {
      spark
          .createDataFrame(rows, schema)
          .write()
          .options(options(columns))
          .parquet(output.path(TABLE).toString());
    } finally {
      spark.sparkContext().removeSparkListener(progress);
    }
  }

  /** Maps have no useful minima and maxima, and none is like another. */
  private static Map<String, String> options(List<TaskColumn> columns) {
    Map<String, String> options = new TreeMap<>();
    options.put("compression", "zstd");
    options.put("maxRecordsPerFile", "0");
    options.put("parquet.page.size.row.check.min", "1");
    for (TaskColumn column : columns) {
      if (column.map().isPresent()) {
        options.put("parquet.enable.dictionary#" + column.name(), "false");
        options.put("parquet.column.statistics.enabled#" + column.name(), "false");
      }
    }
    return options;
  }

  private void describe(String what) {
    context.sc().setJobDescription(what);
  }

  /** One executor's part: the network is loaded once, its memory given back with the task's end. */
  private static final class Work implements FlatMapFunction<Iterator<Share>, Row> {
    private static final long serialVersionUID = 1;

    private final String location;
    private final String model;

    /** Of the data set that says what tasks and inputs are; null if the model does. */
    private final String manifest;

    private final ArrayList<TaskColumn> columns;

    /** Null for what is usual. */
    private final Preference preference;

    private final SerializableConfiguration hadoop;
    private final LongAccumulator progress;

    Work(
        String location,
        String model,
        String manifest,
        List<TaskColumn> columns,
        Preference preference,
        SerializableConfiguration hadoop,
        LongAccumulator progress) {
      this.location = location;
      this.model = model;
      this.manifest = manifest;
      this.columns = new ArrayList<>(columns);
      this.preference = preference;
      this.hadoop = hadoop;
      this.progress = progress;
    }

    @Override
    public Iterator<Row> call(Iterator<Share> shares) {
      Share share = shares.next();
      ComputeThreads.use(Math.max(1, TaskContext.get().cpus()));
      TrainedModel trained = TrainedModel.of(location, model, hadoop.value());
      Replica replica =
          manifest == null
              ? trained.replica()
              : trained.replica(DatasetManifest.parse(manifest, location));
      if (preference != null) {
        preference.askOf(replica);
      }
      InputReader reader =
          share.open(replica, SplitEvaluation.samplesAtOnce(replica), hadoop.value());
      PredictedRows rows = new PredictedRows(replica, reader, columns, progress);
      TaskCompletionListener close = finished -> rows.close();
      TaskContext.get().addTaskCompletionListener(close);
      return rows;
    }
  }
}
