package org.sparkmto.preprocessing.own;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sparkmto.data.TaskKind;
import org.sparkmto.naming.Nearest;
import org.sparkmto.options.Option;
import org.sparkmto.options.OptionKind;

/** Kinds of options as tables need them: names of columns, and numbers as tables write them. */
final class TableKinds {

  /** What stands in a loss's options without quotes. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.+-]+");

  /** How many classes, and what they are called where the user named them. */
  record Classes(int count, List<String> names) {}

  /** A text that is not blank: a String. */
  static final OptionKind TEXT =
      kind(
          "a text",
          (given, words) -> {
            String text = text(given, words);
            return require(!text.isBlank(), text, words);
          });

  /** A text of at least one character, blanks among them: a String. */
  static final OptionKind SEPARATOR =
      kind(
          "one character or more",
          (given, words) -> {
            String text = text(given, words);
            return require(!text.isEmpty(), text, words);
          });

  /**
   * A loss, as a text such as {@code focal:gamma=2} or as keys {@code { name = focal, gamma = 2 }}:
   * the text. Which losses and options there are is known to whoever trains.
   */
  static final OptionKind LOSS =
      kind(
          "a name, or keys such as { name = focal, gamma = 2 }",
          (given, words) ->
              given instanceof Map<?, ?> keys ? loss(keys, words) : plain(given, words));

  /** One text or a list of texts; numbers count as texts: a List of String. */
  static final OptionKind TEXTS = kind("a text or a list of texts", TableKinds::texts);

  /** A finite number: a Double. */
  static final OptionKind NUMBER = kind("a number", TableKinds::number);

  /** A finite number that others can be multiplied with: a Double. */
  static final OptionKind FACTOR =
      kind(
          "a number other than 0",
          (given, words) -> {
            double number = number(given, "a number");
            return require(number != 0, number, words);
          });

  /** One number or a list, not-a-number and infinities among them: a List of Double. */
  static final OptionKind NUMBERS = kind("a number or a list of numbers", TableKinds::numbers);

  /** One whole number or a list of them: a List of Double. */
  static final OptionKind WHOLE_NUMBERS =
      kind(
          "a whole number or a list of whole numbers",
          (given, words) -> {
            List<Double> numbers = numbers(given, words);
            boolean whole =
                numbers.stream()
                    .allMatch(
                        number ->
                            number == Math.rint(number) && Math.abs(number) <= Integer.MAX_VALUE);
            return require(whole, numbers, words);
          });

  /** Two numbers, the smaller one first: a List of Double. */
  static final OptionKind RANGE =
      kind(
          "[LEAST, MOST]",
          (given, words) -> {
            List<Double> range = numbers(given, words);
            return require(range.size() == 2 && range.get(0) < range.get(1), range, words);
          });

  /** What the two labels of a task of yes or no are called: {@link Classes}. */
  static final OptionKind TWO_NAMES =
      kind(
          "a list of two names",
          (given, words) -> {
            List<String> names = given instanceof List ? texts(given, words) : List.of();
            return require(names.size() == 2, new Classes(2, names), words);
          });

  /** A kind of task: a {@link TaskKind}. */
  static final OptionKind TASK_KIND =
      kind(
          Option.choice(TaskKind.class).words(),
          (given, words) -> {
            List<String> labels = Arrays.stream(TaskKind.values()).map(TaskKind::label).toList();
            String label = Option.written(given);
            require(labels.contains(label), label, words + Nearest.hint(label, labels));
            return TaskKind.ofLabel(label);
          });

  private TableKinds() {}

  /** A number of classes, or a list of their names: {@link Classes}. */
  static OptionKind classes(int least, int most) {
    OptionKind count = Option.whole(least, most);
    return kind(
        "a whole number from " + least + " to " + most + ", or a list of that many names",
        (given, words) -> {
          if (!(given instanceof List)) {
            return new Classes(((Long) count.read(given)).intValue(), List.of());
          }
          List<String> names = texts(given, words);
          boolean fits = names.size() >= least && names.size() <= most;
          return require(fits, new Classes(names.size(), names), words);
        });
  }

  private interface Reader {
    Object read(Object given, String words);
  }

  private static OptionKind kind(String words, Reader reader) {
    return new OptionKind() {
      @Override
      public String words() {
        return words;
      }

      @Override
      public Object read(Object given) {
        return reader.read(given, words);
      }
    };
  }

  private static String plain(Object given, String words) {
    String text = text(given, words);
    return require(!text.isBlank(), text, words);
  }

  /** The text form that every task carries: the name, then options with commas between them. */
  private static String loss(Map<?, ?> keys, String words) {
    Map<String, Object> options = new TreeMap<>();
    keys.forEach((key, value) -> options.put(String.valueOf(key), value));
    require(options.get("name") != null, keys, words);
    String name = plain(options.remove("name"), words);
    options
        .values()
        .forEach(
            value ->
                require(
                    texts(value, words).stream().allMatch(text -> WORD.matcher(text).matches()),
                    value,
                    words));
    return options.isEmpty()
        ? name
        : options.entrySet().stream()
            .map(option -> option.getKey() + "=" + Option.written(option.getValue()))
            .collect(Collectors.joining(",", name + ":", ""));
  }

  private static String text(Object given, String words) {
    require(!(given instanceof List || given instanceof Map), given, words);
    return String.valueOf(given);
  }

  private static List<String> texts(Object given, String words) {
    return given instanceof List<?> list
        ? list.stream().map(element -> text(element, words)).toList()
        : List.of(text(given, words));
  }

  private static List<Double> numbers(Object given, String words) {
    return texts(given, words).stream().map(text -> parsed(text, words)).toList();
  }

  private static Double number(Object given, String words) {
    double number = parsed(text(given, words), words);
    return require(Double.isFinite(number), number, words);
  }

  private static Double parsed(String text, String words) {
    return Numbers.parse(text).orElseThrow(() -> new IllegalArgumentException(words));
  }

  private static <T> T require(boolean fits, T value, String words) {
    if (!fits) {
      throw new IllegalArgumentException(words);
    }
    return value;
  }
}
