package org.sparkmto.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ImagePreparation;
import org.sparkmto.data.Task;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.runlog.Evaluation;

/**
 * The model that a run left; its weights are compared with their digest wherever they are read. Its
 * directory holds all that its use needs and may be copied and renamed: only an evaluation needs a
 * data set and the run.
 */
public final class TrainedModel {
  private final RunDirectory folder;
  private final Optional<RunDirectory> run;
  private final Checkpoint manifest;
  private final boolean sealed;
  private final TrainingConfiguration configuration;

  private TrainedModel(
      RunDirectory folder, Optional<RunDirectory> run, Checkpoint manifest, boolean sealed) {
    this.folder = folder;
    this.run = run;
    this.manifest = manifest;
    this.sealed = sealed;
    this.configuration = OwnJars.configuration(manifest.environment(), manifest.configuration());
  }

  /**
   * Opens the model of a run.
   *
   * @param directory of the run, or of the model alone, wherever that was copied to; or that of
   *     retrainings, for the model that is promoted there now
   * @throws ConfigurationException if there is no model
   */
  public static TrainedModel open(String directory, Configuration hadoop) {
    RunDirectory named = RunDirectory.of(directory, hadoop);
    RunDirectory below = named.below(RunDirectory.MODEL);
    Optional<String> ofRun = below.read(Checkpoint.MANIFEST);
    if (ofRun.isPresent()) {
      return of(below, Optional.of(named), ofRun.get());
    }
    Optional<String> alone = named.read(Checkpoint.MANIFEST);
    if (alone.isPresent()) {
      return of(named, Optional.empty(), alone.get());
    }
    Optional<PromotedModel> promoted = PromotedModel.in(named);
    if (promoted.isPresent()) {
      return promoted.get().open(named, hadoop);
    }
    throw new ConfigurationException(
        named.name()
            + " holds no trained model; "
            + (RunContents.isRun(named)
                ? "finish the run with train --resume"
                : named.exists()
                    ? "it is neither the directory of a run nor that of a model"
                    : "there is no such run"));
  }

  /**
   * The model of a directory, by the manifest that somebody has read already: executors use the one
   * that the driver saw, so that all of them use the same weights.
   *
   * @param location its own directory, as {@link #location} says
   * @throws ConfigurationException if the manifest is damaged
   */
  public static TrainedModel of(String location, String manifest, Configuration hadoop) {
    return of(RunDirectory.of(location, hadoop), Optional.empty(), manifest);
  }

  private static TrainedModel of(RunDirectory folder, Optional<RunDirectory> run, String manifest) {
    try {
      Checkpoint parsed = Checkpoint.parse(manifest, RunDirectory.MODEL);
      return new TrainedModel(folder, run, parsed, Checkpoint.isSealed(manifest));
    } catch (UnsoundException e) {
      String told = String.valueOf(e.getMessage());
      throw damaged(folder.name() + told.substring(RunDirectory.MODEL.length()), e);
    }
  }

  private static ConfigurationException damaged(String what, UnsoundException e) {
    return new ConfigurationException(
        what + "; copy the model again, or publish it again with train --resume", e);
  }

  /** Its manifest, for {@link #of(String, String, Configuration)} elsewhere. */
  public String manifest() {
    return manifest.toJson();
  }

  /** What to tell people who use it; nothing if all is well. */
  public Optional<String> caution() {
    List<String> cautions = new ArrayList<>(OwnJars.differences(manifest.environment()));
    if (sealed) {
      manifest.unfinished().map(how -> "the run of this model " + how).ifPresent(cautions::add);
    } else {
      cautions.add(
          run()
              + " holds a model of format 1, whose manifest has no digest of its own: it is taken"
              + " as it stands");
    }
    return cautions.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", cautions));
  }

  /**
   * The run that left it.
   *
   * @throws ConfigurationException if only the directory of the model itself was named
   */
  RunDirectory directory() {
    return run.orElseThrow(
        () ->
            new ConfigurationException(
                folder.name()
                    + " is the directory of a model alone; name that of its run, where what is"
                    + " found of it is written"));
  }

