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
import org.sparkmto.runlog.SharedWeights;
import org.sparkmto.runlog.StepLine;

/** What the log says of every step, in the order in which they are made. */
final class StepLines {
  private final SharedWeights.Blocks blocks;
  private final Schedule schedule;
  private final long cosinesEvery;
  private long lastStepNanos = System.nanoTime();

  StepLines(TrainingConfiguration configuration) {
    blocks = blocks(configuration.method().method());
    schedule = configuration.schedule();
    cosinesEvery = configuration.number("log.cosines-every");
  }

  private static SharedWeights.Blocks blocks(Method method) {
    if (method instanceof SampledMethod) {
      return SharedWeights.Blocks.PARTS;
    }
    return method instanceof LayerwiseMethod
        ? SharedWeights.Blocks.GROUPS
        : SharedWeights.Blocks.ONE;
  }

  /** The time of the next step begins now. */
  void begin() {
    lastStepNanos = System.nanoTime();
  }

  /**
   * A step that has just been weighed.
   *
   * @param gram inner products of the gradients of the step's task losses, where they were seen
   * @param squaredNorms the diagonal of {@code gram}, or what was seen instead of it
   */
  StepLine line(
      StepReport report,
      Weighing weighing,
      Optional<SymmetricMatrix> gram,
      Optional<Vector> squaredNorms) {
    long now = System.nanoTime();
    double millis = (now - lastStepNanos) / 1e6;
    lastStepNanos = now;
    boolean cosines = cosinesEvery > 0 && report.step() % cosinesEvery == 0;
    return new StepLine(
        report.step(),
        report.epoch(),
        numbers(report.losses()),
        SharedWeights.of(blocks, weighing.shared().toArray(), report.losses().length),
        numbers(weighing.heads().toArray()),
        squaredNorms.map(squares -> numbers(squares.map(Math::sqrt).toArray())),
        gram.filter(products -> cosines).map(StepLines::cosines),
        schedule.rate(report.step(), report.epoch()),
        millis,
        weighing.failure());
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
}
