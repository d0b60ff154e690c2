package org.sparkmto.ml;

import java.util.Arrays;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * Trains one network for many tasks on a table with images, as the commands {@code preprocess own}
 * and {@code train} do: the same shards, steps, checkpoints and bits. See {@code
 * docs/estimator.md}.
 *
 * <p>Spark must have been started with {@code
 * spark.plugins=org.sparkmto.exchange.AggregatorPlugin}. A label that is null is missing. The table
 * is read several times, so what is drawn at random in it must be stored first.
 */
public final class MultiTaskEstimator extends Estimator<MultiTaskModel>
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final AnswerParams answers;
  private final FitParams params;

  /** An estimator with a name of its own. */
  public MultiTaskEstimator() {
    this(Identifiable$.MODULE$.randomUID("multiTaskEstimator"));
  }

  /** An estimator of this name. */
  public MultiTaskEstimator(String uid) {
    this.uid = uid;
    answers = new AnswerParams(this);
    params = new FitParams(this);
  }

  @Override
  public String uid() {
    return uid;
  }

  /**
   * Trains a network, or goes on with a training of the same table and parameters that stands in
   * the working directory, or returns the model of one that is done.
   *
   * @throws org.sparkmto.options.ConfigurationException if a parameter, a column or this Spark does
   *     not fit
   * @throws org.sparkmto.preprocessing.PreprocessingException if the tasks do not fit the table, or
   *     too many rows cannot be used
   */
  @Override
  public MultiTaskModel fit(Dataset<?> dataset) {
    MultiTaskModel model =
        new MultiTaskModel(uid, new FitRequest(this, params, answers).fit(dataset));
    model.setParent(this);
    return copyValues(model, new ParamMap());
  }

  /**
   * The columns of a table with those that the model is going to add, so that later stages of a
   * pipeline find them.
   *
   * @throws org.sparkmto.options.ConfigurationException if a column or parameter is missing or
   *     wrong
   */
  @Override
  public StructType transformSchema(StructType schema) {
    return new FitRequest(this, params, answers).schema(schema);
  }

  /** As Spark ML explains it, which shows an array by its address: here it shows the elements. */
  @Override
  public String explainParam(Param<?> param) {
    String explained = super.explainParam(param);
    Object value = isSet(param) ? getOrDefault(param) : "";
    return value instanceof Object[] elements
        ? explained.replace(value.toString(), Arrays.toString(elements))
        : explained;
  }

  @Override
  public MultiTaskEstimator copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads an estimator that {@link #write} wrote. */
  public static MLReader<MultiTaskEstimator> read() {
    return new Stored().read();
  }

  /** Reads an estimator from a directory. */
  public static MultiTaskEstimator load(String path) {
    return read().load(path);
  }

  private static final class Stored implements DefaultParamsReadable<MultiTaskEstimator> {}

  /** Column of the images. */
  public Param<String> inputCol() {
    return answers.inputCol;
  }

  /** Sets {@link #inputCol}. */
  public MultiTaskEstimator setInputCol(String value) {
    set(answers.inputCol, value);
    return this;
  }

  /** Directory in which paths start. */
  public Param<String> imagesDirectory() {
    return answers.imagesDirectory;
  }

  /** Sets {@link #imagesDirectory}. */
  public MultiTaskEstimator setImagesDirectory(String value) {
    set(answers.imagesDirectory, value);
    return this;
  }

  /** Prefix of the columns of answers. */
  public Param<String> predictionCol() {
    return answers.predictionCol;
  }

  /** Sets {@link #predictionCol}. */
  public MultiTaskEstimator setPredictionCol(String value) {
    set(answers.predictionCol, value);
    return this;
  }

  /** Prefix of the columns of probabilities. */
  public Param<String> probabilityCol() {
    return answers.probabilityCol;
  }

  /** Sets {@link #probabilityCol}. */
  public MultiTaskEstimator setProbabilityCol(String value) {
    set(answers.probabilityCol, value);
    return this;
  }

  /** Column with a unique name for each row. */
  public Param<String> idCol() {
    return params.idCol;
  }

  /** Sets {@link #idCol}. */
  public MultiTaskEstimator setIdCol(String value) {
    set(params.idCol, value);
    return this;
  }

  /** Columns that tasks are derived of. */
  public StringArrayParam labelCols() {
    return params.labelCols;
  }

  /** Sets {@link #labelCols}. */
  public MultiTaskEstimator setLabelCols(String... value) {
    set(params.labelCols, value);
    return this;
  }

  /** Tasks as HOCON. */
  public Param<String> tasks() {
    return params.tasks;
  }

  /** Sets {@link #tasks}. */
  public MultiTaskEstimator setTasks(String value) {
    set(params.tasks, value);
    return this;
  }

  /** Stored size of the images. */
  public Param<String> imageSize() {
    return params.imageSize;
  }

  /** Sets {@link #imageSize}. */
  public MultiTaskEstimator setImageSize(String value) {
    set(params.imageSize, value);
    return this;
  }

  /** Column of yes and no: rows that are for validation. */
  public Param<String> validationIndicatorCol() {
    return params.validationIndicatorCol;
  }

  /** Sets {@link #validationIndicatorCol}. */
  public MultiTaskEstimator setValidationIndicatorCol(String value) {
    set(params.validationIndicatorCol, value);
    return this;
  }

  /** More about the data as HOCON. */
  public Param<String> preprocessing() {
    return params.preprocessing;
  }

  /** Sets {@link #preprocessing}. */
  public MultiTaskEstimator setPreprocessing(String value) {
    set(params.preprocessing, value);
    return this;
  }

  /** Largest share of rows that may be set aside. */
  public DoubleParam maxBad() {
    return params.maxBad;
  }

  /** Sets {@link #maxBad}. */
  public MultiTaskEstimator setMaxBad(double value) {
    set(params.maxBad, value);
    return this;
  }

  /** Where shards, checkpoints and the model go. */
  public Param<String> workingDirectory() {
    return params.workingDirectory;
  }

  /** Sets {@link #workingDirectory}. */
  public MultiTaskEstimator setWorkingDirectory(String value) {
    set(params.workingDirectory, value);
    return this;
  }

  /** Whether another training in the working directory is replaced. */
  public BooleanParam overwrite() {
    return params.overwrite;
  }

  /** Sets {@link #overwrite}. */
  public MultiTaskEstimator setOverwrite(boolean value) {
    set(params.overwrite, value);
    return this;
  }

  /** The method. */
  public Param<String> method() {
    return params.method;
  }

  /** Sets {@link #method}. */
  public MultiTaskEstimator setMethod(String value) {
    set(params.method, value);
    return this;
  }

  /** The network. */
  public Param<String> network() {
    return params.network;
  }

  /** Sets {@link #network}. */
  public MultiTaskEstimator setNetwork(String value) {
    set(params.network, value);
    return this;
  }

  /** The optimiser. */
  public Param<String> optimizer() {
    return params.optimizer;
  }

  /** Sets {@link #optimizer}. */
  public MultiTaskEstimator setOptimizer(String value) {
    set(params.optimizer, value);
    return this;
  }

  /** Samples of a step. */
  public IntParam batchSize() {
    return params.batchSize;
  }

  /** Sets {@link #batchSize}. */
  public MultiTaskEstimator setBatchSize(int value) {
    set(params.batchSize, value);
    return this;
  }

  /** Length of the training in epochs. */
  public IntParam maxEpochs() {
    return params.maxEpochs;
  }

  /** Sets {@link #maxEpochs}. */
  public MultiTaskEstimator setMaxEpochs(int value) {
    set(params.maxEpochs, value);
    return this;
  }

  /** The learning rate. */
  public DoubleParam learningRate() {
    return params.learningRate;
  }

  /** Sets {@link #learningRate}. */
  public MultiTaskEstimator setLearningRate(double value) {
    set(params.learningRate, value);
    return this;
  }

  /** The seed of the training. */
  public LongParam seed() {
    return params.seed;
  }

  /** Sets {@link #seed}. */
  public MultiTaskEstimator setSeed(long value) {
    set(params.seed, value);
    return this;
  }

  /** Ranks. */
  public IntParam numWorkers() {
    return params.numWorkers;
  }

  /** Sets {@link #numWorkers}. */
  public MultiTaskEstimator setNumWorkers(int value) {
    set(params.numWorkers, value);
    return this;
  }

  /** All else as HOCON. */
  public Param<String> configuration() {
    return params.configuration;
  }

  /** Sets {@link #configuration}. */
  public MultiTaskEstimator setConfiguration(String value) {
    set(params.configuration, value);
    return this;
  }
}
