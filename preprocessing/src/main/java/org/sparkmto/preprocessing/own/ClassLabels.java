package org.sparkmto.preprocessing.own;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sparkmto.data.Task;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.PreprocessingException;
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

  private final Spellings<Integer> labels;
  private final List<String> names;

  private ClassLabels(Spellings<Integer> labels, List<String> names) {
    this.labels = labels;
    this.names = List.copyOf(names);
  }

  /**
   * Named or numbered classes.
   *
   * @param section the task, for messages
   * @param options of it, with {@code ignore}
   * @param names in the order of the labels; empty for numbered classes
   */
  static ClassLabels of(Section section, Options options, int count, List<String> names) {
    Spellings<Integer> labels = new Spellings<>();
    List<String> ignored = ignored(options, labels);
    boolean numbered = true;
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i).strip();
      if (ignored.contains(Numbers.plain(name))) {
        throw notToBeIgnored(section);
      }
      numbered &= Numbers.parse(name).isEmpty();
      if (name.isEmpty() || !labels.add(name, i)) {
        throw section.wrong("classes", "names that are all different");
      }
    }
    List<String> shown = new ArrayList<>(names);
    for (int i = 0; i < count && numbered; i++) {
      String number = Integer.toString(i);
      if (!ignored.contains(number)) {
        labels.add(number, i);
      } else if (names.isEmpty()) { // else names stand in the table, and a number may say so
        throw notToBeIgnored(section);
      }
      if (names.isEmpty()) {
        shown.add(number);
      }
    }
    return new ClassLabels(labels, shown);
  }

  /** Yes and no: 1 and 0, true and false, or yes and no. */
  static ClassLabels binary(Section section, Options options) {
    Spellings<Integer> labels = new Spellings<>();
    List<String> ignored = ignored(options, labels);
    List<String> words = List.of("no", "yes", "false", "true", "0", "1");
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      String capital = word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
      for (String spelled : List.of(word, capital, word.toUpperCase(Locale.ROOT))) {
        if (ignored.contains(spelled)) {
          throw notToBeIgnored(section);
        }
        labels.add(spelled, i % 2);
      }
    }
    return new ClassLabels(labels, words);
  }

  /** Adds the words that say "no label", and answers with them in plain form. */
  private static List<String> ignored(Options options, Spellings<Integer> labels) {
    List<String> ignored = options.has("ignore") ? options.texts("ignore") : List.of();
    ignored.forEach(text -> labels.add(text.strip(), Task.MISSING));
    return ignored.stream().map(Numbers::plain).toList();
  }

  private static PreprocessingException notToBeIgnored(Section section) {
    return section.wrong("ignore", "a value that is no class");
  }

  /**
   * Whether a field says that there is no label: because it is empty, not-a-number, or to be
   * ignored.
   */
  boolean isMissing(Cell cell) {
    return meaning(cell).filter(label -> label == Task.MISSING).isPresent();
  }

  /**
   * The label of a field.
   *
   * @return 0 and up, or 255 if the field is empty, not-a-number, or to be ignored
   * @throws UnreadableSampleException if it is no class
   */
  int label(Cell cell) throws UnreadableSampleException {
    Optional<Integer> label = meaning(cell);
    if (label.isPresent()) {
      return label.get();
    }
    throw new UnreadableSampleException(
        Reason.BAD_LABEL,
        cell.shown()
            + ", which is none of "
            + names.size()
            + " classes "
            + Cell.shortened(names.toString())
            + labels.otherSpelling(cell));
  }

  private Optional<Integer> meaning(Cell cell) {
    String text = cell.text();
    if (text.isEmpty()) {
      return Optional.of(Task.MISSING);
    }
    Optional<Integer> meant = labels.meaning(cell);
    return meant.isEmpty() && text.equalsIgnoreCase("nan") ? Optional.of(Task.MISSING) : meant;
  }
}
