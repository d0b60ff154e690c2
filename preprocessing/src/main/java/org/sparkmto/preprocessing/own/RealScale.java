package org.sparkmto.preprocessing.own;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * How the numbers of a table or file become values: {@code number * scale + offset}, within a
 * range; some numbers say that there is no value.
 */
final class RealScale implements Serializable {
  private static final long serialVersionUID = 1;

  private final double scale;
  private final double offset;
  private final double least;
  private final double most;
  private final ArrayList<Double> ignored;
  private final Own.Decimal decimal;

  /**
   * @param options with {@code scale}, {@code offset}, {@code range} and {@code ignore}
   * @param usualLeast smallest value where no range is given
   * @param usualIgnored numbers without a value where none are given
   */
  RealScale(Options options, double usualLeast, List<Double> usualIgnored) {
    scale = options.number("scale");
    offset = options.number("offset");
    List<Double> range =
        options.optionalNumbers("range").orElse(List.of(usualLeast, Double.POSITIVE_INFINITY));
    least = range.get(0);
    most = range.get(1);
    ignored = new ArrayList<>(options.optionalNumbers("ignore").orElse(usualIgnored));
    decimal = Own.Decimal.POINT;
  }

  private RealScale(RealScale other, Own.Decimal decimal) {
    scale = other.scale;
    offset = other.offset;
    least = other.least;
    most = other.most;
    ignored = other.ignored;
    this.decimal = decimal;
  }

  /** The same for numbers that are written with a decimal comma, or point. */
  RealScale written(Own.Decimal way) {
    return new RealScale(this, way);
  }

  /**
   * The value of a number in a table.
   *
   * @return NaN if there is none
   */
  float value(Cell cell) throws UnreadableSampleException {
    String text = cell.text();
    if (text.isEmpty()) {
      return Float.NaN;
    }
    boolean comma = decimal == Own.Decimal.COMMA && cell.value() instanceof String;
    OptionalDouble number =
        comma && text.indexOf('.') >= 0
            ? OptionalDouble.empty()
            : Numbers.parse(comma ? text.replace(',', '.') : text);
    if (number.isEmpty()) {
      throw new UnreadableSampleException(
          Reason.BAD_TARGET, cell.shown() + ", not a number" + hint(text, comma));
    }
    return value(number.getAsDouble(), "column '" + cell.column() + "'");
  }

  private static String hint(String text, boolean comma) {
    if (comma) {
      return text.indexOf('.') >= 0 ? " with a decimal comma" : "";
    }
    return text.matches("[+-]?\\d{1,18},\\d{1,18}")
        ? "; write a point for the decimal comma, or set decimal = comma"
        : "";
  }

  /**
   * The value of a number.
   *
   * @param where it stands, for messages
   * @return NaN if there is none
   */
  float value(double number, String where) throws UnreadableSampleException {
    if (Double.isNaN(number)) {
      return Float.NaN;
    }
    for (int i = 0; i < ignored.size(); i++) {
      if (ignored.get(i) == number) {
        return Float.NaN;
      }
    }
    float value = (float) (number * scale + offset);
    if (!Float.isFinite(value) || value < least || value > most) {
      throw new UnreadableSampleException(
          Reason.BAD_TARGET,
          where
              + " holds "
              + number
              + ", a value of "
              + value
              + ", not in "
              + least
              + ".."
              + most
              + "; a number that says 'no value' belongs into 'ignore'");
    }
    return value;
  }
}
