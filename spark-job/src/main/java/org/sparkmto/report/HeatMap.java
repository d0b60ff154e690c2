package org.sparkmto.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A square matrix of signed numbers of task pairs. Sign is the colour, magnitude its strength, so
 * that 0 is the colour of the page in light and dark.
 */
final class HeatMap {
  private static final int NUMBERS_UP_TO = 8;

  private final List<String> names;
  private final CosineAverage values;
  private final int[] order;
  private final double strongest;

  HeatMap(List<String> names, CosineAverage values) {
    this.names = names;
    this.values = values;
    double largest = 0;
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < names.size(); j++) {
        double value = i == j ? Double.NaN : Math.abs(values.of(i, j));
        largest = Double.isNaN(value) ? largest : Math.max(largest, value);
      }
    }
    // A scale to the strongest pair where no numbers are shown: cosines of many tasks are small.
    boolean whole = names.size() <= NUMBERS_UP_TO || largest == 0;
    order = whole ? IntStream.range(0, names.size()).toArray() : chain();
    strongest = whole ? 1 : Math.min(1, Math.ceil(largest * 20 - 1e-9) / 20);
  }

  /** The tasks in an order that puts each beside its most similar one that is still free. */
  private int[] chain() {
    int tasks = names.size();
    int[] chain = new int[tasks];
    boolean[] used = new boolean[tasks];
    double lowest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < tasks; i++) {
      for (int j = 0; j < tasks; j++) {
        // Starts at an end of the strongest conflict, which so comes far from the diagonal.
        if (values.of(i, j) < lowest) {
          lowest = values.of(i, j);
          chain[0] = i;
        }
      }
    }
    used[chain[0]] = true;
    for (int place = 1; place < tasks; place++) {
      int best = -1;
      double nearest = Double.NEGATIVE_INFINITY;
      for (int task = 0; task < tasks; task++) {
        double cosine = values.of(chain[place - 1], task);
        double similarity = Double.isNaN(cosine) ? -1 : cosine;
        if (!used[task] && similarity > nearest) {
          best = task;
          nearest = similarity;
        }
      }
      chain[place] = best;
      used[best] = true;
    }
    return chain;
  }

  void draw(Markup page) {
    int tasks = names.size();
    boolean numbers = tasks <= NUMBERS_UP_TO;
    int cell = numbers ? Math.max(48, Math.min(96, 300 / tasks)) : 16;
    int letters = names.stream().mapToInt(String::length).max().orElse(0);
    int left = Math.min(numbers ? 120 : 150, 12 + 7 * letters);
    int top = numbers ? 22 : left;
    int width = left + tasks * cell + 1;
    int height = top + tasks * cell + 1;
    page.open("div", "class", "scroll");
    page.drawing(
        numbers ? "matrix small" : "matrix",
        width,
        height,
        "Mean cosine of the gradients of every pair of tasks",
        "width",
        Integer.toString(width),
        "height",
        Integer.toString(height));
    for (int i = 0; i < tasks; i++) {
      String name = names.get(order[i]);
      int middle = i * cell + cell / 2;
      page.words(fit(name, left / 7), left - 8, top + middle + 4, "end");
      if (numbers) {
        page.words(fit(name, cell / 7), left + middle, top - 8, "middle");
      } else {
        int x = left + middle + 4;
        page.words(
            fit(name, left / 7),
            x,
            top - 6,
            "start",
            "transform",
            "rotate(-90 " + x + " " + (top - 6) + ")");
      }
    }
    for (int i = 0; i < tasks; i++) {
      for (int j = 0; j < tasks; j++) {
        cell(page, order[i], order[j], left + j * cell, top + i * cell, cell, numbers);
      }
    }
    page.close().close();
    page.open("p", "class", "scale");
    page.element("span", NumberText.significant(-strongest, 2) + " conflict");
    page.empty("i");
    page.element("span", "agreement " + NumberText.significant(strongest, 2));
    page.close();
  }

  private void cell(Markup page, int i, int j, int x, int y, int size, boolean numbers) {
    double value = values.of(i, j);
    double strength = Math.min(1, Math.abs(value) / strongest);
    boolean plain = i == j || Double.isNaN(value);
    String side = Integer.toString(size - 1);
    page.open(
        "rect",
        "x",
        Integer.toString(x),
        "y",
        Integer.toString(y),
        "width",
        side,
        "height",
        side,
        "class",
        plain ? "none" : value < 0 ? "neg" : "pos",
        "fill-opacity",
        plain ? null : String.format(Locale.ROOT, "%.2f", strength));
    if (i != j) {
      page.element(
          "title", names.get(i) + " / " + names.get(j) + ": " + NumberText.fixed(value, 3));
    }
    page.close();
    if (numbers && i != j) {
      page.element(
          "text",
          NumberText.fixed(value, 2),
          "x",
          Integer.toString(x + size / 2),
          "y",
          Integer.toString(y + size / 2 + 4),
          "text-anchor",
          "middle",
          "class",
          strength > 0.55 ? "value over" : "value");
    }
  }

  static String fit(String name, int letters) {
    return name.codePointCount(0, name.length()) <= letters
        ? name
        : name.substring(0, name.offsetByCodePoints(0, Math.max(1, letters - 1))) + "…";
  }
}
