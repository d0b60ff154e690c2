package org.sparkmto.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.configuration.Preference;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.evaluation.SeedAverage;
import org.sparkmto.evaluation.SplitCounts;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.evaluation.SplitFindings;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.inspection.SampleRows;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.EvaluationDetails;
import org.sparkmto.runlog.SeedEvaluation;

/** What a trained model is worth on a split, alone and compared with single-task networks. */
public final class ModelEvaluation {
  /** How many samples of the highest loss are shown of each task unless it is said otherwise. */
  public static final int WORST = 6;

  private ModelEvaluation() {}

  /**
   * Refuses whatever {@link #of} would refuse and can be without a cluster.
   *
   * @throws ConfigurationException if the model or a baseline is missing, or the data set lacks the
   *     split or a task
   */
  public static void check(
      String run,
      String split,
      Optional<String> data,
      Optional<String> baseline,
      Configuration hadoop) {
    TrainedModel model = TrainedModel.open(run, hadoop);
    model.directory(); // which a model alone has not
    DatasetManifest contents = model.dataset(data, true, hadoop).manifest();
    model.plan(contents);
    contents.split(split);
    for (Task task :
        baseline.isPresent() ? model.configuration().tasks(contents) : List.<Task>of()) {
      SingleTaskBaselines.find(
          baseline.orElseThrow(), task, model.configuration(), contents, hadoop);
    }
  }

  /**
   * Evaluates the model on all executors and writes {@code evaluation-SPLIT.json} and {@code
   * details-SPLIT.json} into its run.
   *
   * @param split name of the split
   * @param data directory of the data set, if it is not the one it was trained on
   * @param baseline directory of single-task baselines to compare with; those that were not
   *     evaluated on this split yet are evaluated now
   * @throws ConfigurationException if the data set lacks the split or a task, or a baseline is
   *     missing
   */
  public static Evaluated of(
      TrainedModel model,
      JavaSparkContext spark,
      String split,
      Optional<String> data,
      Optional<String> baseline) {
    return of(model, spark, split, data, baseline, WORST);
  }

  /**
   * The same.
   *
   * @param worst how many samples of the highest loss {@code details-SPLIT.json} shows of each task
   */
  public static Evaluated of(
      TrainedModel model,
      JavaSparkContext spark,
      String split,
      Optional<String> data,
      Optional<String> baseline,
      int worst) {
    DatasetDirectory dataset = model.dataset(data, true, spark.hadoopConfiguration());
    model.plan(dataset.manifest()); // says here what would otherwise be an executor's trouble
    Scores scores = scores(model, spark, dataset, split, worst);
    Optional<RelativePerformance> delta =
        baseline.map(directory -> compare(model, spark, dataset, split, data, scores, directory));
    Evaluation evaluation =
        new Evaluation(
            split,
            model.step(),
            scores.tasks(),
            scores.mean(),
            delta.map(relative -> written(relative, baseline.orElseThrow())));
    model
        .directory()
        .write(
            Evaluation.file(split),
            SealedEvaluation.write(
                evaluation, model.digest(), digest(dataset, split), model.yesFromProbability()));
    return new Evaluated(scores, delta);
  }

  /**
   * What an evaluation found.
   *
   * @param scores metrics by task
   * @param delta the comparison with single-task baselines, if there was one to compare with
   */
  public record Evaluated(Scores scores, Optional<RelativePerformance> delta) {}

  /** What runs that differ in their seed alone reached. */
  public static SeedAverage average(List<Evaluated> runs) {
    return new SeedAverage(
        runs.stream().map(Evaluated::scores).toList(),
        runs.stream().flatMap(run -> run.delta().stream()).toList());
  }

  /** The record of a comparison with the networks of a directory, which may be empty. */
  public static Evaluation.Delta written(RelativePerformance relative, String baseline) {
    return new Evaluation.Delta(
        relative.taskWeighted(),
        relative.metricWeighted(),
        relative.convention().text(),
        relative.counted(),
        baseline);
  }

  /** Writes {@code evaluation-SPLIT.json} of all of them into the directory above theirs. */
  public static void writeAverage(RunDirectory above, String split, List<Evaluated> runs) {
    SeedAverage average = average(runs);
    SeedEvaluation evaluation =
        new SeedEvaluation(
            split,
            runs.size(),
            average.tasks(),
            average
                .delta()
                .map(
                    delta ->
                        new SeedEvaluation.Delta(
                            delta.taskWeighted(),
                            delta.metricWeighted(),
                            delta.one().convention().text(),
                            delta.one().counted())));
    above.write(Evaluation.file(split), evaluation.toJson());
  }

  private static Scores scores(
      TrainedModel model,
      JavaSparkContext spark,
      DatasetDirectory dataset,
      String split,
      int worst) {
    EvaluatedPart.Counted counted = counted(model, spark, dataset, split, worst, null);
    SampleRows rows = new SampleRows(dataset, spark.hadoopConfiguration());
    EvaluationDetails details =
        counted
            .findings()
            .details(split, model.step(), row -> rows.ids(split, row, row + 1).get(0));
    model.directory().write(EvaluationDetails.file(split), details.toJson());
    return judging(model, dataset.manifest()).scores(counted.counts());
  }

  /** The metrics of a model on a split, counted on all executors; nothing is written. */
  static Scores scores(
      TrainedModel model, JavaSparkContext spark, DatasetDirectory dataset, String split) {
    model.plan(dataset.manifest()); // says here what would otherwise be an executor's trouble
    return judging(model, dataset.manifest())
        .scores(counted(model, spark, dataset, split, 0, null).counts());
  }

