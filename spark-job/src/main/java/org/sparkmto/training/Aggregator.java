package org.sparkmto.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
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
import org.sparkmto.optimizer.Optimizer;
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
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final Listener listener;
  private MethodState state;
  private Map<String, double[][]> learned;
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
    optimizer = configuration.optimizer();
    schedule = configuration.schedule();
    state = weigher.initialState();
    learned = fresh(made);
  }

  private Map<String, double[][]> fresh(MethodEntry.Made made) {
    Map<String, double[][]> vectors = new TreeMap<>();
    for (String name : made.method().learned()) {
      vectors.put(name, new double[optimizer.state().size()][tasks.size()]);
    }
    return vectors;
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
    state = weighing.state();
    learn(weighing, report);
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

  /** What a method learns takes a step of the model's own optimiser; inactive tasks stay. */
  private void learn(Weighing weighing, StepReport report) {
    int[] active =
        IntStream.range(0, tasks.size())
            .filter(task -> weighing.status().get(task) == TaskStatus.ACTIVE)
            .toArray();
    double rate = schedule.rate(report.step(), report.epoch());
    weighing
        .gradients()
        .forEach(
            (name, gradient) -> {
              double[] values = state.perTask(name).toArray();
              double[][] moments = learned.get(name);
              for (int task : active) {
                double[] value = {values[task]};
                double[][] own = new double[moments.length][1];
                for (int i = 0; i < own.length; i++) {
                  own[i][0] = moments[i][task];
                }
                optimizer.update(
                    value, new double[] {gradient.at(task)}, own, 0, 1, report.step() + 1, rate);
                values[task] = value[0];
                for (int i = 0; i < own.length; i++) {
                  moments[i][task] = own[i][0];
                }
              }
              state = state.withPerTask(name, Vector.of(values));
            });
  }

  /** All that must survive, as arrays by name. */
  synchronized Map<String, double[]> save() {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    arrays.put(NEXT_STEP, new double[] {nextStep});
    state.toArrays().forEach((name, values) -> arrays.put(METHOD + name, values));
    learned.forEach(
        (name, vectors) -> {
          for (int i = 0; i < vectors.length; i++) {
            arrays.put(LEARNED + name + "/" + optimizer.state().get(i), vectors[i].clone());
          }
        });
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
    Map<String, double[]> ofMethod = new LinkedHashMap<>();
    arrays.forEach(
        (name, values) -> {
          if (name.startsWith(METHOD)) {
            ofMethod.put(name.substring(METHOD.length()), values);
          }
        });
    nextStep = (long) arrays.get(NEXT_STEP)[0];
    state = MethodState.ofArrays(ofMethod);
    learned.forEach(
        (name, vectors) -> {
          for (int i = 0; i < vectors.length; i++) {
            vectors[i] = arrays.get(LEARNED + name + "/" + optimizer.state().get(i)).clone();
          }
        });
  }

  private static Map<String, Integer> lengths(Map<String, double[]> arrays) {
    Map<String, Integer> lengths = new TreeMap<>();
    arrays.forEach((name, values) -> lengths.put(name, values.length));
    return lengths;
  }
}
