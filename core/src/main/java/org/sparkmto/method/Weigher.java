package org.sparkmto.method;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final Kind<?> kind;
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
    this(method, names, 1, draws, headWeights);
  }

  /**
   * A weigher for a run whose parameters come in groups.
   *
   * @param names the names of the run's tasks, at least one
   * @param groups how many groups of parameters a {@link LayerwiseMethod} weighs
   * @param draws the random numbers of the run's seed
   * @throws IllegalArgumentException if a hyper-parameter of the method does not fit the tasks
   */
  public Weigher(
      Method method, List<String> names, int groups, Draws draws, HeadWeights headWeights) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a run needs at least one task");
    }
    method.requireTasks(names);
    this.method = method;
    this.kind = Kind.of(method, groups);
    this.names = List.copyOf(names);
    this.tasks = names.size();
    this.draws = draws.of("method");
    this.headWeights = headWeights;
    this.initialState = kind.initialState(method.initialState(tasks));
  }

  /** What the method remembers before the first step. */
  public MethodState initialState() {
    return initialState;
  }

  /** The method's random numbers of a step, as {@link StepView#draws} has them. */
  public Draws draws(long step) {
    return draws.at(step);
  }

  /**
   * The preference that is drawn for a step, one share per task; empty if the method draws none.
   */
  public Optional<Vector> preference(long step) {
    return method.drawnPreference().map(drawn -> drawn.at(draws(step), tasks));
  }

  Kind<?> kind() {
    return kind;
  }

  /**
   * The weights of all tasks for one step.
   *
   * @throws IllegalArgumentException if the observation is of another number of tasks or lacks what
   *     the method needs, or if the state is not one of this method and number of tasks
   */
  public Weighing weigh(Observation seen, MethodState state) {
    Observation step = fitting(seen);
    state.requireShapeOf(initialState);
    TaskStatus[] status = step.status();
    int[] active = tasksOf(status, TaskStatus.ACTIVE);
    int[] zero = tasksOf(status, TaskStatus.ZERO_GRADIENT);
    Kind.Answer answer =
        active.length == 0
            ? none(TaskWeights.everywhere(Vector.zeros(0)), 0)
            : ask(step, active, state.restrictedTo(active));
    TaskWeights weights = answer.weights();

    double share = kind.equalShare(method.equalWeight(active.length + zero.length));
    Vector ones = Vector.ones(active.length);
    Vector shared = Vector.zeros(0);
    for (int block = 0; block < kind.weightsPerTask(); block++) {
      int from = block * active.length;
      shared =
          shared.followedBy(
              Vector.zeros(tasks)
                  .replaced(
                      active,
                      weights
                          .shared()
                          .map(all -> all.select(Kind.indices(from, active.length)))
                          .orElse(weights.lossScales().orElse(ones).times(share)))
                  .replaced(zero, Vector.filled(zero.length, share)));
    }
    Vector heads =
        Vector.zeros(tasks)
            .replaced(active, headWeights == HeadWeights.ONES ? ones : weights.heads().orElse(ones))
            .replaced(zero, Vector.ones(zero.length));
    Map<String, Vector> gradients = new TreeMap<>();
    weights
        .gradients()
        .forEach((name, part) -> gradients.put(name, Vector.zeros(tasks).replaced(active, part)));
    return new Weighing(
        shared,
        headWeights == HeadWeights.SHARED ? kind.weightOfTask(shared, tasks) : heads,
        answer
            .blend()
            .map(
                blend ->
                    new Blend(
                        Vector.ones(tasks).replaced(active, blend.keep()),
                        Vector.zeros(tasks).replaced(active, blend.take()))),
        weights.state().map(next -> state.mergedWith(next, active)).orElse(state),
        Collections.unmodifiableMap(gradients),
        List.of(status),
        weights.residual(),
        weights.failure());
  }

  /**
   * A step's answer once its learned vectors have moved: the shared weights follow from the moved
   * ones, all else is as it was weighed.
   */
  Weighing weighAgain(Observation step, Weighing first, MethodState moved) {
    Weighing second = weigh(step, moved);
    return new Weighing(
        second.shared(),
        headWeights == HeadWeights.SHARED ? second.heads() : first.heads(),
        second.blend(),
        moved,
        first.gradients(),
        first.status(),
        second.residual(),
        second.failure());
  }

  /**
   * What to remember after the update, for a method with a {@link SecondLook}.
   *
   * @param before the step as it was weighed
   * @param losses the losses of the same batch after the update
   * @param state the state after the weighing
   * @return the state unchanged if the method does not look again
   */
  public MethodState lookAgain(Observation before, Vector losses, MethodState state) {
    Observation step = fitting(before);
    int[] active =
        Arrays.stream(tasksOf(step.status(), TaskStatus.ACTIVE))
            .filter(task -> Double.isFinite(losses.at(task)))
            .toArray();
    if (active.length == 0) {
      return state;
    }
    StepView view = view(step, active, state.restrictedTo(active));
    return state.mergedWith(kind.lookAgain(view, losses.select(active)), active);
  }

  private StepView view(Observation step, int[] active, MethodState state) {
    return new StepView(
        step.step(),
        step.epoch(),
        active,
        names,
        step.losses().select(active),
        draws.at(step.step()),
        state);
  }

  private Kind.Answer ask(Observation step, int[] active, MethodState state) {
    Kind.Answer answer = kind.answer(step, active, state, (some, own) -> view(step, some, own));
    requireSize(answer.weights(), active.length);
    return answer.isFinite()
        ? answer
        : none(
            TaskWeights.failed("the method answered weights that are infinite or NaN"),
            active.length);
  }

  private Kind.Answer none(TaskWeights weights, int active) {
    return new Kind.Answer(weights, kind.unchanged(active));
  }

  private static int[] tasksOf(TaskStatus[] status, TaskStatus wanted) {
    return IntStream.range(0, status.length).filter(k -> status[k] == wanted).toArray();
  }

  private Observation fitting(Observation step) {
    if (step.losses().size() != tasks) {
      throw new IllegalArgumentException(
          "step %d has %d losses, the run has %d tasks"
              .formatted(step.step(), step.losses().size(), tasks));
    }
    return kind.fitting(step, method);
  }

  private void requireSize(TaskWeights answer, int active) {
    int all = kind.weightsPerTask() * active;
    boolean fits =
        answer.shared().stream().allMatch(weights -> weights.size() == all)
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
