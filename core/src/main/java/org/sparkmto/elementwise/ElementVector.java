package org.sparkmto.elementwise;

import org.sparkmto.random.Draws;

/**
 * A vector of which only arithmetic element by element is known. What is said in it about element
 * {@code i} depends on element {@code i} of the vectors alone, so a formula may be run on the whole
 * vector or chunk by chunk, in any precision and on any device. A formula written with it is
 * written once: for the doubles of an array ({@link DoubleVector}) and for the parameters of a
 * network.
 *
 * <p>Methods that change this vector give it back. Numbers that no element changes are doubles and
 * are rounded once to the precision of the vector. All vectors of a formula have the same length
 * and the same kind. What {@link #root}, {@link #signs}, {@link #magnitudes}, {@link #times},
 * {@link #smaller}, {@link #larger}, {@link #zeros} and {@link #uniforms} give may be changed, and
 * those it was made of stay as they are.
 *
 * @param <V> the kind of vector itself
 */
public interface ElementVector<V extends ElementVector<V>> {
  /** Number of elements. */
  long length();

  /**
   * {@code this + factor * other}, for reading: another vector, or this one where the factor is 0.
   */
  V plus(double factor, V other);

  /** Multiplies every element. */
  V scale(double factor);

  /** Adds a number to every element. */
  V shift(double number);

  /** Adds {@code factor * other}. */
  V add(double factor, V other);

  /** Adds {@code factor * left * right}. */
  V addProduct(double factor, V left, V right);

  /** Adds {@code factor * over / under}; elements of {@code under} are not 0. */
  V addQuotient(double factor, V over, V under);

  /** Another vector, {@code sqrt(this + shift)}. */
  V root(double shift);

  /** Another vector of -1, 0 and 1. */
  V signs();

  /** Another vector without signs. */
  V magnitudes();

  /** Another vector, {@code this * other}. */
  V times(V other);

  /** Another vector, of the smaller of two elements each. */
  V smaller(V other);

  /** Another vector, of the larger of two elements each. */
  V larger(V other);

  /** Another vector, of zeros. */
  V zeros();

  /** Divides every element by that of another vector, which is not 0. */
  V divide(V other);

  /** Puts 0 where an element is negative. */
  V positivePart();

  /**
   * Another vector: a number in [0, 1] for every element, rounded from {@link Draws#uniform}.
   *
   * @param first index of the first element's number
   */
  V uniforms(Draws draws, long first);

  /** The sum of all elements, in double. */
  double sum();
}
