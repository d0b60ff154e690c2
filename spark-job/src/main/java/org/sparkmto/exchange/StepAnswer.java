package org.sparkmto.exchange;

import java.util.Arrays;
import java.util.function.Function;
import org.sparkmto.method.Blend;
import org.sparkmto.method.Vector;

/** What the driver answers to a {@link StepReport}. */
public sealed interface StepAnswer {

  /** The numbers of the answer one after the other. */
  double[] numbers();

  /** One case for each answer. */
  <R> R map(
      Function<? super Weights, R> weights,
      Function<? super AverageWeights, R> averages,
      Function<? super Noted, R> noted);

  /**
   * The answer to a method that weighs gradients.
   *
   * @param shared weights of the gradients of the shared parameters: all tasks, as often as {@link
   *     org.sparkmto.method.GradientSummary#weightsPerTask} of what was reported
   * @param heads weights of the gradients of the tasks' own heads
   */
  record Weights(Vector shared, Vector heads) implements StepAnswer {
    @Override
    public double[] numbers() {
      return shared.followedBy(heads).toArray();
    }

    @Override
    public <R> R map(
        Function<? super Weights, R> weights,
        Function<? super AverageWeights, R> averages,
        Function<? super Noted, R> noted) {
      return weights.apply(this);
    }

    /**
     * The weights that {@link #numbers} gave.
     *
     * @throws IllegalArgumentException if these are not {@code tasks * (blocks + 1)} numbers
     */
    public static Weights of(int tasks, int blocks, double... numbers) {
      requireCount(numbers, tasks * (blocks + 1L));
      return new Weights(
          vector(numbers, 0, tasks * blocks), vector(numbers, tasks * blocks, tasks));
    }
  }

  /**
   * The answer to a method of running averages.
   *
   * @param weights of the averages after the blend
   * @param blend how they take up the gradients
   */
  record AverageWeights(Weights weights, Blend blend) implements StepAnswer {
    @Override
    public double[] numbers() {
      Vector both = blend.keep().followedBy(blend.take());
      return Vector.of(weights.numbers()).followedBy(both).toArray();
    }

    @Override
    public <R> R map(
        Function<? super Weights, R> plain,
        Function<? super AverageWeights, R> averages,
        Function<? super Noted, R> noted) {
      return averages.apply(this);
    }

    /**
     * The weights that {@link #numbers} gave.
     *
     * @throws IllegalArgumentException if these are not {@code 4 * tasks} numbers
     */
    public static AverageWeights of(int tasks, double... numbers) {
      requireCount(numbers, 4L * tasks);
      return new AverageWeights(
          Weights.of(tasks, 1, Arrays.copyOf(numbers, 2 * tasks)),
          new Blend(vector(numbers, 2 * tasks, tasks), vector(numbers, 3 * tasks, tasks)));
    }
  }

  /** The report was taken note of; there is nothing to weigh. */
  record Noted() implements StepAnswer {
    @Override
    public double[] numbers() {
      return new double[0];
    }

    @Override
    public <R> R map(
        Function<? super Weights, R> weights,
        Function<? super AverageWeights, R> averages,
        Function<? super Noted, R> noted) {
      return noted.apply(this);
    }
  }

  private static void requireCount(double[] numbers, long count) {
    if (numbers.length != count) {
      throw new IllegalArgumentException(numbers.length + " numbers where an answer has " + count);
    }
  }

  private static Vector vector(double[] numbers, int from, int count) {
    return Vector.of(Arrays.copyOfRange(numbers, from, from + count));
  }
}
