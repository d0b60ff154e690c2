package org.sparkmto.metric;

import java.util.List;
import java.util.Locale;

/**
 * Mean and spread of a number that several runs have.
 *
 * @param mean NaN if a number is
 * @param deviation of the sample, with one less than their number below; NaN of a single number
 */
public record Spread(double mean, double deviation) {

  /** Of the numbers; NaN if there are none. */
  public static Spread of(List<Double> numbers) {
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    double mean = sum / numbers.size();
    double squares = 0;
    for (double number : numbers) {
      squares += (number - mean) * (number - mean);
    }
    return new Spread(
        mean, numbers.size() < 2 ? Double.NaN : Math.sqrt(squares / (numbers.size() - 1)));
  }

  /** {@code 0.4766 +- 0.0123}; a mean that is not defined in words. */
  @Override
  public String toString() {
    return Double.isNaN(deviation)
        ? Figure.text(mean)
        : String.format(Locale.ROOT, "%.4f +- %.4f", mean, deviation);
  }
}
