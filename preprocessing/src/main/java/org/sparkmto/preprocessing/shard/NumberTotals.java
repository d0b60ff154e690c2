package org.sparkmto.preprocessing.shard;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.TargetRange;

/**
 * Count, extremes and exact sum of the stored numbers of one channel.
 *
 * <p>A sum of floating-point numbers depends on their order. Here the significands of floats are
 * summed as whole numbers, those of each exponent apart: nothing is rounded before the end, so the
 * mean is the same in whatever order elements and files are added. A sum holds 2^39 elements.
 */
final class NumberTotals implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int EXPONENTS = 255;

  /** A float is its significand times 2^(exponent - 150). */
  private static final int EXPONENT_OF_ONE = 150;

  private final ElementType type;

  /** Whole numbers: their sum; floats: by exponent, the sum of significands. */
  private final long[] sums;

  private long valid;
  private long missing;
  private double least = Double.POSITIVE_INFINITY;
  private double greatest = Double.NEGATIVE_INFINITY;

  NumberTotals(ElementType type) {
    this.type = type;
    this.sums = new long[type == ElementType.FLOAT32 ? EXPONENTS : 1];
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
      sums[bin] = Math.addExact(sums[bin], bits < 0 ? -significand : significand);
    } else {
      sums[0] = Math.addExact(sums[0], (long) stored);
    }
  }

  void add(NumberTotals other) {
    valid += other.valid;
    missing += other.missing;
    least = Math.min(least, other.least);
    greatest = Math.max(greatest, other.greatest);
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Math.addExact(sums[i], other.sums[i]);
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
    return new TargetRange.Channel(valid, missing, low, high, Math.max(low, Math.min(high, mean)));
  }

  private BigDecimal storedMean() {
    if (type != ElementType.FLOAT32) {
      return BigDecimal.valueOf(sums[0]).divide(BigDecimal.valueOf(valid), MathContext.DECIMAL128);
    }
    BigInteger sum = BigInteger.ZERO;
    for (int exponent = 1; exponent < EXPONENTS; exponent++) {
      sum = sum.add(BigInteger.valueOf(sums[exponent]).shiftLeft(exponent));
    }
    BigInteger unit = BigInteger.valueOf(valid).shiftLeft(EXPONENT_OF_ONE);
    return new BigDecimal(sum).divide(new BigDecimal(unit), MathContext.DECIMAL128);
  }
}
