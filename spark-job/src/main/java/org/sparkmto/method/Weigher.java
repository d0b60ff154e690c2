package org.sparkmto.method;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.sparkmto.random.Draws;

/**
 * Applies a method to what was observed of a step, with the guards that every method needs: tasks
 * without labels, with a zero gradient or with numbers that are not finite leave the step before
 * the method sees it; an answer that failed or is not finite becomes equal weights and says why.
 *
 * <p>A pure function: the caller keeps the state between steps. Safe for use by many threads.
 */
public final class Weigher {
  private final Method method;
  private final List<String> names;
  private final int tasks;
  private final Draws draws;
  private final HeadWeights headWeights;
  private final MethodState initialState;

  /**
   * A weigher for a run.
   *
   * @param names the names of the run's tasks, at least one
   * @param draws the random numbers of the run's seed
   * @throws IllegalArgumentException if a hyper-parameter of the method does not fit the tasks
   */
  public Weigher(Method method, List<String> names, Draws draws, HeadWeights headWeights) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a run needs at least one task");
    }
    method.requireTasks(names);
    this.method = method;
    this.names = List.copyOf(names);
    this.tasks = names.size();
    this.draws = draws.of("method");
    this.headWeights = headWeights;
    this.initialState = method.initialState(tasks);
  }

  /** What the method remembers before the first step. */
  public MethodState initialState() {
    return initialState;
  }

  /**
   * The weights of all tasks for one step.
   *
   * @throws IllegalArgumentException if the observation is of another number of tasks or lacks the
   *     inner products that the method needs, or if the state is not one of this method and number
   *     of tasks
   */
  public Weighing weigh(Observation step, MethodState state) {
    requireFitting(step);
    state.requireShapeOf(initialState);
    TaskStatus[] status = statusOf(step);
    int[] active = tasksOf(status, TaskStatus.ACTIVE);
    int[] zero = tasksOf(status, TaskStatus.ZERO_GRADIENT);
    TaskWeights answer =
        active.length == 0
            ? TaskWeights.everywhere(Vector.zeros(0))
            : ask(step, active, state.restrictedTo(active));

    double equal = method.equalWeight(active.length + zero.length);
    Vector ones = Vector.ones(active.length);
    Vector shared =
        Vector.zeros(tasks)
            .replaced(active, answer.shared().orElse(ones.times(equal)))
            .replaced(zero, Vector.filled(zero.length, equal));
    Vector heads =
        Vector.zeros(tasks)
            .replaced(active, headWeights == HeadWeights.ONES ? ones : answer.heads().orElse(ones))
            .replaced(zero, Vector.ones(zero.length));
    Map<String, Vector> gradients = new TreeMap<>();
    answer
        .gradients()
        .forEach((name, part) -> gradients.put(name, Vector.zeros(tasks).replaced(active, part)));
    return new Weighing(
        shared,
        headWeights == HeadWeights.SHARED ? shared : heads,
        answer.state().map(next -> state.mergedWith(next, active)).orElse(state),
        Collections.unmodifiableMap(gradients),
        List.of(status),
        answer.residual(),
        answer.failure());
  }

  private TaskWeights ask(Observation step, int[] active, MethodState state) {
    StepView view =
        new StepView(
            step.step(),
            step.epoch(),
            active,
            names,
            step.losses().select(active),
            draws.at(step.step()),
            state);
    TaskWeights answer;
    if (method instanceof GramMethod gramMethod) {
      answer =
          active.length == 1 && !gramMethod.weighsSingleTask()
              ? TaskWeights.shared(Vector.ones(1))
              : gramMethod.weigh(
                  new GradientSystem(view, step.gram().orElseThrow().select(active)));
    } else {
      answer = ((LossMethod) method).weigh(view);
    }
    requireSize(answer, active.length);
    return isFinite(answer)
        ? answer
        : TaskWeights.failed("the method answered weights that are infinite or NaN");
  }

  private TaskStatus[] statusOf(Observation step) {
    TaskStatus[] status = new TaskStatus[tasks];
    for (int k = 0; k < tasks; k++) {
      if (!(step.labelled().at(k) > 0)) {
        status[k] = TaskStatus.UNLABELLED;
      } else if (!Double.isFinite(step.losses().at(k))) {
        status[k] = TaskStatus.NOT_FINITE;
      } else if (method instanceof GramMethod) {
        status[k] = ofSquaredNorm(step.gram().orElseThrow().at(k, k));
      } else {
        status[k] = TaskStatus.ACTIVE;
      }
    }
    if (method instanceof GramMethod) {
      dropPairsNotFinite(step.gram().orElseThrow(), status);
    }
    return status;
  }

  /** Below the smallest normal double the digits of a squared norm are lost: that is zero. */
  private static TaskStatus ofSquaredNorm(double square) {
    if (!Double.isFinite(square) || square < 0) {
      return TaskStatus.NOT_FINITE;
    }
    return square < Double.MIN_NORMAL ? TaskStatus.ZERO_GRADIENT : TaskStatus.ACTIVE;
  }

  private static void dropPairsNotFinite(SymmetricMatrix gram, TaskStatus[] status) {
    TaskStatus[] before = status.clone();
    for (int i = 0; i < before.length; i++) {
      for (int j = 0; j < before.length; j++) {
        if (before[i] == TaskStatus.ACTIVE
            && before[j] == TaskStatus.ACTIVE
            && !Double.isFinite(gram.at(i, j))) {
          status[i] = TaskStatus.NOT_FINITE;
        }
      }
    }
  }

  private static int[] tasksOf(TaskStatus[] status, TaskStatus wanted) {
    return IntStream.range(0, status.length).filter(k -> status[k] == wanted).toArray();
  }

  private static boolean isFinite(TaskWeights answer) {
    return answer.shared().stream().allMatch(Vector::isFinite)
        && answer.heads().stream().allMatch(Vector::isFinite)
        && answer.gradients().values().stream().allMatch(Vector::isFinite);
  }

  private void requireFitting(Observation step) {
    if (step.losses().size() != tasks) {
      throw new IllegalArgumentException(
          "step %d has %d losses, the run has %d tasks"
              .formatted(step.step(), step.losses().size(), tasks));
    }
    if (method instanceof GramMethod && step.gram().isEmpty()) {
      throw new IllegalArgumentException(
          "step %d comes without the inner products of the task gradients, which %s needs"
              .formatted(step.step(), method));
    }
  }

  private void requireSize(TaskWeights answer, int active) {
    boolean fits =
        answer.shared().stream().allMatch(weights -> weights.size() == active)
            && answer.heads().stream().allMatch(weights -> weights.size() == active)
            && answer.gradients().values().stream().allMatch(part -> part.size() == active)
            && method.learned().containsAll(answer.gradients().keySet());
    if (!fits) {
      throw new IllegalStateException(
          "%s answered weights or gradients that are not of the %d active tasks, or learns "
                  .formatted(method, active)
              + answer.gradients().keySet()
              + " without declaring it");
    }
  }
}
