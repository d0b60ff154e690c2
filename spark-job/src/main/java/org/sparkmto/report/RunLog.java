package org.sparkmto.report;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.sparkmto.runlog.AnalysisLine;
import org.sparkmto.runlog.Caution;
import org.sparkmto.runlog.Cautions;
import org.sparkmto.runlog.EndLine;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.EvaluationLine;
import org.sparkmto.runlog.LogLine;
import org.sparkmto.runlog.LogReader;
import org.sparkmto.runlog.LookLine;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.PhasesLine;
import org.sparkmto.runlog.RestartLine;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.SharedWeights.Blocks;
import org.sparkmto.runlog.StepLine;

/**
 * What {@code metrics.jsonl} says, read line by line into memory that depends on the number of
 * tasks and evaluations but not on the number of steps (except 4 bytes per step for the exact
 * median time).
 *
 * <p>After a restart the run does some steps again and logs them again: the later lines replace the
 * earlier ones.
 */
final class RunLog {
  /** How often the weights fell back to equal ones for one reason. */
  record Fallback(long count, long first, long last) {}

  private final Series[] losses;
  private final Series[] shared;
  private final Series[] heads;
  private final Series[] norms;
  private final Series rate = new Series();
  private final Series time = new Series();
  private final Series lookError = new Series();
  private final CosineAverage cosines;
  private final AnalysisHistory analyses;
  private final Cautions cautions;
  private final TreeMap<String, TreeMap<Long, Evaluation>> evaluations = new TreeMap<>();
  private final List<RestartLine> restarts = new ArrayList<>();
  private final TreeMap<Long, PhasesLine> phases = new TreeMap<>();
  private EndLine end;
  private final Map<String, Fallback> fallbacks = new LinkedHashMap<>();
  private float[] times = new float[1024];
  private int timed;
  private LogReader.Result read = new LogReader.Result(0, List.of());
  private Blocks blocks = Blocks.ONE;
  private int blockCount = 1;
  private long lastStep = -1;
  private long normed;
  private boolean headsDiffer;

  private RunLog(RunHeader header) {
    int tasks = header.tasks().size();
    cautions = new Cautions(header);
    losses = series(tasks);
    shared = series(tasks);
    heads = series(tasks);
    norms = series(tasks);
    cosines = new CosineAverage(tasks);
    analyses = new AnalysisHistory(tasks);
  }

  private static Series[] series(int tasks) {
    return IntStream.range(0, tasks).mapToObj(task -> new Series()).toArray(Series[]::new);
  }

  static RunLog empty(RunHeader header) {
    return new RunLog(header);
  }

  static RunLog read(InputStream in, RunHeader header) throws IOException {
    RunLog log = empty(header);
    log.read = LogReader.read(in, header, log::line);
    return log;
  }

  private void line(LogLine line) {
    cautions.hear(line);
    if (line instanceof StepLine step) {
      step(step);
    } else if (line instanceof EvaluationLine evaluated) {
      Evaluation evaluation = evaluated.evaluation();
      evaluations
          .computeIfAbsent(evaluation.split(), split -> new TreeMap<>())
          .put(evaluation.step(), evaluation);
    } else if (line instanceof LookLine look) {
      if (look.step() <= lastStep) {
        lookError.rewind(look.step());
      }
      add(lookError, look.step(), look.error());
    } else if (line instanceof AnalysisLine analysed) {
      analyses.add(analysed);
    } else if (line instanceof PhasesLine measured) {
      phases.put(measured.step(), measured);
    } else if (line instanceof RestartLine restart) {
      restarts.add(restart);
    } else if (line instanceof EndLine ended) {
      end = ended;
    }
  }

  private void step(StepLine line) {
    long step = line.step();
    if (step <= lastStep) {
      rewind(step);
    }
    lastStep = step;
    blocks = line.shared().blocks();
    blockCount = line.shared().weights().size();
    for (int task = 0; task < losses.length; task++) {
      double weight = line.shared().ofTask(task);
      double headWeight = line.heads().get(task);
      add(losses[task], step, line.losses().get(task));
      add(shared[task], step, weight);
      add(heads[task], step, headWeight);
      if (line.norms().isPresent()) {
        normed += task == 0 ? 1 : 0;
        add(norms[task], step, line.norms().get().get(task));
      }
      headsDiffer |= weight != headWeight;
    }
    line.cosines().ifPresent(rows -> cosines.add(step, rows));
    add(rate, step, line.rate());
    if (Double.isFinite(line.millis())) {
      if (timed > 0) {
        // The first one has the start-up of every library in it and would flatten the others.
        time.add(step, line.millis());
      }
      times = timed == times.length ? Arrays.copyOf(times, 2 * timed) : times;
      times[timed++] = (float) line.millis();
    }
    line.fallback()
        .ifPresent(
            reason -> {
              Fallback before = fallbacks.getOrDefault(reason, new Fallback(0, step, step));
              fallbacks.put(reason, new Fallback(before.count() + 1, before.first(), step));
            });
  }

