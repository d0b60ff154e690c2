package org.sparkmto.preprocessing.own;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What words of the configuration stand for, and which of them a cell of a table is.
 *
 * <p>A text that is spelled as a word is that word: {@code 007}, {@code 7} and {@code 7.0} may be
 * three. What no word spells is looked up by what it says, if that is one word's meaning alone:
 *
 * <ul>
 *   <li>a text that differs by a fraction of zeros, which programs write that keep missing labels
 *       as not-a-number: {@code 3.0} for {@code 3};
 *   <li>true and false in any case;
 *   <li>a number or a yes or no of Parquet, which has no spelling: 7 is {@code 007}, 1.1 is {@code
 *       1.10}, true is {@code True} or else {@code 1}.
 * </ul>
 *
 * @param <M> what words stand for
 */
final class Spellings<M extends Serializable> implements Serializable {
  private static final long serialVersionUID = 1;

  private final LinkedHashMap<String, M> words = new LinkedHashMap<>();
  private final Alike<String, M> plain = new Alike<>();
  private final Alike<BigDecimal, M> numbers = new Alike<>();

  /** Words that say the same; what they stand for, unless they differ. */
  private static final class Alike<K extends Serializable, M extends Serializable>
      implements Serializable {
    private static final long serialVersionUID = 1;

    private final HashMap<K, M> meanings = new HashMap<>();
    private final HashSet<K> unclear = new HashSet<>();

    void put(K key, M meaning) {
      M before = meanings.put(key, meaning);
      if (before != null && !before.equals(meaning)) {
        unclear.add(key);
      }
    }

    Optional<M> get(K key) {
      return unclear.contains(key) ? Optional.empty() : Optional.ofNullable(meanings.get(key));
    }
  }

  /**
   * Adds a word.
   *
   * @return whether no word was spelled so before; if one was, it stands for what it did
   */
  boolean add(String word, M meaning) {
    if (words.putIfAbsent(word, meaning) != null) {
      return false;
    }
    plain.put(plain(word), meaning);
    number(word).ifPresent(number -> numbers.put(number, meaning));
    return true;
  }

  /** The words, in the order in which they were added. */
  List<String> words() {
    return List.copyOf(words.keySet());
  }

  /** What a field stands for, if it is one of the words. */
  Optional<M> meaning(Cell cell) {
    Object value = cell.value();
    if (value instanceof Number) {
      return number(value.toString()).flatMap(numbers::get);
    }
    String text = cell.text();
    if (words.containsKey(text)) {
      return Optional.of(words.get(text));
    }
    Optional<M> alike = plain.get(plain(text));
    return alike.isEmpty() && value instanceof Boolean yes
        ? Optional.ofNullable(words.get(yes ? "1" : "0"))
        : alike;
  }

  /** A hint for messages where a word is the same number as a field, but written otherwise. */
  String otherSpelling(Cell cell) {
    return number(cell.text())
        .flatMap(
            number ->
                words.keySet().stream()
                    .filter(word -> number(word).filter(number::equals).isPresent())
                    .findFirst())
        .map(word -> "; '" + word + "' is the same number, but written otherwise")
        .orElse("");
  }

  private static String plain(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.equals("true") || lower.equals("false") ? lower : Numbers.plain(text);
  }

  private static Optional<BigDecimal> number(String text) {
    OptionalDouble number = Numbers.parse(text);
    return number.isPresent() && Character.isDigit(last(text))
        ? Optional.of(new BigDecimal(text).stripTrailingZeros())
        : Optional.empty();
  }

  /** Of nan and inf no digit; {@code 5.} is a number as well. */
  private static char last(String text) {
    char last = text.charAt(text.length() - 1);
    return last == '.' ? '0' : last;
  }
}
