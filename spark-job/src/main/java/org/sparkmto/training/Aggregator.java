package org.sparkmto.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkmto.config.ConfigurationException;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.MethodState;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.TaskStatus;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weigher;
import org.sparkmto.method.Weighing;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.random.Draws;

/**
 * The aggregator on the driver: turns the report of a step into the weights of its tasks. It owns
 * the method's state and the optimiser's state of what the method learns; both go into checkpoints.
 */
final class Aggregator {
  private static final String METHOD = "method/";
  private static final String LEARNED = "learned/";
  private static final String NEXT_STEP = "next-step";

  /** Hears of every step after its weights are known. */
  interface Listener {
    void weighed(StepReport report, Weighing weighing);
  }

  private final List<String> tasks;
  private final Weigher weigher;
  private final Schedule schedule;
  private final Listener listener;
  private final LearnedVectors learned;
  private MethodState state;
  private long nextStep;

  Aggregator(TrainingConfiguration configuration, List<String> tasks, Listener listener) {
    this.tasks = tasks;
    this.listener = listener;
    MethodEntry.Made made = configuration.method();
    try {
      weigher = new Weigher(made.method(), tasks, Draws.of(configuration.seed()), made.heads());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("method: " + e.getMessage(), e);
    }
    schedule = configuration.schedule();
    state = weigher.initialState();
    learned = new LearnedVectors(made.method(), configuration.optimizer(), tasks.size());
  }

  /**
   * Weighs the tasks of a step.
   *
   * @throws DivergedException if a loss or gradient is not finite
   * @throws IllegalStateException if the step is not the next one
   */
  synchronized StepAnswer weigh(StepReport report) {
    if (report.step() != nextStep) {
      throw new IllegalStateException(
          "the report of step " + report.step() + " came when step " + nextStep + " was expected");
    }
    Weighing weighing = weigher.weigh(observation(report), state);
    int bad = weighing.status().indexOf(TaskStatus.NOT_FINITE);
    if (bad >= 0) {
      throw new DivergedException(
          "step "
              + report.step()
              + ": the loss of task '"
              + tasks.get(bad)
              + "' is "
              + report.losses()[bad]
              + " and its gradient not finite; try a lower schedule.rate");
    }
    double rate = schedule.rate(report.step(), report.epoch());
    state = learned.learn(weighing, report.step(), rate);
    nextStep++;
    listener.weighed(report, weighing);
    return new StepAnswer(weighing.shared().toArray(), weighing.heads().toArray());
  }

  private static Observation observation(StepReport report) {
    double[] losses = report.losses();
    double[] labelled = new double[losses.length];
    for (int task = 0; task < losses.length; task++) {
      labelled[task] = Double.isNaN(losses[task]) ? 0 : 1;
    }
    Observation seen =
        Observation.ofLosses(
            report.step(), Math.toIntExact(report.epoch()), Vector.of(losses), Vector.of(labelled));
    double[] gram = report.gram();
    return gram.length == 0 ? seen : seen.withGram(symmetric(gram, losses.length));
  }

  private static SymmetricMatrix symmetric(double[] gram, int tasks) {
    double[] halves = gram.clone();
    for (int i = 0; i < tasks; i++) {
      for (int j = 0; j < tasks; j++) {
        halves[i * tasks + j] = (gram[i * tasks + j] + gram[j * tasks + i]) / 2;
      }
    }
    return SymmetricMatrix.of(tasks, halves);
  }

  /** All that must survive, as arrays by name. */
  synchronized Map<String, double[]> save() {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    arrays.put(NEXT_STEP, new double[] {nextStep});
    state.toArrays().forEach((name, values) -> arrays.put(METHOD + name, values));
    learned.save().forEach((name, values) -> arrays.put(LEARNED + name, values));
    return arrays;
  }

  /**
   * Takes over what {@link #save} gave.
   *
   * @throws IllegalArgumentException if it is of another method or number of tasks
   */
  synchronized void restore(Map<String, double[]> arrays) {
    Map<String, double[]> here = save();
    if (!lengths(arrays).equals(lengths(here))) {
      throw new IllegalArgumentException(
          "the checkpoint's aggregator holds "
              + lengths(arrays)
              + ", but this run's "
              + lengths(here)
              + "; was it written for another method or number of tasks?");
    }
    nextStep = (long) arrays.get(NEXT_STEP)[0];
    state = MethodState.ofArrays(under(METHOD, arrays));
    learned.restore(under(LEARNED, arrays));
  }

  private static Map<String, double[]> under(String prefix, Map<String, double[]> arrays) {
    Map<String, double[]> part = new LinkedHashMap<>();
    arrays.forEach(
        (name, values) -> {
          if (name.startsWith(prefix)) {
            part.put(name.substring(prefix.length()), values);
          }
        });
    return part;
  }

  private static Map<String, Integer> lengths(Map<String, double[]> arrays) {
    Map<String, Integer> lengths = new TreeMap<>();
    arrays.forEach((name, values) -> lengths.put(name, values.length));
    return lengths;
  }
}
