package org.sparkmto.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A point of the toy problem's plane, or a direction in it. */
public record ToyPoint(double x1, double x2) {
  /** Starting points of CAGrad's figure and table (Liu et al., NeurIPS 2021). */
  public static final List<ToyPoint> CAGRAD =
      List.of(new ToyPoint(-8.5, 7.5), new ToyPoint(-8.5, -5), new ToyPoint(9, 9));

  /** Starting points of Nash-MTL's figure (Navon et al., ICML 2022), and of Aligned-MTL's. */
  public static final List<ToyPoint> NASH =
      List.of(
          new ToyPoint(-8.5, 7.5),
          new ToyPoint(0, 0),
          new ToyPoint(9, 9),
          new ToyPoint(-7.5, -0.5),
          new ToyPoint(9, -1));

  /**
   * Reads starting points: {@code cagrad}, {@code nash}, or {@code x,y;x,y;...}.
   *
   * @throws IllegalArgumentException if the text is none of these
   */
  public static List<ToyPoint> list(String text) {
    if (text.equals("cagrad")) {
      return CAGRAD;
    }
    if (text.equals("nash")) {
      return NASH;
    }
    List<ToyPoint> points = new ArrayList<>();
    for (String pair : text.split(";", -1)) {
      String[] numbers = pair.split(",", -1);
      try {
        ToyPoint point =
            new ToyPoint(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
        if (numbers.length == 2 && point.isFinite()) {
          points.add(point);
          continue;
        }
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        // Said below, for every kind of mistake alike.
      }
      throw new IllegalArgumentException(
          "'" + pair + "' is no starting point; give cagrad, nash or x,y;x,y;...");
    }
    return points;
  }

  ToyPoint plus(double factor, ToyPoint other) {
    return new ToyPoint(x1 + factor * other.x1, x2 + factor * other.x2);
  }

  ToyPoint times(double factor) {
    return new ToyPoint(factor * x1, factor * x2);
  }

  double dot(ToyPoint other) {
    return x1 * other.x1 + x2 * other.x2;
  }

  double distance(ToyPoint other) {
    return Math.hypot(x1 - other.x1, x2 - other.x2);
  }

  boolean isFinite() {
    return Double.isFinite(x1) && Double.isFinite(x2);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "(%.4f, %.4f)", x1, x2);
  }
}
