package org.sparkmto.training;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.analysis.GradientAnalysis;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.input.BatchStream;
import org.sparkmto.input.RankBatch;
import org.sparkmto.method.Observation;
import org.sparkmto.method.Weighing;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Replica;
import org.sparkmto.network.Safetensors;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.runlog.AnalysisLine;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.DivergedException;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.step.ParameterGroups;
import org.sparkmto.step.RankStatistics;

/**
 * The gradients of a run at its stored checkpoints: from each, the next steps of the run are made
 * again in memory, by one rank without Spark, and analysed. Nothing of the run is changed.
 */
public final class CheckpointAnalyses {
  private final RunDirectory directory;
  private final List<Checkpoint> checkpoints;
  private final Settings settings;
  private final Configuration hadoop;

  /**
   * What is asked for.
   *
   * @param steps to be made from each checkpoint, at least 1
   * @param samples single samples of every step that are compared; 0 for none
   * @param threads of the rank
   * @param data directory of the data set, if it is not where it was
   */
  public record Settings(int steps, int samples, int threads, Optional<String> data) {
    /** Checks the numbers. */
    public Settings {
      if (steps < 1 || samples < 0 || threads < 1) {
        throw new IllegalArgumentException(
            "steps and threads must be 1 or more, samples 0 or more, not %d, %d and %d"
                .formatted(steps, threads, samples));
      }
    }
  }

  private CheckpointAnalyses(
      RunDirectory directory,
      List<Checkpoint> checkpoints,
      Settings settings,
      Configuration hadoop) {
    this.directory = directory;
    this.checkpoints = checkpoints;
    this.settings = settings;
    this.hadoop = hadoop;
  }

  /**
   * Prepares the analyses of a run.
   *
   * @param run its directory
   * @throws ConfigurationException if it has no checkpoint, or its data are others now
   */
  public static CheckpointAnalyses of(String run, Settings settings, Configuration hadoop) {
    RunDirectory directory = RunDirectory.of(run, hadoop);
    // Of those of one step, the one that was made again comes first.
    Map<Long, Checkpoint> byStep = new TreeMap<>();
    new Checkpoints(directory).all().forEach(each -> byStep.putIfAbsent(each.step(), each));
    if (byStep.isEmpty()) {
      throw new ConfigurationException(
          directory.name()
              + (RunContents.isRun(directory)
                  ? " has no checkpoint; finish a segment of the run with train --resume"
                  : " is not the directory of a run"));
    }
    List<Checkpoint> all = new ArrayList<>(byStep.values());
    all.sort(Comparator.comparingLong(Checkpoint::step));
    CheckpointAnalyses analyses = new CheckpointAnalyses(directory, all, settings, hadoop);
    analyses.plan(all.get(0));
    return analyses;
  }

  /** Steps of the checkpoints, rising. */
  public List<Long> checkpoints() {
    return checkpoints.stream().map(Checkpoint::step).toList();
  }

  private RunPlan plan(Checkpoint checkpoint) {
    TrainingConfiguration then =
        OwnJars.configuration(checkpoint.environment(), checkpoint.configuration());
    String data =
        settings
            .data()
            .or(() -> Optional.ofNullable(checkpoint.data().get("directory")))
            .map(named -> "\ndata.directory = " + ConfigUtil.quoteString(named))
            .orElse("");
    TrainingConfiguration now =
        then.with(
            "analyze { every = 1, samples = %d }\nlog.gradients-every = 0%s"
                .formatted(settings.samples(), data));
    RunPlan plan = RunPlan.of(now, true, hadoop);
    List<String> others = RunPlan.others(checkpoint.data(), plan.dataset());
    if (settings.data().isEmpty() && !others.isEmpty()) {
      throw new ConfigurationException(
          "%s is not the data set that %s was trained on (other: %s); restore it, or name it with --data to use it on purpose"
              .formatted(plan.dataset().root(), directory.name(), String.join(", ", others)));
    }
    GradientRoute.requireParts(now, now.batch(), 1);
    return plan;
  }

  /**
   * Makes the steps.
   *
   * @param heard hears of every step
   * @return an analysis of each step, in order; a step that two checkpoints lead to once
   * @throws DivergedException if a loss or gradient is not finite
   */
  public List<AnalysisLine> run(Consumer<AnalysisLine> heard) {
    ComputeThreads.use(settings.threads());
    TreeMap<Long, AnalysisLine> found = new TreeMap<>();
    for (Checkpoint checkpoint : checkpoints) {
      analyse(
          checkpoint,
          plan(checkpoint),
          line -> {
            found.put(line.step(), line);
            heard.accept(line);
          });
    }
    return List.copyOf(found.values());
  }

  private void analyse(Checkpoint checkpoint, RunPlan plan, Consumer<AnalysisLine> found) {
    List<GradientAnalysis.Layer> layers = ParameterGroups.layers(plan.layout());
    Aggregator aggregator =
        plan.aggregator(
            new Aggregator.Listener() {
              @Override
              public void weighed(Observation seen, Weighing weighing) {}

              @Override
              public void analysed(long step, long epoch, GradientSums sums) {
                found.accept(new AnalysisLine(step, epoch, GradientAnalysis.of(sums, layers)));
              }
            });
    StartFiles files =
        new StartFiles(new Checkpoints(directory), checkpoint.directory(), checkpoint.files());
    files.read(
        Checkpoint.AGGREGATOR,
        (in, where) -> aggregator.restore(Safetensors.readDoubles(in, where)));
    TrainingConfiguration configuration = plan.configuration();
    SoloGroup group = new SoloGroup();
    try (BatchStream batches =
            TrainingBatches.alone(plan, configuration.batch(), checkpoint.step(), hadoop);
        Replica replica = Replica.of(plan.network(), Draws.of(configuration.seed()));
        GradientRoute route =
            GradientRoute.of(
                configuration, new GradientRoute.Rank(replica, group, aggregator::weigh))) {
      List<FlatVector> ofRank = List.of(replica.buffers());
      files.restore(replica, route, new RankStatistics(ofRank, group));
      for (int step = 0; step < settings.steps(); step++) {
        RankBatch batch = batches.next();
        route.step(batch.host(), batch.step(), batch.epoch());
      }
    }
  }
}
