package org.sparkmto.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.Preference;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.evaluation.SplitCounts;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.PreferenceFront;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.runlog.EvaluatedFront;
import org.sparkmto.runlog.EvaluatedFront.Answer;

/**
 * What trained networks are worth that are asked for several preferences. Each network is trained
 * once; what it answers to all of them is its front.
 */
public final class FrontEvaluation {
  private final JavaSparkContext spark;
  private final String split;
  private final Optional<String> data;

  /**
   * Evaluations on a split.
   *
   * @param data directory of the data set, if it is not the one that the networks were trained on
   */
  public FrontEvaluation(JavaSparkContext spark, String split, Optional<String> data) {
    this.spark = spark;
    this.split = split;
    this.data = data;
  }

  /** What a network is asked for where nobody says; empty if it is told no preference. */
  public static Optional<Preference> usual(TrainedModel model) {
    return Preference.usual(model.configuration().method(), model.tasks().size());
  }

  /** Which preferences a network of so many tasks is asked for. */
  @FunctionalInterface
  public interface Asked extends Function<Integer, List<Preference>> {}

  /**
   * Refuses whatever {@link #of} would refuse and can be without a cluster.
   *
   * @throws ConfigurationException if a model is missing or cannot be asked for preferences, or the
   *     data set lacks the split or a task
   */
  public static void check(
      String run, String split, Optional<String> data, Asked asked, Configuration hadoop) {
    ModelEvaluation.check(run, split, data, Optional.empty(), hadoop);
    TrainedModel model = TrainedModel.open(run, hadoop);
    asked
        .apply(model.tasks().size())
        .forEach(one -> one.require(model.plan(model.dataset(data, true, hadoop).manifest()), run));
  }

  /** What was counted of a network. */
  private record Answers(
      TrainedModel model,
      DatasetDirectory dataset,
      Map<String, List<Figure>> counted,
      List<Answer> all) {

    private PreferenceFront front() {
      List<PreferenceFront.Axis> axes = new ArrayList<>();
      int task = 0;
      for (List<Figure> figures : counted.values()) {
        for (Figure figure : figures) {
          axes.add(new PreferenceFront.Axis(task, figure.direction()));
        }
        task++;
      }
      return new PreferenceFront(
          axes,
          points(),
          all.stream()
              .map(one -> one.preference().stream().mapToDouble(Double::doubleValue).toArray())
              .toArray(double[][]::new));
    }

    private double[][] points() {
      return all.stream()
          .map(
              answer ->
                  counted.entrySet().stream()
                      .flatMapToDouble(
                          task ->
                              task.getValue().stream()
                                  .mapToDouble(figure -> answer.of(task.getKey(), figure.name())))
                      .toArray())
          .toArray(double[][]::new);
    }
  }

  /**
   * Asks networks, on all executors, and writes {@code front-SPLIT.json} into their runs. The
   * hypervolumes are of one box if the same figures of the same tasks count in all runs, and of a
   * box for each run otherwise.
   *
   * @return the fronts by run
   */
  Map<String, EvaluatedFront> of(List<String> runs, Asked asked) {
    Map<String, Answers> found = new LinkedHashMap<>();
    runs.forEach(run -> found.put(run, answers(run, asked)));
    List<Answers> all = List.copyOf(found.values());
    boolean alike = all.stream().map(Answers::counted).distinct().count() == 1;
    double[][] box =
        all.stream().flatMap(one -> List.of(one.points()).stream()).toArray(double[][]::new);
    Map<String, EvaluatedFront> fronts = new LinkedHashMap<>();
    found.forEach(
        (run, answers) -> {
          PreferenceFront front = answers.front();
          Map<String, List<String>> counted = new LinkedHashMap<>();
          answers
              .counted()
              .forEach((task, some) -> counted.put(task, some.stream().map(Figure::name).toList()));
          EvaluatedFront evaluated =
              new EvaluatedFront(
                  split,
                  answers.model().step(),
                  answers.model().digest(),
                  answers.dataset().manifest().split(split).digest(),
                  counted,
                  answers.all(),
                  front.volume(alike ? box : answers.points()),
                  front.obeyed());
          answers.model().directory().write(EvaluatedFront.file(split), evaluated.toJson());
          fronts.put(run, evaluated);
        });
    return fronts;
  }

  /** The same, as lines for people. */
  public List<String> lines(List<String> runs, Asked asked) {
    List<String> lines = new ArrayList<>();
    of(runs, asked)
        .forEach(
            (run, front) -> {
              lines.addAll(FrontTable.lines(run, front));
              lines.add("");
            });
    return lines;
  }

  private Answers answers(String run, Asked asked) {
    TrainedModel model = TrainedModel.open(run, spark.hadoopConfiguration());
    DatasetDirectory dataset = model.dataset(data, true, spark.hadoopConfiguration());
    SplitEvaluation judging = ModelEvaluation.judging(model, dataset.manifest()).withLosses();
    List<Answer> all = new ArrayList<>();
    for (Preference preference : asked.apply(model.tasks().size())) {
      SplitCounts counts = ModelEvaluation.asked(model, spark, dataset, split, preference);
      Scores scores = judging.scores(counts);
      Map<String, Double> losses = judging.losses(counts);
      Map<String, Map<String, Double>> tasks = new LinkedHashMap<>();
      scores
          .tasks()
          .forEach(
              (task, values) -> {
                Map<String, Double> own = new LinkedHashMap<>(values);
                own.put(Answer.LOSS, losses.get(task));
                tasks.put(task, own);
              });
      all.add(new Answer(preference.shares(), tasks));
    }
    return new Answers(model, dataset, judging.counted().tasks(), all);
  }
}
