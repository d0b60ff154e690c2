package org.sparkmto.method;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A small immutable vector of doubles, one number per task. All operations are elementwise unless
 * their name says otherwise, and two vectors that meet must have the same size.
 */
public final class Vector {
  private final double[] values;

  private Vector(double[] values) {
    this.values = values;
  }

  /** The vector of these values. */
  public static Vector of(double... values) {
    return new Vector(values.clone());
  }

  /** {@code size} times the same value. */
  public static Vector filled(int size, double value) {
    double[] values = new double[size];
    Arrays.fill(values, value);
    return new Vector(values);
  }

  /** {@code size} ones. */
  public static Vector ones(int size) {
    return filled(size, 1);
  }

  /** {@code size} zeros. */
  public static Vector zeros(int size) {
    return new Vector(new double[size]);
  }

  /** The number of values. */
  public int size() {
    return values.length;
  }

  /** The value at an index from 0. */
  public double at(int index) {
    return values[index];
  }

  /** Sum of two vectors. */
  public Vector plus(Vector other) {
    requireSameSize(other);
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i] + other.values[i];
    }
    return new Vector(result);
  }

  /** Difference of two vectors. */
  public Vector minus(Vector other) {
    return plus(other.times(-1));
  }

  /** Every value times a number. */
  public Vector times(double factor) {
    return map(value -> value * factor);
  }

  /** Product, value by value. */
  public Vector times(Vector other) {
    requireSameSize(other);
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i] * other.values[i];
    }
    return new Vector(result);
  }

  /** Quotient, value by value; division by zero gives what doubles give. */
  public Vector dividedBy(Vector other) {
    requireSameSize(other);
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i] / other.values[i];
    }
    return new Vector(result);
  }

  /** Every value divided by a number. */
  public Vector dividedBy(double divisor) {
    return map(value -> value / divisor);
  }

  /** Inner product. */
  public double dot(Vector other) {
    requireSameSize(other);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * other.values[i];
    }
    return sum;
  }

  /** Sum of the values. */
  public double sum() {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  /** Sum divided by size; NaN for an empty vector. */
  public double mean() {
    return sum() / values.length;
  }

  /** The smallest value; positive infinity for an empty vector. */
  public double min() {
    double min = Double.POSITIVE_INFINITY;
    for (double value : values) {
      min = Math.min(min, value);
    }
    return min;
  }

  /** The largest value; negative infinity for an empty vector. */
  public double max() {
    double max = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      max = Math.max(max, value);
    }
    return max;
  }

  /** The vector divided by its sum and multiplied by {@code total}. */
  public Vector scaledToSum(double total) {
    double sum = sum();
    return map(value -> value / sum * total);
  }

  /** {@code exp(v_i) / sum_j exp(v_j)}, shifted by the largest value so that nothing overflows. */
  public Vector softmax() {
    double max = max();
    return map(value -> Math.exp(value - max)).scaledToSum(1);
  }

  /** A function applied to every value. */
  public Vector map(DoubleUnaryOperator function) {
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = function.applyAsDouble(values[i]);
    }
    return new Vector(result);
  }

  /** These values, then those of another vector. */
  public Vector followedBy(Vector other) {
    double[] result = Arrays.copyOf(values, values.length + other.values.length);
    System.arraycopy(other.values, 0, result, values.length, other.values.length);
    return new Vector(result);
  }

  /** The values at these indices, in this order. */
  public Vector select(int... indices) {
    double[] result = new double[indices.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[indices[i]];
    }
    return new Vector(result);
  }

  /** This vector with {@code part.at(i)} written at {@code indices[i]}: undoes {@link #select}. */
  public Vector replaced(int[] indices, Vector part) {
    double[] result = values.clone();
    for (int i = 0; i < indices.length; i++) {
      result[indices[i]] = part.values[i];
    }
    return new Vector(result);
  }

  /** Whether no value is infinite or NaN. */
  public boolean isFinite() {
    return Arrays.stream(values).allMatch(Double::isFinite);
  }

  /** A copy of the values. */
  public double[] toArray() {
    return values.clone();
  }

  private void requireSameSize(Vector other) {
    if (values.length != other.values.length) {
      throw new IllegalArgumentException(
          "vectors of size " + values.length + " and " + other.values.length + " do not fit");
    }
  }

  /** Equality bit by bit, so NaN equals NaN and 0.0 differs from -0.0. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Vector vector && Arrays.equals(values, vector.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
