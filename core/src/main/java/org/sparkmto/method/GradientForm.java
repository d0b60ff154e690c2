package org.sparkmto.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which numbers a summary holds; reads what {@link GradientSummary#numbers} gives. */
public enum GradientForm {
  /** See {@link GradientSummary.None}. */
  NONE {
    @Override
    public long count(int tasks, int blocks) {
      return 0;
    }

    @Override
    GradientSummary of(int tasks, int blocks, double[] numbers) {
      return GradientSummary.none();
    }
  },
  /** See {@link GradientSummary.Gram}. */
  GRAM {
    @Override
    public long count(int tasks, int blocks) {
      return triangle(tasks);
    }

    @Override
    GradientSummary of(int tasks, int blocks, double[] numbers) {
      return new GradientSummary.Gram(SymmetricMatrix.ofTriangle(tasks, numbers));
    }
  },
  /** See {@link GradientSummary.GroupGrams}. */
  GROUP_GRAMS {
    @Override
    public long count(int tasks, int blocks) {
      return blocks * triangle(tasks);
    }

    @Override
    GradientSummary of(int tasks, int blocks, double[] numbers) {
      int size = numbers.length / blocks;
      List<SymmetricMatrix> groups = new ArrayList<>();
      for (int group = 0; group < blocks; group++) {
        groups.add(
            SymmetricMatrix.ofTriangle(
                tasks, Arrays.copyOfRange(numbers, group * size, (group + 1) * size)));
      }
      return new GradientSummary.GroupGrams(groups);
    }
  },
  /** See {@link GradientSummary.AverageGram}. */
  AVERAGE_GRAM {
    @Override
    public long count(int tasks, int blocks) {
      return triangle(2L * tasks);
    }

    @Override
    GradientSummary of(int tasks, int blocks, double[] numbers) {
      return new GradientSummary.AverageGram(SymmetricMatrix.ofTriangle(2 * tasks, numbers));
    }
  },
  /** See {@link GradientSummary.PartGram}. */
  PART_GRAM {
    @Override
    public long count(int tasks, int blocks) {
      return triangle((long) blocks * tasks);
    }

    @Override
    GradientSummary of(int tasks, int blocks, double[] numbers) {
      return new GradientSummary.PartGram(
          blocks, SymmetricMatrix.ofTriangle(blocks * tasks, numbers));
    }
  },
  /** See {@link GradientSummary.SquaredNorms}. */
  SQUARED_NORMS {
    @Override
    public long count(int tasks, int blocks) {
      return tasks;
    }

    @Override
    GradientSummary of(int tasks, int blocks, double[] numbers) {
      return new GradientSummary.SquaredNorms(Vector.of(numbers));
    }
  },
  /** See {@link GradientSummary.ElementSums}. */
  ELEMENT_SUMS {
    @Override
    public long count(int tasks, int blocks) {
      return 2L * tasks;
    }

    @Override
    GradientSummary of(int tasks, int blocks, double[] numbers) {
      return new GradientSummary.ElementSums(
          Vector.of(Arrays.copyOfRange(numbers, 0, tasks)),
          Vector.of(Arrays.copyOfRange(numbers, tasks, 2 * tasks)));
    }
  },
  /** See {@link Derivatives}. */
  DERIVATIVES {
    @Override
    public long count(int tasks, int blocks) {
      return (long) blocks * tasks;
    }

    @Override
    GradientSummary of(int tasks, int blocks, double[] numbers) {
      return new Derivatives(blocks, Vector.of(numbers));
    }
  },
  /** See {@link LossesAfter}. */
  LOSSES_AFTER {
    @Override
    public long count(int tasks, int blocks) {
      return triangle((long) blocks * tasks) + tasks;
    }

    @Override
    GradientSummary of(int tasks, int blocks, double[] numbers) {
      int products = numbers.length - tasks;
      return new LossesAfter(
          new GradientSummary.PartGram(
              blocks, SymmetricMatrix.ofTriangle(blocks * tasks, Arrays.copyOf(numbers, products))),
          Vector.of(Arrays.copyOfRange(numbers, products, numbers.length)));
    }
  };

  /**
   * How many numbers such a summary holds.
   *
   * @param tasks of the run, at most 2^15
   * @param blocks {@link GradientSummary#blocks}, at most 2^15
   */
  public abstract long count(int tasks, int blocks);

  abstract GradientSummary of(int tasks, int blocks, double[] numbers);

  /**
   * The summary that {@link GradientSummary#numbers} gave these numbers of.
   *
   * @param tasks of the run, at most 2^15
   * @param blocks {@link GradientSummary#blocks}, from 1 to 2^15
   * @throws IllegalArgumentException if these are not {@link #count} numbers
   */
  public GradientSummary read(int tasks, int blocks, double... numbers) {
    if (blocks < 1 || numbers.length != count(tasks, blocks)) {
      throw new IllegalArgumentException(
          "%d numbers are no %s of %d tasks in %d blocks"
              .formatted(numbers.length, this, tasks, blocks));
    }
    return of(tasks, blocks, numbers);
  }

  private static long triangle(long size) {
    return size * (size + 1) / 2;
  }
}
