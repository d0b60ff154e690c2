package org.sparkmto.step;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.configuration.LookSection;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.CombinedGradient;
import org.sparkmto.method.LearnedVectors;
import org.sparkmto.method.Method;
import org.sparkmto.method.Method.SecondQuestion;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.MethodState;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.TaskStatus;
import org.sparkmto.method.Weigher;
import org.sparkmto.method.Weighing;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;

/**
 * The aggregator on the driver: turns the report of a step into the weights of its tasks. It owns
 * the method's state and the optimiser's state of what the method learns; both go into checkpoints.
 */
public final class Aggregator {
  private static final String METHOD = "method/";
  private static final String LEARNED = "learned/";
  private static final String HELD = "held/";
  private static final String NEXT_STEP = "next-step";

  /** Hears of every step after its weights are known. */
  public interface Listener {
    /** Hears of a step. */
    void weighed(Observation seen, Weighing weighing);

    /** Hears how long the combined gradient of the step weighed last was before it was clipped. */
    default void clipped(long step, double norm) {}

    /** Sees the inner products of the gradients of the step that will be weighed next. */
    default void looked(long step, SymmetricMatrix products) {}

    /**
     * Hears how far the combined gradient of the step that will be weighed next is from the one
     * that the method would make of all gradients.
     */
    default void lookErred(long step, double error) {}

    /** Hears what the gradients of the step weighed last have to do with each other. */
    default void analysed(long step, long epoch, GradientSums sums) {}
  }

  private final List<String> tasks;
  private final Weigher weigher;
  private final Schedule schedule;
  private final double learnedFactor;
  private final Listener listener;
  private final LearnedVectors learned;
  private final Method method;
  private final LookSection look;
  private final HeldWeights held;
  private MethodState state;
  private long nextStep;
  private SecondQuestion awaited = SecondQuestion.NONE;
  private Observation pending;
  private Optional<StepReport.Looked> everything = Optional.empty();

  /** An aggregator for a run whose method weighs all parameters alike. */
  public Aggregator(TrainingConfiguration configuration, List<String> tasks, Listener listener) {
    this(configuration, tasks, 1, listener);
  }

  /**
   * An aggregator for a run.
   *
   * @param groups how many groups of parameters a layerwise method weighs
   */
  public Aggregator(
      TrainingConfiguration configuration, List<String> tasks, int groups, Listener listener) {
    this.tasks = tasks;
    this.listener = listener;
    MethodEntry.Made made = configuration.method();
    this.method = made.method();
    weigher = weigher(configuration, tasks, groups);
    schedule = configuration.schedule();
    learnedFactor = configuration.update().learnedRate();
    state = weigher.initialState();
    look = configuration.look();
    held = new HeldWeights(tasks.size(), method.equalWeight(tasks.size()));
    learned =
        new LearnedVectors(made.method(), made.learning(), configuration.optimizer(), tasks.size());
  }

  /** Applies the method of a run. */
  static Weigher weigher(TrainingConfiguration configuration, List<String> tasks, int groups) {
    MethodEntry.Made made = configuration.method();
    try {
      return new Weigher(
          made.method(), tasks, groups, Draws.of(configuration.seed()), made.heads());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("method: " + e.getMessage(), e);
    }
  }

  /**
   * Weighs the tasks of a step.
   *
   * @throws DivergedException if a loss or gradient is not finite
   * @throws IllegalStateException if this is not the next report
   */
  public synchronized StepAnswer weigh(StepReport report) {
    return report.map(
        observed -> weigh(observed.seen()),
        this::lookAgain,
        this::clipped,
        this::looked,
        this::analysed);
  }

  private StepAnswer lookAgain(StepReport.Updated report) {
    requireNext(report.step(), SecondQuestion.AFTER_UPDATE);
    state = weigher.lookAgain(pending, report.losses(), state);
    next();
    return new StepAnswer.Noted();
  }

  private StepAnswer clipped(StepReport.Clipped report) {
    listener.clipped(report.step(), report.norm());
    return new StepAnswer.Noted();
  }

  private StepAnswer analysed(StepReport.Analysed report) {
    listener.analysed(report.step(), report.epoch(), report.sums());
    return new StepAnswer.Noted();
  }

  private StepAnswer looked(StepReport.Looked report) {
    listener.looked(report.step(), report.products());
    everything = Optional.of(report).filter(all -> look.isPartial());
    return new StepAnswer.Noted();
  }

