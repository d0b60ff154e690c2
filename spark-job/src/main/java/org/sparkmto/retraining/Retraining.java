package org.sparkmto.retraining;

import com.typesafe.config.ConfigUtil;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.RetrainSection;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.json.Json;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.RunLease;
import org.sparkmto.training.SharedTasks;
import org.sparkmto.training.TrainedModel;
import org.sparkmto.training.TrainingRun;

/**
 * One retraining: trains a new model from the promoted one, compares both on the same split and
 * decides. What each part is done is seen from what it leaves, so that the same call after a crash
 * makes the rest: the note of what it is about, the checkpoints and the model of the run, the
 * event, the name of the promoted model.
 */
public final class Retraining implements AutoCloseable {
  private final String run;
  private final TrainingConfiguration configuration;
  private final Configuration hadoop;
  private final Consumer<String> said;
  private final RetrainingDirectory directory;
  private final RetrainSection section;
  private final boolean breakLease;
  private final ArrivedData data;
  private final RunLease lease;
  private final boolean made;

  /** The promoted model, which {@link #prepare} finds. */
  private Optional<TrainedModel> old;

  private Retraining(
      TrainingConfiguration given,
      String run,
      boolean breakLease,
      Configuration hadoop,
      RetrainingDirectory directory,
      Consumer<String> said)
      throws InterruptedException {
    this.run = run;
    this.hadoop = hadoop;
    this.said = said;
    this.directory = directory;
    this.breakLease = breakLease;
    section = given.retrain().section();
    data = ArrivedData.find(section, given, hadoop);
    configuration =
        given
            .at(directory.run(run).name())
            .with("data.directory = " + quoted(data.dataset().root().toString()));
    PromotionRule.of(given.retrain(), configuration.evaluation(data.dataset().manifest()));
    made = !directory.root().isThere();
    lease = directory.lease(breakLease);
  }

  private static String quoted(String text) {
    return ConfigUtil.quoteString(text);
  }

  /**
   * The decision about a run, if it was made and all that follows from it is done; takes no lease
   * and writes nothing.
   *
   * @throws ConfigurationException if the identity or the directory cannot be
   */
  public static Optional<RetrainingEvent> decided(
      TrainingConfiguration configuration, String run, Configuration hadoop) {
    RetrainingDirectory.requireRun(run);
    RetrainingDirectory directory = directory(configuration, hadoop);
    return directory.decision(run).filter(event -> directory.isSettled());
  }

  private static RetrainingDirectory directory(
      TrainingConfiguration configuration, Configuration hadoop) {
    String name = configuration.retrain().section().directory();
    if (name.isEmpty()) {
      throw new ConfigurationException(
          "retrain.directory is not set; add it to the configuration or give --set"
              + " retrain.directory=...");
    }
    return RetrainingDirectory.of(name, hadoop);
  }

  /**
   * Takes the directory of all retrainings for this one; the caller closes it.
   *
   * @param breakLease whether to take it from another process that may live
   * @param said gets lines for people
   * @throws ConfigurationException if another process has it, or nothing can be trained so
   * @throws org.sparkmto.data.DataContractException if there is no whole data set
   */
  public static Retraining open(
      TrainingConfiguration configuration,
      String run,
      boolean breakLease,
      Configuration hadoop,
      Consumer<String> said)
      throws InterruptedException {
    RetrainingDirectory.requireRun(run);
    return new Retraining(
        configuration, run, breakLease, hadoop, directory(configuration, hadoop), said);
  }

  /**
   * Does all that needs no Spark: finishes what an earlier process could not, finds out whether
   * there is anything to do, and refuses what cannot be trained.
   *
   * @return the decision, if there is nothing to train
   * @throws ConfigurationException if it cannot be trained so, or the promoted model is damaged
   */
  public Optional<RetrainingEvent> prepare() {
    directory.settle();
    Optional<RetrainingEvent> decision = directory.decision(run);
    if (decision.isPresent()) {
      return decision;
    }
    old = promoted();
    if (isNothingNew()) {
      return Optional.of(nothingNew());
    }
    boolean goesOn = directory.begun(run).equals(Optional.of(about()));
    if (!goesOn && directory.run(run).exists()) {
      said.accept(
          "the data or the promoted model are others than those that " + run + " was begun with");
    }
    if (!goesOn || !directory.run(run).hasModel()) {
      TrainingRun.Start start = goesOn ? TrainingRun.Start.RESUME : TrainingRun.Start.OVERWRITE;
      TrainingRun.check(trained(), start, hadoop);
    }
    return Optional.empty();
  }

  /** The promoted model, whose weights were compared with their digest. */
  private Optional<TrainedModel> promoted() {
    try {
      Optional<TrainedModel> model =
          directory.promotion().map(event -> TrainedModel.open(directory.name(), hadoop));
      model.ifPresent(TrainedModel::verify);
      return model;
    } catch (ConfigurationException e) {
      throw new ConfigurationException(
          "the promoted model is damaged or gone: " + e.getMessage() + ", or go back with rollback",
          e);
    }
  }

