package org.sparkmto.training;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.sparkmto.analysis.GradientAnalysis;
import org.sparkmto.configuration.LogSection;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.RunGauges;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Weighing;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.runlog.AnalysisLine;
import org.sparkmto.runlog.Caution;
import org.sparkmto.runlog.Cautions;
import org.sparkmto.runlog.EndLine;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.EvaluationLine;
import org.sparkmto.runlog.LineNumbers;
import org.sparkmto.runlog.LogFormatException;
import org.sparkmto.runlog.LogLine;
import org.sparkmto.runlog.LogReader;
import org.sparkmto.runlog.LookLine;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.RestartLine;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.SharedWeights;
import org.sparkmto.runlog.SharedWeights.Blocks;
import org.sparkmto.runlog.StepLine;
import org.sparkmto.runlog.TensorBoardLog;
import org.sparkmto.timing.StepPhase;
import org.sparkmto.tracking.RunTracking;

/** Writes down every step, evaluation and restart of a run. */
final class LogListener implements RunListener, AutoCloseable {
  private final MetricsLog log;
  private final Cautions cautions;
  private final Consumer<String> say;
  private final Schedule schedule;
  private final LogSection every;
  private final boolean clips;
  private final Optional<TensorBoardLog> board;
  private final LineNumbers numbers;
  private final Optional<TrackedDirectory> tracked;
  private final Optional<RunTracking> tracking;
  private final RunGauges gauges = RunGauges.open();
  private final Map<Integer, Map<StepPhase, Double>> told = new HashMap<>();
  private boolean waitsSaid;
  private int ranks;
  private long lastNanos;

  private record Look(long step, SymmetricMatrix products) {}

  private Look look = new Look(-1, SymmetricMatrix.of(0));

  /** The last step, while it may still be told that it was clipped. */
  private StepLine pending;

  private LogListener(
      MetricsLog log,
      TrainingConfiguration configuration,
      Cautions cautions,
      Optional<TensorBoardLog> board,
      Optional<TrackedDirectory> tracked,
      RunHeader header,
      Consumer<String> say) {
    this.log = log;
    this.tracked = tracked;
    this.tracking = tracked.map(directory -> directory.track(header));
    this.board = board;
    this.numbers = new LineNumbers(header);
    this.cautions = cautions;
    this.say = say;
    this.schedule = configuration.schedule();
    this.clips = configuration.update().clipNorm() > 0;
    this.every = configuration.log();
  }

  /**
   * A listener that writes into the log of a run.
   *
   * @param step the first that will be made
   * @param say tells a person a word of warning; what was told of earlier steps is not told again
   */
  static LogListener open(
      MetricsLog log,
      RunDirectory directory,
      TrainingConfiguration configuration,
      RunHeader header,
      long step,
      Consumer<String> say) {
    Cautions cautions = new Cautions(header);
    Optional<TensorBoardLog> board =
        configuration.log().tensorboard()
            ? Optional.of(TensorBoardLog.open(directory.files(), directory.root(), header, step))
            : Optional.empty();
    LogListener listener =
        new LogListener(
            log,
            configuration,
            cautions,
            board,
            configuration.tracking().target().map(to -> new TrackedDirectory(directory, to)),
            header,
            say);
    header.steps().ifPresent(steps -> listener.gauges.set("steps", (double) steps));
    if (step == 0) {
      listener.warn(cautions.standing());
      return listener;
    }
    try (InputStream in = directory.files().open(new Path(directory.root(), MetricsLog.FILE))) {
      LogReader.read(in, header, cautions::hear);
    } catch (IOException | LogFormatException e) {
      say.accept("warnings begin anew, because the log so far cannot be read: " + e.getMessage());
    }
    return listener;
  }

  private static Blocks blocks(GradientSummary gradients) {
    return switch (gradients.form()) {
      case PART_GRAM, LOSSES_AFTER -> Blocks.PARTS;
      case GROUP_GRAMS -> Blocks.GROUPS;
      case NONE, GRAM, AVERAGE_GRAM, SQUARED_NORMS, ELEMENT_SUMS, DERIVATIVES -> Blocks.ONE;
    };
  }

  @Override
  public void segmentBegins(int number) {
    lastNanos = System.nanoTime();
    if (number < ranks) {
      gauges.remove("rank.");
    }
    ranks = number;
    told.clear();
    gauges.set("ranks", number);
  }

  /** Gauges show the newest seconds, not those since the segment began. */
  @Override
  public void rankSpent(int rank, Map<StepPhase, Double> seconds) {
    Map<StepPhase, Double> newest = new EnumMap<>(seconds);
    Map<StepPhase, Double> before = told.put(rank, seconds);
    if (before != null) {
      newest.replaceAll((phase, total) -> total - before.get(phase));
    }
    show(rank, newest);
  }

  private void show(int rank, Map<StepPhase, Double> seconds) {
    for (StepPhase phase : StepPhase.values()) {
      gauges.set("rank." + rank + "." + phase.word(), RankTimes.share(seconds, phase));
    }
  }

  @Override
  public void stepLooked(long step, SymmetricMatrix products) {
    look = new Look(step, products);
  }

