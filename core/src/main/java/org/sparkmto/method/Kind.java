package org.sparkmto.method;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A kind of method as one object: which summary of the gradients it needs, how the guarded numbers
 * of a step become its weights, and what its weights are weights of. {@link #of} chooses it once
 * for a method; what a kind computes on tensors is chosen beside the network in the same way, by
 * {@link Method.Visitor}.
 *
 * @param <S> what it sees of gradients
 */
abstract class Kind<S extends GradientSummary> {
  private final Class<S> sees;
  private final String words;

  /**
   * A kind.
   *
   * @param words what it sees, for the sentence that says it is missing
   */
  Kind(Class<S> sees, String words) {
    this.sees = sees;
    this.words = words;
  }

  /** Gives a step to a method as some tasks of the run may see it. */
  interface Views {
    StepView of(int[] tasks, MethodState state);
  }

  /**
   * What a method answered.
   *
   * @param blend for a method with running averages
   */
  record Answer(TaskWeights weights, Optional<Blend> blend) {
    static Answer of(TaskWeights weights) {
      return new Answer(weights, Optional.empty());
    }

    boolean isFinite() {
      return weights.isFinite()
          && blend.stream().allMatch(b -> b.keep().isFinite() && b.take().isFinite());
    }
  }

  /**
   * The kind of a method.
   *
   * @param groups how many groups of parameters a {@link LayerwiseMethod} weighs
   */
  static Kind<?> of(Method method, int groups) {
    return method.accept(new Chooser(groups));
  }

  private record Chooser(int groups) implements Method.Visitor<Kind<?>> {
    @Override
    public Kind<?> losses(LossMethod method) {
      return new LossKind(method);
    }

    @Override
    public Kind<?> gram(GramMethod method) {
      return new GramKind(method);
    }

    @Override
    public Kind<?> layerwise(LayerwiseMethod method) {
      return new LayerwiseKind(method, groups);
    }

    @Override
    public Kind<?> buffered(BufferMethod method) {
      return new BufferKind(method);
    }

    @Override
    public Kind<?> sampled(SampledMethod method) {
      return new SampledKind(method);
    }

    @Override
    public Kind<?> elements(ElementMethod method) {
      return new ElementKind(method);
    }

    @Override
    public Kind<?> taskwise(TaskwiseMethod method) {
      return new TaskwiseKind(method);
    }

    @Override
    public Kind<?> bilevel(BilevelMethod method) {
      return new BilevelKind(method);
    }

    @Override
    public Kind<?> valueFunction(ValueFunctionMethod method) {
      return new ValueFunctionKind(method);
    }
  }

  /**
   * A step with what this kind sees of it.
   *
   * @throws IllegalArgumentException if it lacks something
   */
  Observation fitting(Observation step, Method method) {
    if (!sees.isInstance(step.gradients()) || !fits(sees.cast(step.gradients()))) {
      throw new IllegalArgumentException(
          "step %d comes without %s, which %s needs".formatted(step.step(), words, method));
    }
    return step;
  }

  /** Whether a summary has as many blocks as this method needs. */
  boolean fits(S seen) {
    return seen.weightsPerTask() == weightsPerTask();
  }

  /** Whether what it sees can be taken at a {@link Level}, of which its entry then has some. */
  boolean hasLevels() {
    return false;
  }

  /** The method's answer for the active tasks, of which there is at least one. */
  final Answer answer(Observation step, int[] active, MethodState state, Views views) {
    return weigh(sees.cast(step.gradients()), active, state, views);
  }

  abstract Answer weigh(S seen, int[] active, MethodState state, Views views);

  /**
   * What is seen in a first step of gradients with these inner products: averages are zero and all
   * parts of a batch are alike. Empty where inner products do not tell.
   */
  abstract Optional<S> ofGram(SymmetricMatrix gram);

  /**
   * What a check shows in place of a step where inner products do not tell: as many numbers as this
   * kind sees, made of the squared lengths of the gradients.
   *
   * @param tasks their names
   */
  GradientSummary sample(Vector squares, List<String> tasks) {
    return new GradientSummary.ElementSums(squares, squares.map(Math::sqrt));
  }

  /** A method as one that is asked inside of another. */
  interface Inside {
    /** Its answer for the tasks of a step, whose inner products these are. */
    TaskWeights weigh(StepView view, SymmetricMatrix gram);
  }

  /** How it is asked inside of another; empty if it sees more than losses and inner products. */
  Optional<Inside> inside() {
    return Optional.empty();
  }

  /** The method, if it is one of inner products. */
  Optional<GramMethod> ofInnerProducts() {
    return Optional.empty();
  }

  /** What slices of gradients in memory tell; keeps the rows that weights will be of. */
  abstract S observe(LocalStep run);

  /** Takes note of the weights of a step, where something lies beside the gradients. */
  void weighed(LocalStep run, Weighing weighing) {}

  /** The gradient of the update: the weighted sum of the rows unless a kind does otherwise. */
  double[] combine(LocalStep run, Weighing weighing) {
    return LocalStep.sum(weighing.shared(), run.rows());
  }

  /** A step of a run with everything in memory. */
  void step(LocalStep run, int epoch, double rate) {
    Vector all = Vector.ones(run.tasks());
    run.weigh(run.observe(run.problem(), all, epoch), rate);
    run.descend(run.combined(), rate);
  }

  /** What to remember after the update, for a method that looks at its effect. */
  MethodState lookAgain(StepView before, Vector losses) {
    return before.state();
  }

  /** What is remembered before the first step, of what one method remembers. */
  MethodState initialState(MethodState ofMethod) {
    return ofMethod;
  }

  /** How many weights a task has in the shared part. */
  int weightsPerTask() {
    return 1;
  }

  /** Every weight of a task that takes {@code equal} in the step. */
  double equalShare(double equal) {
    return equal;
  }

  /** One weight per task, from {@link #weightsPerTask} of each. */
  final Vector weightOfTask(Vector shared, int tasks) {
    Vector sum = Vector.zeros(tasks);
    for (int block = 0; block < weightsPerTask(); block++) {
      sum = sum.plus(shared.select(indices(block * tasks, tasks)));
    }
    return ofTask(sum);
  }

  /** One weight per task, from the sum over all of each. */
  Vector ofTask(Vector sums) {
    return sums;
  }

  /** What averages do in a step that has no weights; empty for a kind without any. */
  Optional<Blend> unchanged(int tasks) {
    return Optional.empty();
  }

  static int[] indices(int from, int count) {
    return IntStream.range(from, from + count).toArray();
  }

  /** The places of some tasks in every block of a matrix of several gradients per task. */
  static int[] blockwise(int[] some, int blocks, int tasks) {
    int[] places = new int[blocks * some.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = i / some.length * tasks + some[i % some.length];
    }
    return places;
  }
}
