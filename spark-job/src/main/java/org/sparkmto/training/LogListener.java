package org.sparkmto.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Weighing;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.runlog.EndLine;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.EvaluationLine;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.RestartLine;
import org.sparkmto.runlog.SharedWeights;
import org.sparkmto.runlog.SharedWeights.Blocks;
import org.sparkmto.runlog.StepLine;

/** Writes down every step, evaluation and restart of a run. */
final class LogListener implements RunListener, AutoCloseable {
  private final MetricsLog log;
  private final Schedule schedule;
  private final LogSection every;
  private final boolean clips;
  private long lastNanos;

  /** The last step, while it may still be told that it was clipped. */
  private StepLine pending;

  LogListener(MetricsLog log, TrainingConfiguration configuration) {
    this.log = log;
    this.schedule = configuration.schedule();
    this.clips = configuration.update().clipNorm() > 0;
    this.every = configuration.log();
  }

  private static Blocks blocks(GradientSummary gradients) {
    return switch (gradients.form()) {
      case PART_GRAM -> Blocks.PARTS;
      case GROUP_GRAMS -> Blocks.GROUPS;
      default -> Blocks.ONE;
    };
  }

  @Override
  public void segmentBegins() {
    lastNanos = System.nanoTime();
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
            seen.gradients()
                .squaredNorms()
                .map(squares -> numbers(squares.map(Math::sqrt).toArray())),
            seen.gradients().gram().filter(products -> cosines).map(LogListener::cosines),
            schedule.rate(seen.step(), seen.epoch()),
            millis,
            weighing.failure(),
            Optional.empty());
    if (clips) {
      close();
      pending = line;
    } else {
      log.append(line);
    }
  }

  @Override
  public void stepClipped(long step, double norm) {
    pending = pending.clippedFrom(norm);
  }

  /** Writes down the step that was held back. */
  @Override
  public void close() {
    if (pending != null) {
      log.append(pending);
      pending = null;
    }
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

  @Override
  public void evaluated(ValidationScores validation) {
    close();
    log.append(
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
                    .map(delta -> ModelEvaluation.written(delta, "")))));
  }

  @Override
  public void restarts(Restart restart) {
    close();
    log.truncate(restart.from());
    log.append(new RestartLine(restart.from(), restart.number() + 1, restart.reason()));
  }

  @Override
  public void ends(long step, String reason) {
    close();
    log.append(new EndLine(step, reason));
  }

  @Override
  public void committing() {
    close();
    log.flush();
  }
}
