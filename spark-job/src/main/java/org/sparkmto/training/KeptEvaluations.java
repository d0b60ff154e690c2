package org.sparkmto.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.method.DrawnPreference;
import org.sparkmto.runlog.Evaluation;

/**
 * Evaluations of models on splits of data sets, kept in a directory that is not that of a run: each
 * in a file that carries the digests of the weights and of the split, so that none is made twice
 * and none is taken for another.
 */
public final class KeptEvaluations {
  private static final int DIGITS = 16;

  private final JavaSparkContext spark;
  private final RunDirectory store;

  /**
   * @param store where the files are and go
   */
  public KeptEvaluations(JavaSparkContext spark, RunDirectory store) {
    this.spark = spark;
    this.store = store;
  }

  /** The evaluation of a model, if it is there. */
  public Optional<Evaluation> there(TrainedModel model, DatasetDirectory dataset, String split) {
    String data = dataset.manifest().split(split).digest();
    return store
        .read(file(model, data))
        .flatMap(json -> SealedEvaluation.read(json, identity(model), data));
  }

  /**
   * The evaluation of a model, made on all executors if it is not there.
   *
   * @throws org.sparkmto.options.ConfigurationException if the model does not fit the data set
   */
  public Evaluation of(TrainedModel model, DatasetDirectory dataset, String split) {
    return there(model, dataset, split).orElseGet(() -> made(model, dataset, split));
  }

  private Evaluation made(TrainedModel model, DatasetDirectory dataset, String split) {
    Scores scores = ModelEvaluation.scores(model, spark, dataset, split);
    Evaluation evaluation =
        new Evaluation(split, model.step(), scores.tasks(), scores.mean(), Optional.empty());
    String data = dataset.manifest().split(split).digest();
    store.write(
        file(model, data), SealedEvaluation.write(evaluation, identity(model), data, Map.of()));
    return evaluation;
  }

  /** Its weights, and what they are asked for where a preference is told to the network. */
  static String identity(TrainedModel model) {
    return model
        .configuration()
        .method()
        .method()
        .drawnPreference()
        .flatMap(DrawnPreference::asked)
        .map(asked -> ContentDigest.sha256().digest((model.digest() + asked).getBytes(UTF_8)))
        .map(HexFormat.of()::formatHex)
        .orElse(model.digest());
  }

  private static String file(TrainedModel model, String data) {
    return identity(model).substring(0, DIGITS) + "-" + data.substring(0, DIGITS) + ".json";
  }
}
