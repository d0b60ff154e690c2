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
  private final List<String> names;
  private final int tasks;
  private final int groups;
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
    this.names = List.copyOf(names);
    this.tasks = names.size();
    this.groups = method instanceof LayerwiseMethod ? groups : 1;
    this.draws = draws.of("method");
    this.headWeights = headWeights;
    this.initialState = startingState();
  }

  private MethodState startingState() {
    MethodState ofMethod = method.initialState(tasks);
    if (!(method instanceof LayerwiseMethod)) {
      return ofMethod;
    }
    MethodState all = MethodState.empty();
    for (int group = 0; group < groups; group++) {
      all = all.with(prefix(group), ofMethod);
    }
    return all;
  }

  private static String prefix(int group) {
    return group + "/";
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
   * The weights of all tasks for one step.
   *
   * @throws IllegalArgumentException if the observation is of another number of tasks or lacks what
   *     the method needs, or if the state is not one of this method and number of tasks
   */
  public Weighing weigh(Observation step, MethodState state) {
    requireFitting(step);
    state.requireShapeOf(initialState);
    TaskStatus[] status = statusOf(step);
    int[] active = tasksOf(status, TaskStatus.ACTIVE);
    int[] zero = tasksOf(status, TaskStatus.ZERO_GRADIENT);
    Answer answer =
        active.length == 0
            ? new Answer(everywhere(Vector.zeros(0)), unchanged(0))
            : ask(step, active, state.restrictedTo(active));
    TaskWeights weights = answer.weights;

    double equal = method.equalWeight(active.length + zero.length);
    Vector ones = Vector.ones(active.length);
    Vector shared = Vector.zeros(0);
    int blocks = blocks();
    for (int block = 0; block < blocks; block++) {
      int from = block * active.length;
      // Parts of a batch are means of their own; together they are the mean of the batch.
      double share = method instanceof SampledMethod ? equal / blocks : equal;
      shared =
          shared.followedBy(
              Vector.zeros(tasks)
                  .replaced(
                      active,
                      weights
                          .shared()
                          .map(all -> all.select(indices(from, active.length)))
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
        headWeights == HeadWeights.SHARED ? sharedByTask(shared) : heads,
        answer.blend.map(
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
    if (!(method instanceof SecondLook looker)) {
      return state;
    }
    TaskStatus[] status = statusOf(before);
    int[] active =
        Arrays.stream(tasksOf(status, TaskStatus.ACTIVE))
            .filter(task -> Double.isFinite(losses.at(task)))
            .toArray();
    if (active.length == 0) {
      return state;
    }
    StepView view = view(before, active, state.restrictedTo(active));
    return state.mergedWith(looker.lookAgain(view, losses.select(active)), active);
  }

  /** How many weights a task has in {@link Weighing#shared}. */
  private int blocks() {
    if (method instanceof SampledMethod sampled) {
      return sampled.parts();
    }
    return groups;
  }

  private static int[] indices(int from, int count) {
    return IntStream.range(from, from + count).toArray();
  }

  /** One weight per task: with several, their mean over groups, or their sum over parts. */
  private Vector sharedByTask(Vector shared) {
    Vector sum = Vector.zeros(tasks);
    for (int block = 0; block < blocks(); block++) {
      sum = sum.plus(shared.select(indices(block * tasks, tasks)));
    }
    return method instanceof LayerwiseMethod ? sum.dividedBy(groups) : sum;
  }

  private record Answer(TaskWeights weights, Optional<Blend> blend) {}

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

  private Answer ask(Observation step, int[] active, MethodState state) {
    StepView view = view(step, active, state);
    Optional<Blend> blend = Optional.empty();
    TaskWeights answer;
    if (method instanceof LossMethod lossMethod) {
      answer = lossMethod.weigh(view);
    } else if (method instanceof GramMethod gramMethod) {
      answer = weigh(gramMethod, view, step.gram().orElseThrow().select(active));
    } else if (method instanceof LayerwiseMethod layerwise) {
      answer = weighGroups(layerwise, step, active, state);
    } else if (method instanceof BufferMethod buffered) {
      SymmetricMatrix both = step.gram().orElseThrow().select(blockwise(active, 2));
      int count = active.length;
      SymmetricMatrix gradients = both.select(indices(count, count));
      Blend mixed = buffered.blend(new GradientSystem(view, gradients));
      answer = buffered.weigh(new GradientSystem(view, afterwards(both, mixed)));
      blend = Optional.of(mixed);
    } else if (method instanceof SampledMethod sampled) {
      int parts = sampled.parts();
      answer =
          sampled.weigh(
              new PartSystem(
                  view, parts, step.gram().orElseThrow().select(blockwise(active, parts))));
    } else if (method instanceof ElementMethod elementMethod) {
      answer = elementMethod.weigh(view, step.figures().get(1).select(active));
    } else if (method instanceof BilevelMethod bilevel) {
      answer =
          step.figures().isEmpty()
              ? bilevel.lookAhead(view)
              : bilevel.weigh(view, step.figures().get(0).select(active));
    } else {
      answer = everywhere(Vector.ones(active.length));
    }
    requireSize(answer, active.length);
    boolean finite =
        isFinite(answer)
            && blend.stream().allMatch(b -> b.keep().isFinite() && b.take().isFinite());
    return finite
        ? new Answer(answer, blend)
        : new Answer(
            TaskWeights.failed("the method answered weights that are infinite or NaN"),
            unchanged(active.length));
  }

  /** Averages that stay as they are, for a method that has any. */
  private Optional<Blend> unchanged(int active) {
    return method instanceof BufferMethod
        ? Optional.of(new Blend(Vector.ones(active), Vector.zeros(active)))
        : Optional.empty();
  }

  private static TaskWeights everywhere(Vector weights) {
    return TaskWeights.everywhere(weights);
  }

  private static TaskWeights weigh(GramMethod method, StepView view, SymmetricMatrix gram) {
    return view.count() == 1 && !method.weighsSingleTask()
        ? TaskWeights.shared(Vector.ones(1))
        : method.weigh(new GradientSystem(view, gram));
  }

  /** Group after group; the first reason why one failed stands for all, the worst residual too. */
  private TaskWeights weighGroups(
      LayerwiseMethod layerwise, Observation step, int[] active, MethodState state) {
    Vector shared = Vector.zeros(0);
    MethodState next = MethodState.empty();
    double residual = Double.NEGATIVE_INFINITY;
    for (int group = 0; group < groups; group++) {
      MethodState own = state.under(prefix(group));
      SymmetricMatrix gram = step.layers().get(group).select(active);
      int[] moving =
          IntStream.range(0, active.length)
              .filter(k -> gram.at(k, k) >= Double.MIN_NORMAL)
              .toArray();
      Vector weights = Vector.filled(active.length, method.equalWeight(active.length));
      if (moving.length > 0) {
        int[] tasksOfGroup = Arrays.stream(moving).map(k -> active[k]).toArray();
        TaskWeights answer =
            weigh(
                layerwise.method(),
                view(step, tasksOfGroup, own.restrictedTo(moving)),
                gram.select(moving));
        if (answer.failure().isPresent()) {
          return TaskWeights.failed("group " + group + ": " + answer.failure().get());
        }
        weights = weights.replaced(moving, answer.shared().orElseThrow());
        own = answer.state().isPresent() ? own.mergedWith(answer.state().get(), moving) : own;
        residual = Math.max(residual, answer.residual().orElse(Double.NEGATIVE_INFINITY));
      }
      shared = shared.followedBy(weights);
      next = next.with(prefix(group), own);
    }
    TaskWeights all = TaskWeights.of(shared, Vector.ones(active.length)).withState(next);
    return Double.isFinite(residual) ? all.withResidual(residual) : all;
  }

  /** The places of the active tasks in every block of a matrix of several gradients per task. */
  private int[] blockwise(int[] active, int blocks) {
    int[] places = new int[blocks * active.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = i / active.length * tasks + active[i % active.length];
    }
    return places;
  }

  /** The inner products of {@code keep_k y_k + take_k g_k}, from those of all y and g. */
  private static SymmetricMatrix afterwards(SymmetricMatrix both, Blend blend) {
    int count = blend.keep().size();
    double[] values = new double[count * count];
    for (int k = 0; k < count; k++) {
      for (int l = 0; l < count; l++) {
        values[k * count + l] =
            blend.keep().at(k) * blend.keep().at(l) * both.at(k, l)
                + blend.keep().at(k) * blend.take().at(l) * both.at(k, count + l)
                + blend.take().at(k) * blend.keep().at(l) * both.at(count + k, l)
                + blend.take().at(k) * blend.take().at(l) * both.at(count + k, count + l);
      }
    }
    return SymmetricMatrix.of(count, values);
  }

  private TaskStatus[] statusOf(Observation step) {
    TaskStatus[] status = new TaskStatus[tasks];
    for (int k = 0; k < tasks; k++) {
      if (!(step.labelled().at(k) > 0)) {
        status[k] = TaskStatus.UNLABELLED;
      } else if (!Double.isFinite(step.losses().at(k))) {
        status[k] = TaskStatus.NOT_FINITE;
      } else {
        status[k] = ofGradients(step, k);
      }
    }
    if (method.gradientsPerTask() > 0) {
      for (SymmetricMatrix gram : grams(step)) {
        dropPairsNotFinite(gram, status);
      }
    }
    return status;
  }

  private static List<SymmetricMatrix> grams(Observation step) {
    return step.layers().isEmpty() ? List.of(step.gram().orElseThrow()) : step.layers();
  }

  /** A task is active if any of its gradients is not zero. */
  private TaskStatus ofGradients(Observation step, int task) {
    if (method.gradientsPerTask() > 0) {
      double square = 0;
      for (SymmetricMatrix gram : grams(step)) {
        for (int row = task; row < gram.size(); row += tasks) {
          square = gram.at(row, row) < 0 ? Double.NaN : square + gram.at(row, row);
        }
      }
      return ofSquaredNorm(square);
    }
    boolean norms = method instanceof ElementMethod || method instanceof TaskwiseMethod;
    if (norms && !Double.isFinite(step.figures().get(0).at(task))) {
      return TaskStatus.NOT_FINITE;
    }
    return TaskStatus.ACTIVE;
  }

  /** Below the smallest normal double the digits of a squared norm are lost: that is zero. */
  private static TaskStatus ofSquaredNorm(double square) {
    if (!Double.isFinite(square) || square < 0) {
      return TaskStatus.NOT_FINITE;
    }
    return square < Double.MIN_NORMAL ? TaskStatus.ZERO_GRADIENT : TaskStatus.ACTIVE;
  }

  private void dropPairsNotFinite(SymmetricMatrix gram, TaskStatus[] status) {
    TaskStatus[] before = status.clone();
    for (int i = 0; i < gram.size(); i++) {
      for (int j = 0; j < gram.size(); j++) {
        if (before[i % tasks] == TaskStatus.ACTIVE
            && before[j % tasks] == TaskStatus.ACTIVE
            && !Double.isFinite(gram.at(i, j))) {
          status[i % tasks] = TaskStatus.NOT_FINITE;
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
    int rows = method.gradientsPerTask();
    boolean layerwise = method instanceof LayerwiseMethod;
    boolean inner =
        layerwise
            ? step.layers().size() == groups
            : rows == 0 || step.gram().stream().anyMatch(gram -> gram.size() == rows * tasks);
    if (!inner) {
      throw new IllegalArgumentException(
          "step %d comes without the inner products of the task gradients, which %s needs"
              .formatted(step.step(), method));
    }
    int figures = method instanceof ElementMethod ? 2 : method instanceof TaskwiseMethod ? 1 : 0;
    if (step.figures().size() < figures) {
      throw new IllegalArgumentException(
          "step %d comes with %d figures per task, %s needs %d"
              .formatted(step.step(), step.figures().size(), method, figures));
    }
  }

  private void requireSize(TaskWeights answer, int active) {
    boolean fits =
        answer.shared().stream().allMatch(weights -> weights.size() == blocks() * active)
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
