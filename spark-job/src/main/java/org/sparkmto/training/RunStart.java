package org.sparkmto.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Additions;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.ConfigurationException;

/**
 * Where a run begins: at nothing, in an empty directory, or at the checkpoint of an earlier try.
 */
final class RunStart {
  private final RunPlan plan;
  private final RunDirectory directory;
  private final Checkpoints checkpoints;

  RunStart(RunPlan plan, RunDirectory directory) {
    this.plan = plan;
    this.directory = directory;
    this.checkpoints = new Checkpoints(directory);
  }

  /** Looks at the files that the network starts from; what is taken of them, in words. */
  List<String> weights(Configuration hadoop) {
    List<String> said = new ArrayList<>();
    plan.network()
        .scripts()
        .all()
        .forEach(
            file -> said.add("%s, SHA-256 %s".formatted(file, file.sha256().substring(0, 12))));
    plan.configuration()
        .warmStart()
        .ifPresent(start -> said.addAll(new WarmStart(start).check(hadoop, plan.network())));
    plan.configuration()
        .network()
        .pretrainedFile()
        .map(file -> PretrainedFile.check(file, hadoop, plan.network()))
        .ifPresent(text -> said.add("pre-trained weights: " + text));
    return said;
  }

  /**
   * Looks whether the directory is what a start asks for; writes nothing.
   *
   * @throws ConfigurationException if it is not
   */
  void examine(TrainingRun.Start start) {
    RunContents contents = RunContents.of(directory);
    if (contents.isEmpty()) {
      return;
    }
    boolean usable = contents.isRun() || contents.holdsOnlyRuns();
    if (!usable) {
      throw new ConfigurationException(
          directory.name()
              + " is not the directory of a run (it holds "
              + contents.examples()
              + "), so nothing is written there, with --resume and --overwrite neither; name"
              + " another directory");
    }
    if (start == TrainingRun.Start.NEW) {
      throw new ConfigurationException(
          directory.name() + " is not empty; give --resume to go on or --overwrite to start anew");
    }
    List<String> foreign = contents.foreign();
    if (start == TrainingRun.Start.OVERWRITE && !foreign.isEmpty()) {
      throw new ConfigurationException(
          directory.name()
              + " holds what no run has written ("
              + String.join(", ", foreign.subList(0, Math.min(3, foreign.size())))
              + (foreign.size() > 3 ? ", and " + (foreign.size() - 3) + " more" : "")
              + "), so it will not be overwritten; take that away, or name another directory");
    }
  }

  /**
   * The checkpoint to go on from.
   *
   * @throws ConfigurationException if it is of another run, or there are some and none is sound
   */
  Checkpoints.Newest newest() {
    Checkpoints.Newest newest = checkpoints.newestSound();
    newest.checkpoint().ifPresent(this::refuseOther);
    return newest;
  }

  /**
   * In what the run that stands in the directory is another than this one, or has gone further than
   * this one is to go.
   *
   * @return one phrase for each; empty if there is no run, or this one can go on from there
   * @throws ConfigurationException if there are checkpoints and none is sound
   */
  List<String> differences() {
    Optional<Checkpoint> there = checkpoints.newestSound().checkpoint();
    List<String> differences = new ArrayList<>(there.map(this::differences).orElse(List.of()));
    there
        .flatMap(checkpoint -> plan.grownSince(checkpoint.data()))
        .ifPresent(growth -> differences.add("the data set has grown since"));
    return differences;
  }

  /** Whether the run that stands in the directory is this one and has made all its steps. */
  boolean isDone() {
    return directory.isComplete()
        && newest().checkpoint().filter(last -> last.step() >= plan.steps()).isPresent();
  }

  /** Deletes what an earlier run wrote. */
  void clear() {
    RunContents.of(directory).delete();
  }

  /**
   * In what the run of a checkpoint is another than this one, or has gone further than this one is
   * to go; but for data that have grown.
   */
  private List<String> differences(Checkpoint checkpoint) {
    // Not as it was written: keys of later versions then have their defaults.
    Map<String, String> then = TrainingConfiguration.parse(checkpoint.configuration()).identity();
    Map<String, String> now = plan.configuration().identity();
    List<String> differences = new ArrayList<>();
    TreeMap<String, String> all = new TreeMap<>(then);
    all.putAll(now);
    for (String key : all.keySet()) {
      String before = then.getOrDefault(key, "unset");
      String after = now.getOrDefault(key, "unset");
      if (!before.equals(after)) {
        differences.add(key + " was " + before + " and is " + after);
      }
    }
    Optional<Additions.Growth> growth = plan.grownSince(checkpoint.data());
    plan.data()
        .forEach(
            (key, value) -> {
              boolean explained = growth.isPresent() && key.startsWith(RunPlan.DIGEST);
              boolean same = value.equals(checkpoint.data().get(key));
              if (!key.equals("directory") && !same && !explained) {
                differences.add("the data set's " + key + " is another");
              }
            });
    if (checkpoint.step() > plan.steps()) {
      differences.add(
          "it has made %s, more than the %d that this one wants"
              .formatted(Counted.of(checkpoint.step(), "step"), plan.steps()));
    }
    return differences;
  }

  private void refuseOther(Checkpoint checkpoint) {
    List<String> differences = differences(checkpoint);
    Optional<Additions.Growth> growth = plan.grownSince(checkpoint.data());
    if (growth.isPresent()) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "cannot resume %s: its data set has grown since by %s (preprocess --append,"
                  + " %s), and a run is of one state of its data%s; train anew on all samples"
                  + " with --overwrite or another run.directory, where start.model can name a"
                  + " finished run to start from",
              directory.name(),
              Counted.of(growth.get().samples(), "sample"),
              Counted.of(growth.get().times(), "time"),
              differences.isEmpty() ? "" : "; also, " + String.join("; ", differences)));
    }
    if (!differences.isEmpty()) {
      throw new ConfigurationException(
          "cannot resume "
              + directory.name()
              + ": "
              + String.join("; ", differences)
              + "; use the run's own settings or --overwrite");
    }
  }
}
