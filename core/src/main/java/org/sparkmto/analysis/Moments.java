package org.sparkmto.analysis;

/**
 * How many numbers there were, their mean and their spread, so that those of several steps can be
 * joined without the numbers (Chan, Golub, LeVeque 1979).
 *
 * @param count how many; 0 for none
 * @param mean NaN of none
 * @param squares sum of the squared differences from the mean; 0 of none
 */
public record Moments(long count, double mean, double squares) {
  /** Of no number. */
  public static final Moments NONE = new Moments(0, Double.NaN, 0);

  /** Of the numbers. */
  public static Moments of(double... numbers) {
    Moments all = NONE;
    for (double number : numbers) {
      all = all.plus(number);
    }
    return all;
  }

  /**
   * What {@link #count}, {@link #mean} and {@link #deviation} were of.
   *
   * @param deviation any number, NaN included, of fewer than two
   */
  public static Moments of(long count, double mean, double deviation) {
    return count == 0
        ? NONE
        : new Moments(count, mean, count < 2 ? 0 : deviation * deviation * (count - 1));
  }

  /** With one number more. */
  public Moments plus(double number) {
    return plus(new Moments(1, number, 0));
  }

  /** Of these numbers and others. */
  public Moments plus(Moments other) {
    if (count == 0 || other.count == 0) {
      return count == 0 ? other : this;
    }
    double all = (double) count + other.count;
    double apart = other.mean - mean;
    return new Moments(
        count + other.count,
        mean + apart * other.count / all,
        squares + other.squares + apart * apart * count * other.count / all);
  }

  /** The standard deviation of the sample; NaN of fewer than two numbers. */
  public double deviation() {
    return count < 2 ? Double.NaN : Math.sqrt(squares / (count - 1));
  }
}
