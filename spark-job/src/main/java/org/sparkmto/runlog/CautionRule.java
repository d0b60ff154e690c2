package org.sparkmto.runlog;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One thing that can be wrong with a run and is seen in what it writes down. */
sealed interface CautionRule permits AbsentLabels, DominantTask, RisingLoss, UnlearnedTask {

  /** Hears the next line; gives a caution where this line is the first to show it. */
  Optional<Caution> hear(LogLine line);

  /** What is true at the end of the lines heard. */
  Optional<Caution> standing();

  /** What is to be said once more at the end of a run, because it may have changed since. */
  default Optional<Caution> atTheEnd() {
    return Optional.empty();
  }

  /** 'a', 'b' and 'c'; of many the first five and how many more. */
  static String quoted(List<String> names) {
    List<String> quoted = names.stream().map(name -> "'" + name + "'").toList();
    return listed(quoted);
  }

  /** a, b and c; of many the first five and how many more. */
  static String listed(List<String> items) {
    int most = 5;
    if (items.size() > most) {
      return String.join(", ", items.subList(0, most)) + " and " + (items.size() - most) + " more";
    }
    int last = items.size() - 1;
    return last < 1
        ? String.join("", items)
        : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
  }

  /** A number with three digits, as people read it. */
  static String number(double value) {
    if (Math.abs(value) >= 1000 && Math.abs(value) < 1e9) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    String text = String.format(Locale.ROOT, "%.3g", value);
    return text.contains(".") ? text.replaceFirst("\\.?0+(?=e|$)", "") : text;
  }
}
