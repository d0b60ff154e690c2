package org.sparkmto.elementwise;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.sparkmto.random.Draws;

/** A vector in an array of doubles. */
public final class DoubleVector implements ElementVector<DoubleVector> {
  private final double[] values;

  private DoubleVector(double[] values) {
    this.values = values;
  }

  /** The array itself as a vector: what changes the one changes the other. */
  public static DoubleVector over(double[] values) {
    return new DoubleVector(values);
  }

  /** The arrays themselves as vectors. */
  public static List<DoubleVector> over(double[][] values) {
    return Arrays.stream(values).map(DoubleVector::new).toList();
  }

  @Override
  public long length() {
    return values.length;
  }

  @Override
  public DoubleVector plus(double factor, DoubleVector other) {
    return factor == 0 ? this : new DoubleVector(values.clone()).add(factor, other);
  }

  @Override
  public DoubleVector scale(double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return this;
  }

  @Override
  public DoubleVector shift(double number) {
    for (int i = 0; i < values.length; i++) {
      values[i] += number;
    }
    return this;
  }

  @Override
  public DoubleVector add(double factor, DoubleVector other) {
    for (int i = 0; i < values.length; i++) {
      values[i] += factor * other.values[i];
    }
    return this;
  }

  @Override
  public DoubleVector addProduct(double factor, DoubleVector left, DoubleVector right) {
    for (int i = 0; i < values.length; i++) {
      values[i] += factor * left.values[i] * right.values[i];
    }
    return this;
  }

  @Override
  public DoubleVector addQuotient(double factor, DoubleVector over, DoubleVector under) {
    for (int i = 0; i < values.length; i++) {
      values[i] += factor * (over.values[i] / under.values[i]);
    }
    return this;
  }

  @Override
  public DoubleVector root(double shift) {
    return made(i -> Math.sqrt(values[i] + shift));
  }

  @Override
  public DoubleVector signs() {
    return made(i -> Math.signum(values[i]));
  }

  @Override
  public DoubleVector magnitudes() {
    return made(i -> Math.abs(values[i]));
  }

  @Override
  public DoubleVector times(DoubleVector other) {
    return made(i -> values[i] * other.values[i]);
  }

  @Override
  public DoubleVector smaller(DoubleVector other) {
    return made(i -> Math.min(values[i], other.values[i]));
  }

  @Override
  public DoubleVector larger(DoubleVector other) {
    return made(i -> Math.max(values[i], other.values[i]));
  }

  @Override
  public DoubleVector zeros() {
    return new DoubleVector(new double[values.length]);
  }

  @Override
  public DoubleVector divide(DoubleVector other) {
    for (int i = 0; i < values.length; i++) {
      values[i] /= other.values[i];
    }
    return this;
  }

  @Override
  public DoubleVector positivePart() {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(values[i], 0);
    }
    return this;
  }

  @Override
  public DoubleVector uniforms(Draws draws, long first) {
    return made(i -> draws.uniform(first + i));
  }

  @Override
  public double sum() {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  private DoubleVector made(IntToDoubleFunction element) {
    double[] made = new double[values.length];
    Arrays.setAll(made, element);
    return new DoubleVector(made);
  }
}
