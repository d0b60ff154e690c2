package org.sparkmto.ml;

import static org.apache.spark.sql.functions.sha2;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.json.ListCommas;
import org.sparkmto.naming.Nearest;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.prediction.ModelColumns;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.embedded.DecodedImage;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.preprocessing.job.PreprocessingSummary;
import org.sparkmto.preprocessing.own.Own;
import org.sparkmto.training.Cluster;
import org.sparkmto.training.TrainedModel;
import org.sparkmto.training.TrainedOnce;

/** What an estimator asks of the rooms below: a data set of a table, and a model of that. */
final class FitRequest {
  static final String METHOD = "method.name";
  static final String NETWORK = "network.name";
  static final String OPTIMIZER = "optimizer.name";
  static final String BATCH = "training.batch";
  static final String EPOCHS = "training.epochs";
  static final String RATE = "schedule.rate";
  static final String SEED = "run.seed";
  static final String RANKS = "cluster.ranks";

  private static final Logger LOG = LoggerFactory.getLogger(MultiTaskEstimator.class);
  private static final String DERIVED_ID = "spark_mto_sample";
  private static final List<String> OF_PARAMS = List.of("table", "format", "id");

  private final Params owner;
  private final FitParams params;
  private final AnswerParams answers;

  FitRequest(Params owner, FitParams params, AnswerParams answers) {
    this.owner = owner;
    this.params = params;
    this.answers = answers;
  }