  private boolean isNothingNew() {
    return section.onlyNewData()
        && directory.events().stream()
            .anyMatch(event -> event.model().isPresent() && data.isOf(event));
  }

  private RetrainingEvent nothingNew() {
    RetrainingEvent event =
        new RetrainingEvent(
            directory.nextNumber(),
            RetrainingEvent.Outcome.NOTHING_NEW,
            run,
            RetrainingDirectory.now(),
            List.of("an earlier decision was about the same data"),
            data.facts(),
            "",
            Optional.empty(),
            old.map(model -> judged(model, Map.of())),
            Double.NaN,
            List.of(),
            List.of());
    directory.add(event, lease);
    return event;
  }

  /** What a run is about: if any of it changes before the decision, the run begins anew. */
  private String about() {
    return Json.pretty(
        Json.object()
            .put("format", 1)
            .put("run", run)
            .put("data", data.digest())
            .put("from", old.map(TrainedModel::digest).orElse("")));
  }

  private TrainingConfiguration trained() {
    return old.filter(model -> section.warm())
        .map(
            model ->
                configuration.with(
                    "network.pretrained = \"\", start.model = " + quoted(model.run())))
        .orElse(configuration);
  }

  /**
   * Trains, evaluates and decides, or goes on with what an earlier process of this run has left.
   * What {@link #prepare} has found stays so while the directory is held.
   *
   * @param console of the training
   * @throws org.sparkmto.training.StoppedException if a signal ends the training; the same call
   *     goes on
   */
  public RetrainingEvent run(JavaSparkContext spark, PrintStream console)
      throws InterruptedException {
    if (!directory.begun(run).equals(Optional.of(about()))) {
      directory.forget(run);
      directory.run(run).clearRun();
      directory.begin(run, about());
    }
    if (!directory.run(run).hasModel()) {
      TrainingRun.run(spark, trained(), TrainingRun.Start.RESUME, breakLease, console);
    }
    RetrainingEvent event = decide(spark);
    directory.add(event, lease);
    directory.forget(run);
    List<String> pruned = directory.prune(section.keep());
    if (!pruned.isEmpty()) {
      said.accept("deleted the models of " + String.join(", ", pruned) + ", by retrain.keep");
    }
    return event;
  }

  private RetrainingEvent decide(JavaSparkContext spark) {
    TrainedModel fresh = TrainedModel.open(directory.run(run).name(), hadoop);
    SharedTasks all = SharedTasks.of(fresh, configuration, data.dataset().manifest());
    said.accept("evaluating " + run + " on " + section.split());
    Scores scores = all.scores(spark, data.dataset(), section.split());
    all.write(scores, section.split());
    PromotionRule.Verdict verdict = PromotionRule.first();
    Optional<RetrainingEvent.Judged> before = Optional.empty();
    List<String> gained = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    if (old.isPresent()) {
      SharedTasks shared = SharedTasks.of(old.get(), configuration, data.dataset().manifest());
      Map<String, Map<String, Double>> oldScores = Map.of();
      CountedFigures counted = new CountedFigures(Map.of());
      if (!shared.names().isEmpty()) {
        String name = directory.promotion().orElseThrow().run();
        said.accept("evaluating " + name + ", the promoted model, on " + section.split());
        oldScores = shared.scores(spark, data.dataset(), section.split()).tasks();
        counted = shared.evaluation().counted();
      }
      verdict =
          PromotionRule.of(configuration.retrain(), all.evaluation())
              .decide(scores.tasks(), oldScores, counted);
      Map<String, Map<String, Double>> found = oldScores;
      before = old.map(model -> judged(model, found));
      gained.addAll(all.names());
      gained.removeAll(shared.names());
      lost.addAll(old.get().tasks());
      lost.removeAll(shared.names());
    }
    return new RetrainingEvent(
        directory.nextNumber(),
        verdict.promote() ? RetrainingEvent.Outcome.PROMOTED : RetrainingEvent.Outcome.KEPT,
        run,
        RetrainingDirectory.now(),
        verdict.reasons(),
        data.facts(),
        section.split(),
        Optional.of(judged(fresh, scores.tasks())),
        before,
        verdict.delta(),
        gained,
        lost);
  }

  private static RetrainingEvent.Judged judged(
      TrainedModel model, Map<String, Map<String, Double>> tasks) {
    String run = model.run();
    return new RetrainingEvent.Judged(
        run.substring(run.lastIndexOf('/') + 1), model.step(), model.digest(), tasks);
  }

  /** Gives the directory back, and takes it away if nothing came into it. */
  @Override
  public void close() {
    lease.close();
    if (made) {
      directory.root().deleteIfEmpty();
    }
  }
}
