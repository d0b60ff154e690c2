package org.sparkmto.analysis;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.sparkmto.method.SymmetricMatrix;

/**
 * The sums over the shared parameters, layer by layer, of what is to be known of the gradients of a
 * step, as one array: those of slices of the parameters add up to those of all, number by number.
 */
public final class GradientSums {

  /**
   * Of how much they are.
   *
   * @param layers of the shared part, at least 1
   * @param tasks at least 1
   * @param samples single samples of the batch; 0 for none
   */
  public record Shape(int layers, int tasks, int samples) {
    /** Checks the numbers. */
    public Shape {
      if (layers < 1 || tasks < 1 || samples < 0) {
        throw new IllegalArgumentException(
            "%d layers, %d tasks, %d samples".formatted(layers, tasks, samples));
      }
    }

    /** How many sums there are. */
    public long numbers() {
      return layers * ofLayer() + labels();
    }

    private long ofLayer() {
      return 2L * triangle(tasks) * (1 + samples)
          + 2L * (1 + tasks) * triangle(samples)
          + 2L * tasks;
    }

    private long labels() {
      return tasks * (1L + samples);
    }
  }

  private final Shape shape;
  private final double[] values;

  /** Zeros. */
  public GradientSums(Shape shape) {
    this(shape, new double[Math.toIntExact(shape.numbers())]);
  }

  private GradientSums(Shape shape, double[] values) {
    this.shape = shape;
    this.values = values;
  }

  /**
   * What {@link #values} gave.
   *
   * @throws IllegalArgumentException if these are not {@link Shape#numbers}
   */
  public static GradientSums of(Shape shape, double... values) {
    if (values.length != shape.numbers()) {
      throw new IllegalArgumentException(
          "%d numbers are not the %d of %s".formatted(values.length, shape.numbers(), shape));
    }
    return new GradientSums(shape, values.clone());
  }

  private static long triangle(int size) {
    return size * (size + 1L) / 2;
  }

  /** Of how much they are. */
  public Shape shape() {
    return shape;
  }

  /** The numbers themselves: what changes the array changes the sums. */
  public double[] values() {
    return values;
  }

  /**
   * Adds what some parameters of a layer contribute to the pairs of tasks over the batch.
   *
   * @param products inner products, {@code tasks x tasks}, row-major
   * @param opposed how many parameters have opposite signs, likewise
   */
  public void addTasks(int layer, double[] products, double[] opposed) {
    addPairs(place(layer), shape.tasks, products, opposed);
  }

  /** Adds the same to the pairs of tasks on one of the samples. */
  public void addSample(int layer, int sample, double[] products, double[] opposed) {
    addPairs(ofSample(layer, sample), shape.tasks, products, opposed);
  }

  /** Adds the same to the pairs of samples of one of the tasks, {@code samples x samples}. */
  public void addTask(int layer, int task, double[] products, double[] opposed) {
    addPairs(ofTask(layer, task), shape.samples, products, opposed);
  }

  /** Adds the same to the pairs of samples with the means over their tasks. */
  public void addSamples(int layer, double[] products, double[] opposed) {
    addPairs(ofTask(layer, shape.tasks), shape.samples, products, opposed);
  }

  /**
   * Adds what some parameters contribute to the sums of the magnitudes of the tasks' components.
   *
   * @param sums one for each task
   */
  public void addMagnitudes(int layer, double[] sums) {
    add(ofMagnitudes(layer), sums);
  }

  /** Adds the same to the sums of the tasks' contributions; NaN where they are not told. */
  public void addContributions(int layer, double[] sums) {
    add(ofMagnitudes(layer) + shape.tasks, sums);
  }

  /**
   * Says how many labels there are; not a sum of slices, so one rank says it.
   *
   * @param ofBatch of every task in the batch
   * @param ofSamples of every task, sample after sample
   */
  public void label(double[] ofBatch, double[] ofSamples) {
    int at = values.length - (int) shape.labels();
    System.arraycopy(ofBatch, 0, values, at, shape.tasks);
    System.arraycopy(ofSamples, 0, values, at + shape.tasks, shape.tasks * shape.samples);
  }

  private int place(int layer) {
    return (int) (layer * shape.ofLayer());
  }

  private int ofSample(int layer, int sample) {
    return place(layer) + (int) (2 * triangle(shape.tasks) * (1 + sample));
  }

  private int ofTask(int layer, int task) {
    return ofSample(layer, shape.samples) + (int) (2L * task * triangle(shape.samples));
  }

  private int ofMagnitudes(int layer) {
    return ofTask(layer, shape.tasks + 1);
  }

  private void addPairs(int at, int size, double[] products, double[] opposed) {
    int next = at;
    for (double[] square : new double[][] {products, opposed}) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j <= i; j++) {
          values[next++] += square[i * size + j];
        }
      }
    }
  }

  private void add(int at, double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      values[at + i] += sums[i];
    }
  }

  /** Equality bit by bit. */
  @Override
  public boolean equals(Object other) {
    return other instanceof GradientSums sums
        && shape.equals(sums.shape)
        && Arrays.equals(values, sums.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "sums of " + shape;
  }

  PairSums tasks(int layer, double parameters) {
    return pairs(place(layer), shape.tasks, parameters);
  }

  PairSums sample(int layer, int sample, double parameters) {
    return pairs(ofSample(layer, sample), shape.tasks, parameters);
  }

  PairSums task(int layer, int task, double parameters) {
    return pairs(ofTask(layer, task), shape.samples, parameters);
  }

  PairSums samples(int layer, double parameters) {
    return pairs(ofTask(layer, shape.tasks), shape.samples, parameters);
  }

  double[] magnitudes(int layer) {
    int at = ofMagnitudes(layer);
    return Arrays.copyOfRange(values, at, at + shape.tasks);
  }

  double[] contributions(int layer) {
    int at = ofMagnitudes(layer) + shape.tasks;
    return Arrays.copyOfRange(values, at, at + shape.tasks);
  }

  private PairSums pairs(int at, int size, double parameters) {
    int half = (int) triangle(size);
    return new PairSums(parameters, square(at, size), square(at + half, size));
  }

  private SymmetricMatrix square(int at, int size) {
    double[] square = new double[size * size];
    int next = at;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        square[i * size + j] = values[next];
        square[j * size + i] = values[next++];
      }
    }
    return SymmetricMatrix.of(size, square);
  }

  /** The tasks that have a label in the batch. */
  int[] labelledTasks() {
    return having(values.length - (int) shape.labels(), 1, shape.tasks);
  }

  /** Those that have one in a sample. */
  int[] labelledTasks(int sample) {
    return having(ofSamples() + sample * shape.tasks, 1, shape.tasks);
  }

  /** The samples in which a task has one. */
  int[] labelledSamples(int task) {
    return having(ofSamples() + task, shape.tasks, shape.samples);
  }

  /** The samples that have a label of any task. */
  int[] labelledSamples() {
    return IntStream.range(0, shape.samples)
        .filter(sample -> labelledTasks(sample).length > 0)
        .toArray();
  }

  private int ofSamples() {
    return values.length - shape.tasks * shape.samples;
  }

  private int[] having(int at, int step, int count) {
    return IntStream.range(0, count).filter(i -> values[at + i * step] > 0).toArray();
  }
}