  @Override
  public void lookErred(long step, double error) {
    writePending();
    append(new LookLine(step, error));
  }

  @Override
  public void stepAnalysed(long step, long epoch, GradientAnalysis analysis) {
    writePending();
    append(new AnalysisLine(step, epoch, analysis));
  }

  /** What was looked at for the log, which is everything, or what the method sees. */
  private Optional<SymmetricMatrix> products(Observation seen) {
    return Optional.of(look)
        .filter(l -> l.step() == seen.step())
        .map(Look::products)
        .or(() -> seen.gradients().gram());
  }

  @Override
  public void stepWeighed(Observation seen, Weighing weighing) {
    long now = System.nanoTime();
    double millis = (now - lastNanos) / 1e6;
    lastNanos = now;
    boolean cosines =
        isDue(every.cosinesEvery(), seen.step()) || isDue(every.gradientsEvery(), seen.step());
    StepLine line =
        new StepLine(
            seen.step(),
            seen.epoch(),
            numbers(seen.losses().toArray()),
            SharedWeights.of(
                blocks(seen.gradients()), weighing.shared().toArray(), seen.losses().size()),
            numbers(weighing.heads().toArray()),
            products(seen)
                .map(SymmetricMatrix::diagonal)
                .or(() -> seen.gradients().squaredNorms())
                .map(squares -> numbers(squares.map(Math::sqrt).toArray())),
            products(seen).filter(products -> cosines).map(LogListener::cosines),
            schedule.rate(seen.step(), seen.epoch()),
            millis,
            weighing.failure(),
            Optional.empty());
    if (clips) {
      writePending();
      pending = line;
    } else {
      append(line);
    }
  }

  @Override
  public void stepClipped(long step, double norm) {
    pending = pending.clippedFrom(norm);
  }

  /** Writes down the step that was held back, and ends the files that are its own. */
  @Override
  public void close() {
    writePending();
    gauges.close();
    board.ifPresent(TensorBoardLog::close);
    tracking.ifPresent(RunTracking::close);
    sayTracked();
  }

  private void sayTracked() {
    tracking.ifPresent(server -> server.words().forEach(say));
  }

  /** Tells the server that tracks the run, if there is one, how it ended, and waits for it. */
  void ended(RunEnd end) throws InterruptedException {
    writePending();
    log.flush();
    if (tracking.isPresent()) {
      tracked.orElseThrow().finish(tracking.get(), end);
    }
  }

  private void writePending() {
    if (pending != null) {
      append(pending);
      pending = null;
    }
  }

  private void append(LogLine line) {
    log.append(line);
    board.ifPresent(tensorboard -> tensorboard.append(line));
    gauges.set("step", (double) LineNumbers.stepsMade(line));
    numbers.of(line).forEach((name, value) -> gauges.set(name.replace('/', '.'), value));
    warn(cautions.hear(line));
    tracking.ifPresent(server -> server.hear(line));
    sayTracked();
  }

  private void warn(List<Caution> found) {
    found.forEach(caution -> say.accept("look here: " + caution.text()));
  }

  /** Says what is to be said once more when the run is done. */
  void ending() {
    warn(cautions.atTheEnd());
  }

  private static boolean isDue(int everySteps, long step) {
    return everySteps > 0 && step % everySteps == 0;
  }

  private static List<List<Double>> cosines(SymmetricMatrix products) {
    double[] norms = products.diagonal().map(Math::sqrt).toArray();
    List<List<Double>> rows = new ArrayList<>();
    for (int i = 0; i < norms.length; i++) {
      List<Double> row = new ArrayList<>();
      for (int j = 0; j < norms.length; j++) {
        row.add(products.at(i, j) / (norms[i] * norms[j]));
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<Double> numbers(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** Of many segments in which ranks wait, the first one's warning is enough. */
  @Override
  public void segmentMade(RankTimes times) {
    writePending();
    append(times.line());
    for (int rank = 0; rank < times.ranks(); rank++) {
      if (!told.containsKey(rank)) {
        show(rank, times.seconds().get(rank));
      }
    }
    if (!waitsSaid) {
      times
          .caution()
          .ifPresent(
              text -> {
                say.accept("look here: " + text);
                waitsSaid = true;
              });
    }
  }

  @Override
  public void evaluated(ValidationScores validation) {
    writePending();
    append(
        new EvaluationLine(
            new Evaluation(
                validation.split(),
                validation.step(),
                validation.scores().tasks(),
                validation.scores().mean(),
                validation.losses(),
                validation
                    .delta()
                    .filter(delta -> Double.isFinite(delta.metricWeighted()))
                    .map(delta -> ModelEvaluation.written(delta, ""))),
            validation.constant()));
  }

  @Override
  public void restarts(Restart restart) {
    writePending();
    log.truncate(restart.from());
    append(new RestartLine(restart.from(), restart.number() + 1, restart.reason()));
  }

  @Override
  public void ends(long step, String reason) {
    writePending();
    append(new EndLine(step, reason));
  }

  @Override
  public void committing() {
    writePending();
    log.flush();
    board.ifPresent(TensorBoardLog::flush);
  }
}