  /** The same of what a model says that is asked for a preference, with losses. */
  static SplitCounts asked(
      TrainedModel model,
      JavaSparkContext spark,
      DatasetDirectory dataset,
      String split,
      Preference preference) {
    return counted(model, spark, dataset, split, 0, preference).counts();
  }

  private static EvaluatedPart.Counted counted(
      TrainedModel model,
      JavaSparkContext spark,
      DatasetDirectory dataset,
      String split,
      int worst,
      Preference asked) {
    DatasetManifest contents = dataset.manifest();
    contents.split(split);
    SplitEvaluation evaluation = judging(model, contents, asked);
    int parts = Math.max(1, new Cluster(spark).slots());
    EvaluatedPart part =
        new EvaluatedPart(
            model.location(),
            model.manifest(),
            contents.toJson(),
            dataset.root().toString(),
            split,
            parts,
            worst,
            asked,
            new SerializableConfiguration(spark.hadoopConfiguration()));
    List<Integer> numbers = IntStream.range(0, parts).boxed().toList();
    SplitCounts counts = evaluation.nothing();
    SplitFindings findings =
        new SplitFindings(contents, model.configuration().tasks(contents), worst);
    for (EvaluatedPart.Counted counted :
        ExecutorTrouble.inOwnWords(() -> spark.parallelize(numbers, parts).map(part).collect())) {
      counts.add(counted.counts());
      findings.add(counted.findings());
    }
    return new EvaluatedPart.Counted(counts, findings);
  }

  /** The figures of each task that count in comparisons of a model with others. */
  public static CountedFigures counted(TrainedModel model, DatasetManifest contents) {
    return model.configuration().evaluation(contents).counted();
  }

  /**
   * The networks of single tasks that a model is compared with, by task.
   *
   * @param directory that of `train --tasks one`, or a store of such networks
   * @param contents the data set that they were trained on
   * @throws ConfigurationException if one is missing
   */
  public static Map<String, TrainedModel> baselines(
      TrainedModel model, String directory, DatasetManifest contents, Configuration hadoop) {
    Map<String, TrainedModel> baselines = new LinkedHashMap<>();
    for (Task task : model.configuration().tasks(contents)) {
      RunDirectory single =
          SingleTaskBaselines.find(directory, task, model.configuration(), contents, hadoop);
      baselines.put(task.name(), TrainedModel.open(single.name(), hadoop));
    }
    return baselines;
  }

  /** How a model is judged: by the thresholds that its validation split chose, no other. */
  static SplitEvaluation judging(TrainedModel model, DatasetManifest contents) {
    return model.configuration().evaluation(contents).decidedBy(model.thresholds());
  }

  /** The same with losses, if it is asked for a preference and not for what is usual. */
  static SplitEvaluation judging(TrainedModel model, DatasetManifest contents, Preference asked) {
    SplitEvaluation usual = judging(model, contents);
    return asked == null ? usual : usual.withLosses();
  }

  private static RelativePerformance compare(
      TrainedModel model,
      JavaSparkContext spark,
      DatasetDirectory dataset,
      String split,
      Optional<String> data,
      Scores scores,
      String baseline) {
    Map<String, Map<String, Double>> singles = new LinkedHashMap<>();
    for (Task task : model.configuration().tasks(dataset.manifest())) {
      RunDirectory single =
          SingleTaskBaselines.find(
              baseline,
              task,
              model.configuration(),
              dataset.manifest(),
              spark.hadoopConfiguration());
      singles.put(
          task.name(),
          known(
                  TrainedModel.open(single.name(), spark.hadoopConfiguration()),
                  spark,
                  dataset,
                  split,
                  data)
              .tasks()
              .getOrDefault(task.name(), Map.of()));
    }
    try {
      return RelativePerformance.against(
          singles,
          scores.tasks(),
          model.configuration().evaluation(dataset.manifest()).counted(),
          RelativePerformance.Convention.DROP);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--baseline " + baseline + ": " + e.getMessage(), e);
    }
  }

  /** What a model is worth on a split of the data it was trained on. */
  static Evaluation known(TrainedModel model, JavaSparkContext spark, String split) {
    DatasetDirectory dataset = model.dataset(Optional.empty(), true, spark.hadoopConfiguration());
    return known(model, spark, dataset, split, Optional.empty());
  }

  /** What a model is worth, from its run's file if that is of its weights and these data. */
  private static Evaluation known(
      TrainedModel model,
      JavaSparkContext spark,
      DatasetDirectory dataset,
      String split,
      Optional<String> data) {
    String digest = digest(dataset, split);
    Supplier<Optional<Evaluation>> file =
        () ->
            model
                .directory()
                .read(Evaluation.file(split))
                .flatMap(json -> SealedEvaluation.read(json, model.digest(), digest));
    return file.get()
        .orElseGet(
            () -> {
              of(model, spark, split, data, Optional.empty());
              return file.get()
                  .orElseThrow(
                      () ->
                          new ConfigurationException(
                              model.run()
                                  + " was trained on other data than the model it is compared with;"
                                  + " name the data with --data, or another baseline"));
            });
  }

  private static String digest(DatasetDirectory dataset, String split) {
    return dataset.manifest().split(split).digest();
  }
}
