package org.sparkmto.ml;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.prediction.ModelColumns;
import org.sparkmto.training.ModelCopy;
import org.sparkmto.training.TrainedModel;

/**
 * A trained network for many tasks. {@link #transform} adds a column of answers for each task and,
 * for tasks of labels, one of probabilities; {@code docs/estimator.md} says what is in them.
 *
 * <p>The weights stay in {@link #directory}, the ordinary directory of a model, which {@code
 * predict} and Python read, too. {@link #write} copies them.
 */
public final class MultiTaskModel extends Model<MultiTaskModel> implements DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  /** Directory of the weights within that of a stored model. */
  private static final String WEIGHTS = "model";

  private final String uid;
  private final AnswerParams answers;
  private String location;
  private String manifest;

  /** A model without a network, as {@link #read} makes it first. */
  public MultiTaskModel(String uid) {
    this.uid = uid;
    answers = new AnswerParams(this);
  }

  MultiTaskModel(String uid, TrainedModel trained) {
    this(uid);
    is(trained);
  }

  private void is(TrainedModel trained) {
    location = trained.location();
    manifest = trained.manifest();
  }

  /** A model from the directory of a run, or of a model, that a command has trained. */
  public static MultiTaskModel of(String directory) {
    return new MultiTaskModel(
        Identifiable$.MODULE$.randomUID("multiTaskModel"), TrainedModel.open(directory, hadoop()));
  }

  private static Configuration hadoop() {
    return SparkSession.active().sparkContext().hadoopConfiguration();
  }

  private TrainedModel trained() {
    if (location == null) {
      throw new ConfigurationException(uid + " has no network; fit an estimator, or load a model");
    }
    return TrainedModel.of(location, manifest, hadoop());
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Where the weights are: the directory of a model as {@code train} leaves it. */
  public String directory() {
    return trained().location();
  }

  /** Names of the tasks, in order. */
  public String[] taskNames() {
    return trained().tasks().toArray(String[]::new);
  }

  /**
   * The table with the answers beside its own columns. Nothing is computed yet; a row whose image
   * is missing or cannot be read gets nulls.
   *
   * @throws ConfigurationException if the table has no images, or a column of an answer's name
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    return columns().added(dataset);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return columns().schema(schema);
  }

  private ModelColumns columns() {
    return ModelColumns.of(trained(), answers.names(this));
  }

  @Override
  public MultiTaskModel copy(ParamMap extra) {
    MultiTaskModel copy = new MultiTaskModel(uid);
    copy.location = location;
    copy.manifest = manifest;
    copyValues(copy, extra);
    copy.setParent(parent());
    return copy;
  }

  /** Writes the parameters as Spark ML does, and the directory of the model beside them. */
  @Override
  public MLWriter write() {
    MLWriter parameters = DefaultParamsWritable.super.write();
    return new MLWriter() {
      @Override
      public void saveImpl(String path) {
        TrainedModel trained = trained();
        parameters.saveImpl(path);
        ModelCopy.write(trained, path + "/" + WEIGHTS, hadoop());
      }
    };
  }

  /** Reads a model that {@link #write} wrote. */
  public static MLReader<MultiTaskModel> read() {
    MLReader<MultiTaskModel> parameters = new Stored().read();
    return new MLReader<>() {
      @Override
      public MultiTaskModel load(String path) {
        MultiTaskModel model = parameters.load(path);
        model.is(TrainedModel.open(path + "/" + WEIGHTS, hadoop()));
        return model;
      }
    };
  }

  /** Reads a model from a directory. */
  public static MultiTaskModel load(String path) {
    return read().load(path);
  }

  private static final class Stored implements DefaultParamsReadable<MultiTaskModel> {}

  /** Column of the images. */
  public Param<String> inputCol() {
    return answers.inputCol;
  }

  /** Sets {@link #inputCol}. */
  public MultiTaskModel setInputCol(String value) {
    set(answers.inputCol, value);
    return this;
  }

  /** Directory in which paths start. */
  public Param<String> imagesDirectory() {
    return answers.imagesDirectory;
  }

  /** Sets {@link #imagesDirectory}. */
  public MultiTaskModel setImagesDirectory(String value) {
    set(answers.imagesDirectory, value);
    return this;
  }

  /** Prefix of the columns of answers. */
  public Param<String> predictionCol() {
    return answers.predictionCol;
  }

  /** Sets {@link #predictionCol}. */
  public MultiTaskModel setPredictionCol(String value) {
    set(answers.predictionCol, value);
    return this;
  }

  /** Prefix of the columns of probabilities. */
  public Param<String> probabilityCol() {
    return answers.probabilityCol;
  }

  /** Sets {@link #probabilityCol}. */
  public MultiTaskModel setProbabilityCol(String value) {
    set(answers.probabilityCol, value);
    return this;
  }
}
