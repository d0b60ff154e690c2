package org.sparkmto.preprocessing.own;

import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkmto.data.Task;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * How texts of a table become labels 0, 1, ... A text is a name or, unless names are numbers
 * themselves, the number of a class.
 */
final class ClassLabels implements Serializable {
  private static final long serialVersionUID = 1;

  /** Labels are bytes, and 255 says that there is none. */
  static final int MOST = 255;

  private final int count;
  private final HashMap<String, Integer> labels = new HashMap<>();
  private final HashSet<String> ignored = new HashSet<>();

  private ClassLabels(int count) {
    this.count = count;
  }

  /**
   * Named or numbered classes.
   *
   * @param section the task, for messages
   * @param options of it, with {@code ignore}
   * @param names in the order of the labels; empty for numbered classes
   */
  static ClassLabels of(Section section, Options options, int count, List<String> names) {
    ClassLabels classes = new ClassLabels(count);
    boolean numbered = true;
    for (int i = 0; i < names.size(); i++) {
      String name = Numbers.plain(names.get(i));
      numbered &= Numbers.parse(name).isEmpty();
      if (name.isEmpty() || classes.labels.put(name, i) != null) {
        throw section.wrong("classes", "names that are all different");
      }
    }
    for (int i = 0; i < count && numbered; i++) {
      classes.labels.put(Integer.toString(i), i);
    }
    classes.ignore(section, options, names.stream().map(Numbers::plain).toList());
    return classes;
  }

  /** Yes and no: 1 and 0, true and false, or yes and no. */
  static ClassLabels binary(Section section, Options options) {
    ClassLabels classes = new ClassLabels(2);
    Map<String, Integer> words = Map.of("0", 0, "false", 0, "no", 0, "1", 1, "true", 1, "yes", 1);
    words.forEach(
        (word, label) -> {
          classes.labels.put(word, label);
          classes.labels.put(word.toUpperCase(Locale.ROOT), label);
          classes.labels.put(
              word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1), label);
        });
    classes.ignore(section, options, List.of());
    return classes;
  }

  private void ignore(Section section, Options options, List<String> names) {
    for (String text : options.has("ignore") ? options.texts("ignore") : List.<String>of()) {
      String plain = Numbers.plain(text);
      boolean number = !names.isEmpty() && !names.contains(plain);
      if (labels.containsKey(plain) && !number) {
        throw section.wrong("ignore", "a value that is no class");
      }
      labels.remove(plain); // names stand in the table, so a number may say "no label"
      ignored.add(plain);
    }
  }

  /** Whether a text says that there is no label. */
  boolean isIgnored(String text) {
    return ignored.contains(Numbers.plain(text));
  }

  /**
   * The label of a text.
   *
   * @return 0 and up, or 255 if the text is empty, not-a-number, or to be ignored
   * @throws UnreadableSampleException if it is no class
   */
  int label(String text, Cell cell) throws UnreadableSampleException {
    String plain = Numbers.plain(text);
    if (plain.isEmpty() || ignored.contains(plain)) {
      return Task.MISSING;
    }
    Integer label = labels.get(plain);
    if (label != null) {
      return label;
    }
    if (plain.equalsIgnoreCase("nan")) {
      return Task.MISSING;
    }
    throw new UnreadableSampleException(
        Reason.BAD_LABEL,
        cell.shown()
            + ", which is none of "
            + count
            + " classes "
            + Cell.shortened(labels.keySet().stream().sorted().toList().toString()));
  }
}