  TrainingConfiguration configuration() {
    return configuration;
  }

  /** Names of the tasks it was trained for. */
  public List<String> tasks() {
    return manifest.tasks();
  }

  /** Full name of the directory of its run, or of its own if that alone was named. */
  public String run() {
    return run.orElse(folder).name();
  }

  /** Full name of its own directory, the same for every machine. */
  public String location() {
    return folder.name();
  }

  /**
   * From which logit on its answer is yes, where {@code metrics.also} had the validation split
   * choose that: by task, one for each label, NaN for a label that could not choose. Other tasks
   * say yes above 0, a probability of one half.
   */
  public Map<String, List<Double>> thresholds() {
    return manifest.thresholds();
  }

  /**
   * The probabilities of {@link #thresholds}, for people and files: of tasks that chose one, with
   * one half for a label that could not.
   */
  public Map<String, List<Double>> yesFromProbability() {
    return Thresholds.probabilities(thresholds());
  }

  /** Steps that it was trained for. */
  public long step() {
    return manifest.step();
  }

  /**
   * SHA-256 of its weights, lower-case hexadecimal: of those that were used, wherever they were.
   */
  public String digest() {
    return manifest.weights().sha256();
  }

  /** Directory of the data set that it was trained on, the same from every working directory. */
  String dataDirectory() {
    String resolved = manifest.data().get("directory");
    return resolved == null ? configuration.dataDirectory() : resolved;
  }

  /**
   * The data set to use it on.
   *
   * @param asked directory of another one, if that is wanted; by default that of its training
   * @param whole whether the shards must be there
   * @throws ConfigurationException if, without being asked for, the data are others than those that
   *     it was trained on; the message says in what
   * @throws org.sparkmto.data.DataContractException if there is no such data set
   */
  public DatasetDirectory dataset(Optional<String> asked, boolean whole, Configuration hadoop) {
    String directory = asked.orElse(dataDirectory());
    DatasetDirectory dataset =
        whole
            ? DatasetDirectory.open(directory, hadoop)
            : DatasetDirectory.announced(directory, hadoop);
    if (asked.isEmpty()) {
      requireSame(dataset);
    }
    return dataset;
  }

  private void requireSame(DatasetDirectory dataset) {
    List<String> others = RunPlan.others(manifest.data(), dataset);
    if (!others.isEmpty()) {
      throw new ConfigurationException(
          dataset.root()
              + " is not the data set that "
              + run()
              + " was trained on (other: "
              + String.join(", ", others)
              + "); restore it, or name it with --data to use it on purpose");
    }
  }

  /**
   * Its network for the samples of a data set, which may be another than it was trained on.
   *
   * @throws ConfigurationException if the data set has not the model's tasks, or images that the
   *     network cannot take
   */
  public NetworkPlan plan(DatasetManifest contents) {
    NetworkPlan plan = ofModel(configuration.networkPlan(contents));
    List<String> found = plan.tasks().stream().map(Task::name).toList();
    if (!found.equals(tasks())) {
      throw new ConfigurationException(
          "the model of "
              + run()
              + " was trained for the tasks "
              + tasks()
              + ", data set '"
              + contents.dataset()
              + "' has "
              + found);
    }
    try {
      checkWeights(plan);
    } catch (UnsoundException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    } catch (ConfigurationException e) {
      throw new ConfigurationException(
          e.getMessage()
              + "; the model does not fit data set '"
              + contents.dataset()
              + "', whose tasks or images are others",
          e);
    }
    return plan;
  }

