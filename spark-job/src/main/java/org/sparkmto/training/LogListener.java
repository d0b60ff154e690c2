package org.sparkmto.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;
import org.sparkmto.optimizer.Schedule;

/** Writes down every step, evaluation and restart of a run. */
final class LogListener implements RunListener {
  private final MetricsLog log;
  private final Schedule schedule;
  private final long cosinesEvery;
  private long lastNanos;

  LogListener(MetricsLog log, TrainingConfiguration configuration) {
    this.log = log;
    this.schedule = configuration.schedule();
    this.cosinesEvery = configuration.number("log.cosines-every");
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
    ObjectNode line = MetricsLog.line("step", report.step()).put("epoch", report.epoch());
    MetricsLog.put(line, "losses", report.losses());
    MetricsLog.put(line, "shared", weighing.shared().toArray());
    MetricsLog.put(line, "heads", weighing.heads().toArray());
    squaredNorms.ifPresent(
        squares -> MetricsLog.put(line, "norms", squares.map(Math::sqrt).toArray()));
    if (cosinesEvery > 0 && report.step() % cosinesEvery == 0) {
      gram.ifPresent(products -> putCosines(line.putArray("cosines"), products));
    }
    line.put("rate", schedule.rate(report.step(), report.epoch()));
    line.put("millis", (now - lastNanos) / 1e6);
    lastNanos = now;
    weighing.failure().ifPresent(failure -> line.put("fallback", failure));
    log.append(line);
  }

  private static void putCosines(ArrayNode rows, SymmetricMatrix products) {
    double[] norms = products.diagonal().map(Math::sqrt).toArray();
    for (int i = 0; i < norms.length; i++) {
      ArrayNode row = rows.addArray();
      for (int j = 0; j < norms.length; j++) {
        MetricsLog.add(row, products.at(i, j) / (norms[i] * norms[j]));
      }
    }
  }

  @Override
  public void evaluated(ValidationScores validation) {
    ObjectNode line = MetricsLog.line("evaluation", validation.step());
    line.put("split", validation.split());
    line.setAll(validation.scores().toJson());
    validation
        .delta()
        .filter(delta -> Double.isFinite(delta.metricWeighted()))
        .ifPresent(
            delta ->
                line.putObject("delta")
                    .put("task-weighted", delta.taskWeighted())
                    .put("metric-weighted", delta.metricWeighted())
                    .put("convention", delta.convention().text()));
    log.append(line);
  }

  @Override
  public void restarts(Restart restart) {
    log.truncate(restart.from());
    log.append(
        MetricsLog.line("restart", restart.from())
            .put("attempt", restart.number() + 1)
            .put("reason", restart.reason()));
  }

  @Override
  public void committing() {
    log.flush();
  }
}
