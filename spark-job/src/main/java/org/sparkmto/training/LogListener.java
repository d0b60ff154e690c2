package org.sparkmto.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.LayerwiseMethod;
import org.sparkmto.method.Method;
import org.sparkmto.method.SampledMethod;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.EvaluationLine;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.RestartLine;
import org.sparkmto.runlog.SharedWeights;
import org.sparkmto.runlog.SharedWeights.Blocks;
import org.sparkmto.runlog.StepLine;

/** Writes down every step, evaluation and restart of a run. */
final class LogListener implements RunListener {
  private final MetricsLog log;
  private final Blocks blocks;
  private final Schedule schedule;
  private final long cosinesEvery;
  private long lastNanos;

  LogListener(MetricsLog log, TrainingConfiguration configuration) {
    this.log = log;
    this.blocks = blocks(configuration.method().method());
    this.schedule = configuration.schedule();
    this.cosinesEvery = configuration.number("log.cosines-every");
  }

  private static Blocks blocks(Method method) {
    if (method instanceof SampledMethod) {
      return Blocks.PARTS;
    }
    return method instanceof LayerwiseMethod ? Blocks.GROUPS : Blocks.ONE;
  }

  @Override
  public void segmentBegins() {
    lastNanos = System.nanoTime();
  }

  @Override
  public void stepWeighed(
      StepReport report,
      Weighing weighing,
      Optional<SymmetricMatrix> gram,
      Optional<Vector> squaredNorms) {
    long now = System.nanoTime();
    double millis = (now - lastNanos) / 1e6;
    lastNanos = now;
    boolean cosines = cosinesEvery > 0 && report.step() % cosinesEvery == 0;
    log.append(
        new StepLine(
            report.step(),
            report.epoch(),
            numbers(report.losses()),
            SharedWeights.of(blocks, weighing.shared().toArray(), report.losses().length),
            numbers(weighing.heads().toArray()),
            squaredNorms.map(squares -> numbers(squares.map(Math::sqrt).toArray())),
            gram.filter(products -> cosines).map(LogListener::cosines),
            schedule.rate(report.step(), report.epoch()),
            millis,
            weighing.failure()));
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
  public void evaluated(Validation validation) {
    log.append(
        new EvaluationLine(
            new Evaluation(
                validation.split(),
                validation.step(),
                validation.scores().tasks(),
                validation.scores().mean(),
                validation
                    .delta()
                    .filter(delta -> Double.isFinite(delta.metricWeighted()))
                    .map(delta -> TrainedModel.written(delta, "")))));
  }

  @Override
  public void restarts(Restart restart) {
    log.truncate(restart.from());
    log.append(new RestartLine(restart.from(), restart.number() + 1, restart.reason()));
  }

  @Override
  public void committing() {
    log.flush();
  }
}