  /** A plan with the files of the model's network, and what its inputs were standardised by. */
  NetworkPlan ofModel(NetworkPlan plan) {
    try {
      NetworkPlan made = plan.madeOf(NetworkScripts.ofModel(manifest, folder));
      return manifest.statistics().isEmpty() ? made : made.normalised(manifest.statistics());
    } catch (UnsoundException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  /** Figures and {@code loss} on the validation split, by task; empty if there was none. */
  public Map<String, Map<String, Double>> validation() {
    return manifest.validation();
  }

  /**
   * What it is worth on a split of the data it was trained on: as its run says, or evaluated now.
   *
   * @throws ConfigurationException if the data are others now
   */
  public Evaluation evaluation(JavaSparkContext spark, String split) {
    return ModelEvaluation.known(this, spark, split);
  }

  /** As {@link ModelEvaluation#of} this model. */
  public ModelEvaluation.Evaluated evaluate(
      JavaSparkContext spark, String split, Optional<String> data, Optional<String> baseline) {
    return ModelEvaluation.of(this, spark, split, data, baseline);
  }

  /**
   * A data set without samples that has the model's tasks and inputs, so that the model can be used
   * without the data set it was trained on; none if an earlier version made the model.
   */
  public Optional<DatasetManifest> schema() {
    return manifest.schema().map(schema -> schema.withoutSamples(manifest.statistics()));
  }

  /**
   * How an image file becomes its input.
   *
   * @param input column of the network's input
   * @return nothing if no image file can fill it, or an earlier version made the model
   */
  public Optional<ImagePreparation> preparation(Column input) {
    return manifest.schema().map(schema -> schema.preparation().get(input.name()));
  }

  /**
   * Its network for samples of its own {@link #schema}.
   *
   * @throws ConfigurationException if the weights are not what the manifest says
   */
  public NetworkPlan plan() {
    NetworkPlan plan = planOfSchema();
    readWeights(plan::checkWeights);
    return plan;
  }

  /**
   * Its network for samples of its own {@link #schema}, without a look at the weights.
   *
   * @throws ConfigurationException if an earlier version made the model, which has no schema
   */
  public NetworkPlan planOfSchema() {
    if (manifest.schema().isEmpty()) {
      throw new ConfigurationException(
          run()
              + " holds a model of an earlier version, which does not say what its tasks are; train"
              + " it anew, or use it with predict --data");
    }
    return ofModel(configuration.modelPlan(schema().orElseThrow()));
  }

  /**
   * Reads its weights, which are compared with their digest; nothing may be done with what was read
   * before this returns.
   *
   * @throws ConfigurationException if they are damaged, or the reader refuses them
   */
  void readWeights(Checkpoints.Reader reader) {
    read(manifest.weights(), reader);
  }

  private void read(CheckpointFile file, Checkpoints.Reader reader) {
    try {
      new Checkpoints(folder).read("", file, reader);
    } catch (UnsoundException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Reads its files and compares them with their digests.
   *
   * @throws ConfigurationException if one is damaged
   */
  public void verify() {
    for (CheckpointFile file : manifest.files()) {
      read(file, (in, where) -> {});
    }
  }

  /** Names of its files but for the manifest. */
  List<String> files() {
    return manifest.files().stream().map(CheckpointFile::name).toList();
  }

  private void checkWeights(NetworkPlan plan) throws UnsoundException {
    new Checkpoints(folder).read("", manifest.weights(), plan::checkWeights);
  }

  /**
   * The network with the trained weights for samples of its own {@link #schema}, as {@link
   * #replica(DatasetManifest)}.
   */
  public Replica replica() {
    return replica(planOfSchema());
  }

  /**
   * The network with the trained weights, in the memory of this JVM; the caller closes it.
   *
   * @throws ConfigurationException if the weights are not what the manifest says, or of another
   *     network
   * @throws java.io.UncheckedIOException if they cannot be read
   */
  public Replica replica(DatasetManifest contents) {
    return replica(ofModel(configuration.networkPlan(contents)));
  }

  private Replica replica(NetworkPlan plan) {
    Replica replica = Replica.of(plan, Draws.of(0));
    try {
      new Checkpoints(folder).read("", manifest.weights(), replica.weights()::read);
    } catch (UnsoundException e) {
      replica.close();
      throw damaged(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      replica.close();
      throw e;
    }
    return replica;
  }
}
