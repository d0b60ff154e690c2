package org.sparkmto.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.BilevelMethod;
import org.sparkmto.method.BufferMethod;
import org.sparkmto.method.ElementMethod;
import org.sparkmto.method.LayerwiseMethod;
import org.sparkmto.method.LearnedVectors;
import org.sparkmto.method.Method;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.MethodState;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SecondLook;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.TaskStatus;
import org.sparkmto.method.TaskwiseMethod;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weigher;
import org.sparkmto.method.Weighing;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.options.ConfigurationException;
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
    /**
     * Hears of a step.
     *
     * @param gram inner products of the gradients of the step's task losses, where they were seen
     * @param squaredNorms the diagonal of {@code gram}, or what was seen instead of it
     */
    void weighed(
        StepReport report,
        Weighing weighing,
        Optional<SymmetricMatrix> gram,
        Optional<Vector> squaredNorms);
  }

  private final List<String> tasks;
  private final Weigher weigher;
  private final Schedule schedule;
  private final Listener listener;
  private final LearnedVectors learned;
  private final Method method;
  private final int groups;
  private MethodState state;
  private long nextStep;
  private int nextPhase;
  private Observation pending;

  Aggregator(TrainingConfiguration configuration, List<String> tasks, Listener listener) {
    this(configuration, tasks, 1, listener);
  }

  /**
   * An aggregator for a run.
   *
   * @param groups how many groups of parameters a layerwise method weighs
   */
  Aggregator(
      TrainingConfiguration configuration, List<String> tasks, int groups, Listener listener) {
    this.tasks = tasks;
    this.listener = listener;
    MethodEntry.Made made = configuration.method();
    this.method = made.method();
    this.groups = groups;
    try {
      weigher =
          new Weigher(made.method(), tasks, groups, Draws.of(configuration.seed()), made.heads());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("method: " + e.getMessage(), e);
    }
    schedule = configuration.schedule();
    state = weigher.initialState();
    learned =
        new LearnedVectors(made.method(), made.learning(), configuration.optimizer(), tasks.size());
  }

  /**
   * Weighs the tasks of a step.
   *
   * @throws DivergedException if a loss or gradient is not finite
   * @throws IllegalStateException if the step is not the next one
   */
  synchronized StepAnswer weigh(StepReport report) {
    if (report.step() != nextStep || report.phase() != nextPhase) {
      throw new IllegalStateException(
          "report %d of step %d came when %d of step %d was expected"
              .formatted(report.phase(), report.step(), nextPhase, nextStep));
    }
    if (report.phase() == 1 && method instanceof SecondLook) {
      state = weigher.lookAgain(pending, Vector.of(report.losses()), state);
      next();
      return new StepAnswer(new double[0], new double[report.losses().length]);
    }
    Observation seen = observation(report);
    Weighing weighing = weigher.weigh(seen, state);
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
    if (report.phase() == 0 && method instanceof BilevelMethod) {
      nextPhase = 1;
      return answer(weighing);
    }
    double rate = schedule.rate(report.step(), report.epoch());
    weighing = learned.learn(weigher, seen, weighing, rate);
    state = weighing.state();
    listener.weighed(report, weighing, gradients(seen), squaredNorms(seen));
    if (method instanceof SecondLook) {
      pending = seen;
      nextPhase = 1;
    } else {
      next();
    }
    return answer(weighing);
  }

  private void next() {
    nextStep++;
    nextPhase = 0;
    pending = null;
  }

  private static StepAnswer answer(Weighing weighing) {
    double[] blend =
        weighing.blend().map(b -> b.keep().followedBy(b.take()).toArray()).orElse(new double[0]);
    return new StepAnswer(weighing.shared().toArray(), weighing.heads().toArray(), blend);
  }

  /** The inner products of the gradients of this step's losses, for people. */
  private Optional<SymmetricMatrix> gradients(Observation seen) {
    int count = tasks.size();
    double[] sum = new double[count * count];
    if (!seen.layers().isEmpty()) {
      for (SymmetricMatrix layer : seen.layers()) {
        add(sum, layer, 0, 0, 1);
      }
    } else if (seen.gram().isEmpty()) {
      return Optional.empty();
    } else if (method instanceof BufferMethod) {
      add(sum, seen.gram().get(), count, count, 1);
    } else {
      int parts = seen.gram().get().size() / count;
      for (int a = 0; a < parts; a++) {
        for (int b = 0; b < parts; b++) {
          // The gradient of the batch is the mean of those of its parts, up to missing labels.
          add(sum, seen.gram().get(), a * count, b * count, 1.0 / (parts * parts));
        }
      }
    }
    return Optional.of(SymmetricMatrix.of(count, sum));
  }

  private void add(double[] sum, SymmetricMatrix from, int row, int column, double factor) {
    int count = tasks.size();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * from.at(row + i / count, column + i % count);
    }
  }

  private Optional<Vector> squaredNorms(Observation seen) {
    if (method instanceof ElementMethod || method instanceof TaskwiseMethod) {
      return Optional.of(seen.figures().get(0));
    }
    return gradients(seen).map(SymmetricMatrix::diagonal);
  }

  private Observation observation(StepReport report) {
    double[] losses = report.losses();
    int count = losses.length;
    double[] labelled = new double[count];
    for (int task = 0; task < count; task++) {
      labelled[task] = Double.isNaN(losses[task]) ? 0 : 1;
    }
    Observation seen =
        Observation.ofLosses(
            report.step(), Math.toIntExact(report.epoch()), Vector.of(losses), Vector.of(labelled));
    double[] gram = report.gram();
    if (method instanceof LayerwiseMethod) {
      int size = count * count;
      List<SymmetricMatrix> layers = new ArrayList<>();
      for (int group = 0; group < groups; group++) {
        layers.add(
            SymmetricMatrix.of(count, Arrays.copyOfRange(gram, group * size, (group + 1) * size)));
      }
      seen = seen.withLayers(layers);
    } else if (method.gradientsPerTask() > 0 && gram.length > 0) {
      seen = seen.withGram(SymmetricMatrix.of(count * method.gradientsPerTask(), gram));
    }
    Vector[] figures = new Vector[report.figures().length / count];
    for (int i = 0; i < figures.length; i++) {
      figures[i] = Vector.of(Arrays.copyOfRange(report.figures(), i * count, (i + 1) * count));
    }
    return seen.withFigures(figures);
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
