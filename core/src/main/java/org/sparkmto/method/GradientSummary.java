package org.sparkmto.method;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a method sees of the task gradients of a step: a few numbers, each a sum over the slices in
 * which the ranks hold the gradients, so that they add up. One record for each {@link
 * GradientForm}.
 */
public sealed interface GradientSummary
    permits GradientSummary.None,
        GradientSummary.Gram,
        GradientSummary.GroupGrams,
        GradientSummary.AverageGram,
        GradientSummary.PartGram,
        GradientSummary.SquaredNorms,
        GradientSummary.ElementSums,
        Derivatives,
        LossesAfter {

  /** Nothing of the gradients. */
  static GradientSummary none() {
    return new None();
  }

  /** Which numbers these are. */
  GradientForm form();

  /** How many weights of its gradients every task gets in return. */
  default int weightsPerTask() {
    return 1;
  }

  /** In how many blocks, each of as many numbers, they come. */
  default int blocks() {
    return weightsPerTask();
  }

  /** Whether these are numbers of that many tasks. */
  boolean fits(int tasks);

  /** The numbers one after the other; {@link GradientForm#read} undoes it bit by bit. */
  double[] numbers();

  /** What a trial step does to losses; empty unless this is that. */
  default Optional<Derivatives> derivatives() {
    return Optional.empty();
  }

  /** What losses are after steps of a lower level; empty unless this is that. */
  default Optional<Vector> lossesAfter() {
    return Optional.empty();
  }

  /** Whether this tells what a trial has done, after the step's first question. */
  default boolean isAfterTrial() {
    return false;
  }

  /** The inner products of the gradients of the step's losses, where they can be known. */
  default Optional<SymmetricMatrix> gram() {
    return Optional.empty();
  }

  /** The squared norms of the gradients of the step's losses, where they can be known. */
  default Optional<Vector> squaredNorms() {
    return gram().map(SymmetricMatrix::diagonal);
  }

  /** All matrices of inner products. */
  default List<SymmetricMatrix> products() {
    return List.of();
  }

  /** Whether a task's gradient can be used, as far as these numbers tell. */
  default TaskStatus status(int task) {
    return TaskStatus.ACTIVE;
  }

  /** What a method of losses sees of gradients. */
  record None() implements GradientSummary {
    @Override
    public GradientForm form() {
      return GradientForm.NONE;
    }

    @Override
    public boolean fits(int tasks) {
      return true;
    }

    @Override
    public double[] numbers() {
      return new double[0];
    }
  }

  /**
   * The inner products of the task gradients, for a {@link GramMethod}.
   *
   * @param matrix one row per task
   */
  record Gram(SymmetricMatrix matrix) implements GradientSummary {
    @Override
    public GradientForm form() {
      return GradientForm.GRAM;
    }

    @Override
    public boolean fits(int tasks) {
      return matrix.size() == tasks;
    }

    @Override
    public double[] numbers() {
      return matrix.triangle();
    }

    @Override
    public Optional<SymmetricMatrix> gram() {
      return Optional.of(matrix);
    }

    @Override
    public List<SymmetricMatrix> products() {
      return List.of(matrix);
    }

    @Override
    public TaskStatus status(int task) {
      return ProductGuard.status(products(), task, matrix.size());
    }
  }

  /**
   * The inner products by group of parameters, for a {@link LayerwiseMethod}.
   *
   * @param matrices one per group, with one row per task; at least one
   */
  record GroupGrams(List<SymmetricMatrix> matrices) implements GradientSummary {
    /** Keeps a copy. */
    public GroupGrams {
      matrices = List.copyOf(matrices);
    }

    @Override
    public GradientForm form() {
      return GradientForm.GROUP_GRAMS;
    }

    @Override
    public int weightsPerTask() {
      return matrices.size();
    }

    @Override
    public boolean fits(int tasks) {
      return !matrices.isEmpty() && matrices.stream().allMatch(group -> group.size() == tasks);
    }

    @Override
    public double[] numbers() {
      return matrices.stream().flatMapToDouble(group -> Arrays.stream(group.triangle())).toArray();
    }

    /** Groups are disjoint, so their inner products add up. */
    @Override
    public Optional<SymmetricMatrix> gram() {
      int tasks = matrices.get(0).size();
      return Optional.of(
          SymmetricMatrix.of(
              tasks,
              matrices.stream()
                  .map(group -> Vector.of(group.toArray()))
                  .reduce(Vector.zeros(tasks * tasks), Vector::plus)
                  .toArray()));
    }

    @Override
    public List<SymmetricMatrix> products() {
      return matrices;
    }

    @Override
    public TaskStatus status(int task) {
      return ProductGuard.status(matrices, task, matrices.get(0).size());
    }
  }

  /**
   * The inner products of running averages and of the step's gradients, for a {@link BufferMethod}.
   *
   * @param matrix the averages of all tasks, then the gradients of all tasks
   */
  record AverageGram(SymmetricMatrix matrix) implements GradientSummary {
    @Override
    public GradientForm form() {
      return GradientForm.AVERAGE_GRAM;
    }

    @Override
    public boolean fits(int tasks) {
      return matrix.size() == 2 * tasks;
    }

    @Override
    public double[] numbers() {
      return matrix.triangle();
    }

    @Override
    public Optional<SymmetricMatrix> gram() {
      return Optional.of(
          matrix.select(IntStream.range(matrix.size() / 2, matrix.size()).toArray()));
    }

    @Override
    public List<SymmetricMatrix> products() {
      return List.of(matrix);
    }

    @Override
    public TaskStatus status(int task) {
      return ProductGuard.status(products(), task, matrix.size() / 2);
    }
  }

  /**
   * The inner products of the gradients of the parts of a batch, for a {@link SampledMethod}.
   *
   * @param parts how many parts there are
   * @param matrix all tasks over part 0, then all tasks over part 1, and so on
   */
  record PartGram(int parts, SymmetricMatrix matrix) implements GradientSummary {
    @Override
    public GradientForm form() {
      return GradientForm.PART_GRAM;
    }

    @Override
    public int weightsPerTask() {
      return parts;
    }

    @Override
    public boolean fits(int tasks) {
      return matrix.size() == parts * tasks;
    }

    @Override
    public double[] numbers() {
      return matrix.triangle();
    }

    /** The gradient of a batch is the mean of those of its parts, up to missing labels. */
    @Override
    public Optional<SymmetricMatrix> gram() {
      int tasks = matrix.size() / parts;
      double[] mean = new double[tasks * tasks];
      double share = 1.0 / (parts * parts);
      for (int a = 0; a < parts; a++) {
        for (int b = 0; b < parts; b++) {
          for (int i = 0; i < mean.length; i++) {
            mean[i] += share * matrix.at(a * tasks + i / tasks, b * tasks + i % tasks);
          }
        }
      }
      return Optional.of(SymmetricMatrix.of(tasks, mean));
    }

    @Override
    public List<SymmetricMatrix> products() {
      return List.of(matrix);
    }

    @Override
    public TaskStatus status(int task) {
      return ProductGuard.status(products(), task, matrix.size() / parts);
    }
  }

  /**
   * The squared norms of the gradients, for a {@link TaskwiseMethod}.
   *
   * @param values one per task
   */
  record SquaredNorms(Vector values) implements GradientSummary {
    @Override
    public GradientForm form() {
      return GradientForm.SQUARED_NORMS;
    }

    @Override
    public boolean fits(int tasks) {
      return values.size() == tasks;
    }

    @Override
    public double[] numbers() {
      return values.toArray();
    }

    @Override
    public Optional<Vector> squaredNorms() {
      return Optional.of(values);
    }

    @Override
    public TaskStatus status(int task) {
      return Double.isFinite(values.at(task)) ? TaskStatus.ACTIVE : TaskStatus.NOT_FINITE;
    }
  }

  /**
   * The squared norms of the gradients and what an {@link ElementMethod} has summed.
   *
   * @param norms squared, one per task
   * @param sums one per task
   */
  record ElementSums(Vector norms, Vector sums) implements GradientSummary {
    @Override
    public GradientForm form() {
      return GradientForm.ELEMENT_SUMS;
    }

    @Override
    public boolean fits(int tasks) {
      return norms.size() == tasks && sums.size() == tasks;
    }

    @Override
    public double[] numbers() {
      return norms.followedBy(sums).toArray();
    }

    @Override
    public Optional<Vector> squaredNorms() {
      return Optional.of(norms);
    }

    @Override
    public TaskStatus status(int task) {
      return Double.isFinite(norms.at(task)) ? TaskStatus.ACTIVE : TaskStatus.NOT_FINITE;
    }
  }
}
