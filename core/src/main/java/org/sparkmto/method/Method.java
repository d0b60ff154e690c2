package org.sparkmto.method;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.optimizer.Optimizer;

/**
 * A multi-task optimisation method: a pure function from what it sees of one step to one weight per
 * task. What it must see is its type, and from the type the exchange plans what moves between
 * machines: a {@link LossMethod} sees the losses, a {@link GramMethod} also the inner products of
 * the task gradients, an {@link ElementMethod} these gradients themselves. Whatever a method
 * remembers between steps is in its {@link MethodState}; an instance holds hyper-parameters only,
 * so it can be shared and called from any thread.
 */
public sealed interface Method
    permits LossMethod,
        GramMethod,
        LayerwiseMethod,
        BufferMethod,
        SampledMethod,
        ElementMethod,
        TaskwiseMethod,
        BilevelMethod,
        ValueFunctionMethod {

  /** What the method remembers before the first step of a run with {@code tasks} tasks. */
  default MethodState initialState(int tasks) {
    return MethodState.empty();
  }

  /**
   * The names of the per-task state vectors that are learned from the gradients in {@link
   * TaskWeights#learning}, see {@link LearnedVectors}.
   */
  default Set<String> learned() {
    return Set.of();
  }

  /**
   * Whether a step's shared weights follow from the learned vectors as its update has left them.
   * Weights of heads are always of the vectors before it.
   */
  default boolean learnsFirst() {
    return false;
  }

  /**
   * The weight of each of {@code tasks} tasks that nothing distinguishes: 1 where the weights
   * replace a sum of losses, {@code 1 / tasks} where they replace a mean. A step on which the
   * method fails takes this weight for every task, so that its length does not jump.
   */
  default double equalWeight(int tasks) {
    return 1;
  }

  /** Calls back by the kind of this method; a kind without a case does not compile. */
  <R> R accept(Visitor<R> visitor);

  /**
   * One case for each kind of method.
   *
   * @param <R> what is chosen by kind
   */
  interface Visitor<R> {
    /** For a method of losses. */
    R losses(LossMethod method);

    /** For a method of inner products. */
    R gram(GramMethod method);

    /** For a method of inner products by group of parameters. */
    R layerwise(LayerwiseMethod method);

    /** For a method of running averages. */
    R buffered(BufferMethod method);

    /** For a method of several samples a step. */
    R sampled(SampledMethod method);

    /** For a method of elements. */
    R elements(ElementMethod method);

    /** For a method with an optimiser per task. */
    R taskwise(TaskwiseMethod method);

    /** For a method that makes trial steps. */
    R bilevel(BilevelMethod method);

    /** For a method of a lower level. */
    R valueFunction(ValueFunctionMethod method);
  }

  /** What a method is asked a second time in a step. */
  enum SecondQuestion {
    /** Nothing: one question a step. */
    NONE,
    /** What is found after trial steps with its first weights, and leads to its second ones. */
    AFTER_TRIAL,
    /** What to remember of the losses after the update. */
    AFTER_UPDATE
  }

  /** What the method is asked a second time in a step. */
  default SecondQuestion secondQuestion() {
    return SecondQuestion.NONE;
  }

  /** How many parts every global batch is cut into: part {@code p mod parts} has sample p. */
  default int parts() {
    return 1;
  }

  /** What groups of shared parameters are weighed by themselves; empty for all together. */
  default Optional<LayerwiseMethod.Groups> groupedBy() {
    return Optional.empty();
  }

  /**
   * How many vectors as long as the shared parameters are held per task, over all ranks together,
   * where gradients are taken at the parameters: the gradients, and what is remembered beside them.
   */
  default int rowsPerTask() {
    return 1;
  }

  /**
   * The rule of the optimisers that tasks have for themselves; empty where one moves all.
   *
   * @throws IllegalArgumentException if the method cannot be made from the run's optimiser
   */
  default Optional<Optimizer> optimizerPerTask(Optimizer ofRun) {
    return Optional.empty();
  }

  /**
   * The preference that is drawn for every step and that the network has as a further input; empty
   * for a method whose network does not know what is wished for. Such a method weighs a run's tasks
   * by itself, never inside of another.
   */
  default Optional<DrawnPreference> drawnPreference() {
    return Optional.empty();
  }

  /**
   * Checks the hyper-parameters that speak of tasks against the tasks of the run.
   *
   * @param names the tasks' names, in the order of their numbers
   * @throws IllegalArgumentException if one of them has another length or names another task
   */
  default void requireTasks(List<String> names) {}
}
