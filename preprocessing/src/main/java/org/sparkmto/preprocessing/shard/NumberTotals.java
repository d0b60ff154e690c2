package org.sparkmto.preprocessing.shard;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.TargetRange;

/**
 * Count, extremes and exact sums of the stored numbers of one channel and of their squares.
 *
 * <p>A sum of floating-point numbers depends on their order. Here the significands of floats are
 * summed as whole numbers, those of each exponent apart: nothing is rounded before the end, so the
 * mean is the same in whatever order elements and files are added. So are the squares of the
 * significands, in 128 bits. A sum holds 2^39 elements.
 */
final class NumberTotals implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int EXPONENTS = 255;

  /** A float is its significand times 2^(exponent - 150). */
  private static final int EXPONENT_OF_ONE = 150;

  private final ElementType type;

  /** Whole numbers: their sum; floats: by exponent, the sum of significands. */
  private final long[] sums;

  /** Sums of squares of the same numbers: their upper and lower 64 bits. */
  private final long[] upper;

  private final long[] lower;

  private long valid;
  private long missing;
  private double least = Double.POSITIVE_INFINITY;
  private double greatest = Double.NEGATIVE_INFINITY;

  NumberTotals(ElementType type) {
    this.type = type;
    this.sums = new long[type == ElementType.FLOAT32 ? EXPONENTS : 1];
    this.upper = new long[sums.length];
    this.lower = new long[sums.length];
  }

  /** Adds a stored number, finite or missing. */
  void add(double stored, boolean isMissing) {
    if (isMissing) {
      missing++;
      return;
    }
    valid++;
    least = Math.min(least, stored);
    greatest = Math.max(greatest, stored);
    if (type == ElementType.FLOAT32) {
      int bits = Float.floatToRawIntBits((float) stored);
      int exponent = (bits >>> 23) & 0xff;
      int fraction = bits & 0x7fffff;
      int significand = exponent == 0 ? fraction : fraction | 0x800000;
      int bin = Math.max(1, exponent);
      add(bin, bits < 0 ? -significand : significand);
    } else {
      add(0, (long) stored);
    }
  }

  private void add(int bin, long whole) {
    sums[bin] = Math.addExact(sums[bin], whole);
    addSquares(bin, 0, Math.multiplyExact(whole, whole));
  }

  private void addSquares(int bin, long high, long low) {
    lower[bin] += low;
    boolean carry = Long.compareUnsigned(lower[bin], low) < 0;
    upper[bin] = Math.addExact(upper[bin], high + (carry ? 1 : 0));
  }

  void add(NumberTotals other) {
    valid += other.valid;
    missing += other.missing;
    least = Math.min(least, other.least);
    greatest = Math.max(greatest, other.greatest);
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Math.addExact(sums[i], other.sums[i]);
      addSquares(i, other.upper[i], other.lower[i]);
    }
  }

  /** The range in the column's unit. */
  TargetRange.Channel range(Column column) {
    if (valid == 0) {
      return new TargetRange.Channel(0, missing, Double.NaN, Double.NaN, Double.NaN);
    }
    double one = column.value(least);
    double other = column.value(greatest);
    double low = Math.min(one, other) + 0.0; // no negative zero
    double high = Math.max(one, other) + 0.0;
    double mean =
        storedMean()
            .multiply(new BigDecimal(column.scale()))
            .add(new BigDecimal(column.offset()), MathContext.DECIMAL128)
            .doubleValue();
    // The extremes are rounded apart from the mean, which must not leave them for that.
    return new TargetRange.Channel(
        valid,
        missing,
        low,
        high,
        Math.max(low, Math.min(high, mean)),
        storedDeviation().multiply(new BigDecimal(column.scale()).abs()).doubleValue());
  }

  private BigDecimal storedMean() {
    return new BigDecimal(sum()).divide(elementsInUnits(), MathContext.DECIMAL128);
  }

  /** Of the whole population: sqrt(n s2 - s1^2) / n, without cancellation. */
  private BigDecimal storedDeviation() {
    BigInteger scaled = BigInteger.valueOf(valid).multiply(sumOfSquares()).subtract(sum().pow(2));
    return new BigDecimal(scaled)
        .sqrt(MathContext.DECIMAL128)
        .divide(elementsInUnits(), MathContext.DECIMAL128);
  }

  /** In units: of floats 2^-150. */
  private BigInteger sum() {
    BigInteger sum = BigInteger.ZERO;
    for (int bin = 0; bin < sums.length; bin++) {
      sum = sum.add(BigInteger.valueOf(sums[bin]).shiftLeft(bin));
    }
    return sum;
  }

  /** In squares of these units. */
  private BigInteger sumOfSquares() {
    BigInteger sum = BigInteger.ZERO;
    for (int bin = 0; bin < sums.length; bin++) {
      BigInteger low = new BigInteger(Long.toUnsignedString(lower[bin]));
      BigInteger both = BigInteger.valueOf(upper[bin]).shiftLeft(Long.SIZE).add(low);
      sum = sum.add(both.shiftLeft(2 * bin));
    }
    return sum;
  }

  private BigDecimal elementsInUnits() {
    return new BigDecimal(
        BigInteger.valueOf(valid).shiftLeft(type == ElementType.FLOAT32 ? EXPONENT_OF_ONE : 0));
  }
}