  /** Has the model made, as far as it is not there. */
  TrainedModel fit(Dataset<?> dataset) {
    Dataset<Row> given = dataset.toDF();
    SparkSession session = given.sparkSession();
    Cluster.requirePrepared(session.sparkContext().conf());
    requireColumns(given.schema());
    TrainingConfiguration training = TrainingConfiguration.of(training());
    TrainedOnce.requireFiles(training, session.sparkContext().hadoopConfiguration());
    Config described = described();
    SparkSession before = SparkSession.getActiveSession().getOrElse(() -> null);
    SparkSession.setActiveSession(session);
    try {
      preprocess(given, described);
      try (PrintStream console = new PrintStream(new LogLines(LOG), true, StandardCharsets.UTF_8)) {
        return TrainedOnce.of(
            JavaSparkContext.fromSparkContext(session.sparkContext()),
            training,
            overwrites(),
            console);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("fit was interrupted", e);
    } finally {
      if (before == null) {
        SparkSession.clearActiveSession();
      } else {
        SparkSession.setActiveSession(before);
      }
    }
  }

  /**
   * The columns of a table with those that the model is going to add. Only rows tell whether whole
   * numbers are all classes from 0 on; here they are.
   *
   * @throws ConfigurationException if a column or parameter is missing or wrong
   */
  StructType schema(StructType given) {
    requireColumns(given);
    Config options =
        options(described(), LabelTasks.expected(given, labels())).withValue("table", text("rows"));
    StructType schema = given;
    for (StructField field : ModelColumns.fields(Own.tasks(options), answers.names(owner))) {
      schema = schema.add(field);
    }
    return schema;
  }

  private Config described() {
    Config described = parsed(params.preprocessing, "").withFallback(tasks());
    OF_PARAMS.stream()
        .filter(described::hasPath)
        .forEach(
            key -> {
              throw new ConfigurationException(
                  "preprocessing sets %s, which the table and idCol say; leave it out"
                      .formatted(key));
            });
    return described;
  }

  private List<String> labels() {
    return owner.isSet(params.labelCols)
        ? List.of(owner.getOrDefault(params.labelCols))
        : List.of();
  }

  private boolean overwrites() {
    return (Boolean) owner.getOrDefault(params.overwrite);
  }

  /**
   * Refuses a table without the columns that parameters name.
   *
   * @throws ConfigurationException naming the column, or the parameter that is missing
   */
  private void requireColumns(StructType schema) {
    require(schema, answers.inputCol, owner.getOrDefault(answers.inputCol));
    if (owner.isSet(params.idCol)) {
      require(schema, params.idCol, owner.getOrDefault(params.idCol));
    }
    if (owner.isSet(params.labelCols)) {
      for (String column : owner.getOrDefault(params.labelCols)) {
        require(schema, params.labelCols, column);
      }
    } else if (!owner.isSet(params.tasks)) {
      throw new ConfigurationException(
          "neither labelCols nor tasks is set: name columns of labels, or describe the tasks");
    }
    if (owner.isSet(params.validationIndicatorCol)) {
      String column = owner.getOrDefault(params.validationIndicatorCol);
      require(schema, params.validationIndicatorCol, column);
      DataType type = schema.apply(column).dataType();
      if (!(type instanceof BooleanType)) {
        throw new ConfigurationException(
            "validationIndicatorCol: column '%s' is of type %s, not boolean"
                .formatted(column, type.simpleString()));
      }
    }
    ModelColumns.Names names = answers.names(owner);
    ModelColumns.requireDirectory(schema.apply(names.image()).dataType(), names);
    if (!owner.isSet(params.workingDirectory)) {
      throw new ConfigurationException(
          "workingDirectory is not set: where shards, checkpoints and the model go, on storage that"
              + " driver and executors share");
    }
  }

  private static void require(StructType schema, Param<?> param, String column) {
    List<String> there = List.of(schema.fieldNames());
    if (!there.contains(column)) {
      throw new ConfigurationException(
          "%s: there is no column '%s'%s The columns are %s"
              .formatted(param.name(), column, Nearest.hint(column, there), there));
    }
  }

  /** The configuration of the training: what parameters say, and the text for all else. */
  private Config training() {
    Config config = parsed(params.configuration, "");
    Map<String, Param<?>> keys = new LinkedHashMap<>();
    keys.put(METHOD, params.method);
    keys.put(NETWORK, params.network);
    keys.put(OPTIMIZER, params.optimizer);
    keys.put(BATCH, params.batchSize);
    keys.put(EPOCHS, params.maxEpochs);
    keys.put(RATE, params.learningRate);
    keys.put(SEED, params.seed);
    keys.put(RANKS, params.numWorkers);
    for (Map.Entry<String, Param<?>> key : keys.entrySet()) {
      if (owner.isSet(key.getValue())) {
        config =
            set(
                config,
                "configuration",
                key.getKey(),
                owner.getOrDefault(key.getValue()),
                key.getValue());
      }
    }
    config =
        set(config, "configuration", "data.directory", below("shards"), params.workingDirectory);
    return set(config, "configuration", "run.directory", below("run"), params.workingDirectory);
  }

  private static Config set(Config config, String text, String key, Object value, Param<?> param) {
    if (config.hasPath(key)) {
      throw new ConfigurationException(
          "%s sets %s, which the parameter %s says; leave one of them out"
              .formatted(text, key, param.name()));
    }
    return config.withValue(key, ConfigValueFactory.fromAnyRef(value));
  }

  private String below(String name) {
    return owner.getOrDefault(params.workingDirectory) + "/" + name;
  }

  private Config tasks() {
    String text = owner.isSet(params.tasks) ? owner.getOrDefault(params.tasks).strip() : "";
    return parsed(params.tasks, text.startsWith("[") ? "tasks = " : "");
  }

  private Config parsed(Param<String> param, String before) {
    if (!owner.isSet(param)) {
      return ConfigFactory.empty();
    }
    String text = before + owner.getOrDefault(param);
    ListCommas.require(text, param.name());
    try {
      return ConfigFactory.parseString(text).resolve();
    } catch (ConfigException e) {
      throw new ConfigurationException(param.name() + " is no HOCON: " + e.getMessage(), e);
    }
  }

  /** Has the shards made of the table, unless they are there. */
  private void preprocess(Dataset<Row> given, Config described) {
    LabelTasks labels = LabelTasks.of(given, labels());
    Config options = options(described, labels.tasks());
    Dataset<Row> rows = labels.rows();
    String image = owner.getOrDefault(answers.inputCol);
    if (owner.isSet(params.idCol)) {
      options = options.withValue("id", text(owner.getOrDefault(params.idCol)));
    } else if (!(rows.schema().apply(image).dataType() instanceof StringType)) {
      rows = rows.withColumn(DERIVED_ID, digest(rows.schema(), image));
      options = options.withValue("id", text(DERIVED_ID));
    }
    String view = TableContent.name(rows, options);
    options = options.withValue("table", text(view)).withValue("format", text("table"));
    rows.createOrReplaceTempView(view);
    try {
      preprocess(rows.sparkSession(), options);
    } finally {
      rows.sparkSession().catalog().dropTempView(view);
    }
  }

  private void preprocess(SparkSession session, Config options) {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    String images = owner.getOrDefault(answers.imagesDirectory);
    if (images.isEmpty()) {
      images = workingDirectory(hadoop);
    }
    PreprocessingRequest request =
        new PreprocessingRequest(
            "own",
            images,
            below("shards"),
            0,
            options,
            OptionalInt.empty(),
            OptionalInt.empty(),
            (Double) owner.getOrDefault(params.maxBad),
            overwrites(),
            List.of());
    if (Preprocessing.made(request, hadoop).isPresent()) {
      LOG.info("{} holds these rows", request.output());
      return;
    }
    PreprocessingSummary done = Preprocessing.run(session, request);
    DatasetManifest manifest = done.manifest();
    LOG.info(
        "{} of {} rows are in {}",
        manifest.sources().kept(),
        manifest.sources().listed(),
        done.output());
    if (!manifest.sources().quarantined().isEmpty()) {
      LOG.warn(
          "rows are set aside: {}, see {}", manifest.sources().quarantined(), done.quarantine());
    }
  }

  /** Where nothing is named by a path, any directory will do in which paths would start. */
  private String workingDirectory(Configuration hadoop) {
    Path path = new Path(owner.getOrDefault(params.workingDirectory));
    try {
      path.getFileSystem(hadoop).mkdirs(path);
    } catch (IOException e) {
      throw PreprocessingException.failed("workingDirectory cannot be made: " + e.getMessage(), e);
    }
    return path.toString();
  }

  /** The options of own data. */
  private Config options(Config described, List<Map<String, Object>> derived) {
    String image = owner.getOrDefault(answers.inputCol);
    Config options = described;
    if (owner.isSet(params.imageSize)) {
      options =
          set(
              options,
              "preprocessing",
              "size",
              owner.getOrDefault(params.imageSize),
              params.imageSize);
    }
    if (owner.isSet(params.validationIndicatorCol)) {
      Map<String, Object> split =
          Map.of(
              "column",
              owner.getOrDefault(params.validationIndicatorCol),
              "train",
              List.of("false"),
              "val",
              List.of("true"));
      options = set(options, "preprocessing", "split", split, params.validationIndicatorCol);
    }
    if (!options.hasPath("inputs")) {
      options =
          options.withValue(
              "inputs", ConfigValueFactory.fromIterable(List.of(Map.of("column", image))));
    }
    List<Object> tasks = new ArrayList<>(derived);
    if (options.hasPath("tasks")) {
      tasks.addAll(options.getList("tasks"));
    }
    return options.withValue("tasks", ConfigValueFactory.fromIterable(tasks));
  }

  private static ConfigValue text(String value) {
    return ConfigValueFactory.fromAnyRef(value);
  }

  /** The SHA-256 of what an image is. */
  private static Column digest(StructType schema, String image) {
    Column column = TableContent.column(image);
    if (schema.apply(image).dataType() instanceof StructType structure) {
      return sha2(column.getField(DecodedImage.isOne(structure) ? "data" : "bytes"), 256);
    }
    return sha2(column, 256);
  }
}