  private static void add(Series series, long step, double number) {
    if (Double.isFinite(number)) {
      series.add(step, number);
    }
  }

  private void rewind(long step) {
    for (Series[] group : List.of(losses, shared, heads, norms)) {
      for (Series series : group) {
        series.rewind(step);
      }
    }
    rate.rewind(step);
    time.rewind(step);
  }

  Series loss(int task) {
    return losses[task];
  }

  Series shared(int task) {
    return shared[task];
  }

  Series head(int task) {
    return heads[task];
  }

  Series norm(int task) {
    return norms[task];
  }

  Series rate() {
    return rate;
  }

  Series time() {
    return time;
  }

  /** How far combined gradients were from those of all gradients, where that was measured. */
  Series lookError() {
    return lookError;
  }

  CosineAverage cosines() {
    return cosines;
  }

  /** What the gradients of some steps had to do with each other. */
  AnalysisHistory analyses() {
    return analyses;
  }

  /** What a person should know first. */
  List<Caution> cautions() {
    return cautions.standing();
  }

  /** What a task has several weights of the shared part for, in the last step. */
  Blocks blocks() {
    return blocks;
  }

  /** How many weights of the shared part a task has, in the last step. */
  int blockCount() {
    return blockCount;
  }

  /** Whether some steps have norms and others have not. */
  boolean hasNormsNowAndThen() {
    return normed > 0 && normed < steps();
  }

  /** Whether the heads ever had other weights than the shared part. */
  boolean headsDiffer() {
    return headsDiffer;
  }

  /** The step after the last one logged; 0 if there is none. */
  long steps() {
    return lastStep + 1;
  }

  /** Where the time of steps went, between one checkpoint and the next. */
  Collection<PhasesLine> phases() {
    return phases.values();
  }

  List<RestartLine> restarts() {
    return restarts;
  }

  /** Why the run ended before its last step, if it did. */
  Optional<EndLine> end() {
    return Optional.ofNullable(end);
  }

  Map<String, Fallback> fallbacks() {
    return fallbacks;
  }

  /** Names of the splits evaluated during training. */
  Collection<String> splits() {
    return evaluations.keySet();
  }

  /** Evaluations of a split in the order of their steps. */
  Collection<Evaluation> evaluations(String split) {
    return evaluations.getOrDefault(split, new TreeMap<>()).values();
  }

  /** NaN if no step was timed. */
  double medianMillis() {
    if (timed == 0) {
      return Double.NaN;
    }
    float[] sorted = Arrays.copyOf(times, timed);
    Arrays.sort(sorted);
    return timed % 2 == 1
        ? sorted[timed / 2]
        : (sorted[timed / 2 - 1] + (double) sorted[timed / 2]) / 2;
  }

  /** All steps together; 0 if none was timed. */
  double totalMillis() {
    double total = 0;
    for (int step = 0; step < timed; step++) {
      total += times[step];
    }
    return total;
  }

  /** NaN if no step was timed. */
  double longestMillis() {
    double longest = Double.NaN;
    for (int step = 0; step < timed; step++) {
      longest = step == 0 ? times[0] : Math.max(longest, times[step]);
    }
    return longest;
  }

  /** What could not be read, as sentences. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (LogReader.Skipped skipped : read.skipped()) {
      boolean one = skipped.count() == 1;
      boolean end = one && skipped.first() == read.lines();
      notes.add(
          MetricsLog.FILE
              + (one
                  ? ": line " + NumberText.count(skipped.first()) + " is "
                  : ": "
                      + NumberText.count(skipped.count())
                      + " lines (first "
                      + NumberText.count(skipped.first())
                      + ", last "
                      + NumberText.count(skipped.last())
                      + ") are ")
              + skipped.reason()
              + (one ? " and was skipped" : " and were skipped")
              + (end ? "; it is the last one, as when a run is killed while writing" : "")
              + ".");
    }
    return notes;
  }
}