  /** Weighs a step; a method of losses sees nothing of the gradients that the log has asked for. */
  private StepAnswer weigh(Observation seen) {
    if (!look.looks(seen.step())) {
      return held(seen);
    }
    boolean afterTrial = seen.gradients().isAfterTrial();
    requireNext(seen.step(), afterTrial ? SecondQuestion.AFTER_TRIAL : SecondQuestion.NONE);
    Weighing weighing = weigher.weigh(seen, state);
    requireFinite(seen, weighing);
    judgeLook(seen, weighing);
    if (!afterTrial && method.secondQuestion() == SecondQuestion.AFTER_TRIAL) {
      awaited = SecondQuestion.AFTER_TRIAL;
      return answer(weighing);
    }
    double rate = learnedFactor * schedule.rate(seen.step(), seen.epoch());
    weighing = learned.learn(weigher, seen, weighing, rate);
    state = weighing.state();
    if (look.every() > 1) {
      held.take(weighing);
    }
    listener.weighed(seen, weighing);
    if (method.secondQuestion() == SecondQuestion.AFTER_UPDATE) {
      pending = seen;
      awaited = SecondQuestion.AFTER_UPDATE;
    } else {
      next();
    }
    return answer(weighing);
  }

  /**
   * Holds weights of a partial look against those of all gradients, where somebody looked at all.
   */
  private void judgeLook(Observation seen, Weighing weighing) {
    everything
        .filter(all -> all.step() == seen.step())
        .map(StepReport.Looked::products)
        .ifPresent(
            all ->
                listener.lookErred(
                    seen.step(),
                    CombinedGradient.difference(
                        all,
                        weighing.shared(),
                        weigher.weigh(seen.withGram(all), state).shared())));
    everything = Optional.empty();
  }

  /** A step between two looks, of which the method hears nothing. */
  private StepAnswer held(Observation seen) {
    requireNext(seen.step(), SecondQuestion.NONE);
    Weighing weighing = held.of(seen, state);
    requireFinite(seen, weighing);
    listener.weighed(seen, weighing);
    next();
    return answer(weighing);
  }

  private void requireNext(long step, SecondQuestion question) {
    if (step != nextStep || question != awaited) {
      throw new IllegalStateException(
          "%s of step %d came when %s of step %d was expected"
              .formatted(words(question), step, words(awaited), nextStep));
    }
  }

  private static String words(SecondQuestion question) {
    return switch (question) {
      case NONE -> "the first report";
      case AFTER_TRIAL -> "the report after the trial";
      case AFTER_UPDATE -> "the report after the update";
    };
  }

  private void requireFinite(Observation seen, Weighing weighing) {
    int bad = weighing.status().indexOf(TaskStatus.NOT_FINITE);
    if (bad < 0) {
      return;
    }
    double loss = seen.losses().at(bad);
    long others =
        weighing.status().stream().filter(status -> status == TaskStatus.NOT_FINITE).count() - 1;
    String what =
        Double.isNaN(loss)
            ? "loss is not a number"
            : Double.isInfinite(loss) ? "loss is infinite" : "gradient is not finite";
    throw new DivergedException(
        "step %d: the %s, of task '%s'%s; %s"
            .formatted(
                seen.step(),
                what,
                tasks.get(bad),
                others == 0
                    ? tasks.size() > 1 ? " alone" : ""
                    : " and " + others + (others == 1 ? " other" : " others"),
                seen.step() == 0
                    ? "nothing has been updated yet, so look at targets, images and the weights"
                        + " that the network starts from"
                    : "try a lower schedule.rate or update.clip-norm, and if that does not help,"
                        + " look for wild values in targets and images"));
  }

  private void next() {
    nextStep++;
    awaited = SecondQuestion.NONE;
    pending = null;
  }

  private static StepAnswer answer(Weighing weighing) {
    StepAnswer.Weights weights = new StepAnswer.Weights(weighing.shared(), weighing.heads());
    return weighing
        .blend()
        .<StepAnswer>map(blend -> new StepAnswer.AverageWeights(weights, blend))
        .orElse(weights);
  }

  /** All that must survive, as arrays by name. */
  public synchronized Map<String, double[]> save() {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    arrays.put(NEXT_STEP, new double[] {nextStep});
    state.toArrays().forEach((name, values) -> arrays.put(METHOD + name, values));
    learned.save().forEach((name, values) -> arrays.put(LEARNED + name, values));
    if (look.every() > 1) {
      held.save().forEach((name, values) -> arrays.put(HELD + name, values));
    }
    return arrays;
  }

  /**
   * Takes over what {@link #save} gave.
   *
   * @throws IllegalArgumentException if it is of another method or number of tasks
   */
  public synchronized void restore(Map<String, double[]> arrays) {
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
    if (look.every() > 1) {
      held.restore(under(HELD, arrays));
    }
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
