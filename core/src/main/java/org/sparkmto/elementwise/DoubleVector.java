package org.sparkmto.elementwise;

import java.util.Arrays;
import java.util.List;

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
    double[] roots = new double[values.length];
    for (int i = 0; i < roots.length; i++) {
      roots[i] = Math.sqrt(values[i] + shift);
    }
    return new DoubleVector(roots);
  }

  @Override
  public DoubleVector signs() {
    double[] signs = new double[values.length];
    for (int i = 0; i < signs.length; i++) {
      signs[i] = Math.signum(values[i]);
    }
    return new DoubleVector(signs);
  }
}
