package org.sparkmto.preprocessing.own;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sparkmto.naming.Nearest;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;

/**
 * Keys below one key of the configuration, such as one task. An unknown key and an impossible value
 * are a {@link PreprocessingException} that says where it stands and what is possible.
 */
final class Section {
  private final String place;
  private final ConfigObject keys;

  /**
   * @param place how messages name this part, such as {@code tasks[2]}
   * @param value what the user wrote there
   */
  Section(String place, ConfigValue value) {
    if (!(value instanceof ConfigObject object)) {
      throw PreprocessingException.wrongUsage(
          place + " is " + written(value) + ", not keys in braces {...}");
    }
    this.place = place;
    this.keys = object;
  }

  /** The entries of a list of sections; one section alone stands for a list of one. */
  static List<Section> list(String name, ConfigValue value) {
    if (!(value instanceof ConfigList list)) {
      return List.of(new Section(name, value));
    }
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      sections.add(new Section(name + "[" + (i + 1) + "]", list.get(i)));
    }
    return sections;
  }

  /** This section under a place that tells more. */
  Section at(String newPlace) {
    return new Section(newPlace, keys);
  }

  String place() {
    return place;
  }

  /** Refuses every key that is not known. */
  void allow(List<String> known) {
    for (String key : keys.keySet()) {
      if (!known.contains(key)) {
        throw PreprocessingException.wrongUsage(
            place + " has no key '" + key + "'" + Nearest.hint(key, known) + " It has " + known);
      }
    }
  }

  boolean has(String key) {
    ConfigValue value = keys.get(key);
    return value != null && value.valueType() != ConfigValueType.NULL;
  }

  /** A text that must be there. */
  String text(String key) {
    if (!has(key)) {
      throw PreprocessingException.wrongUsage(place + " needs the key '" + key + "'");
    }
    String text = scalar(key, keys.get(key), "a text");
    if (text.isBlank()) {
      throw wrong(key, "a text");
    }
    return text;
  }

  String text(String key, String usual) {
    return has(key) ? scalar(key, keys.get(key), "a text") : usual;
  }

  /** One text or a list of texts; numbers count as texts. */
  List<String> texts(String key) {
    if (!has(key)) {
      return List.of();
    }
    if (!(keys.get(key) instanceof ConfigList list)) {
      return List.of(scalar(key, keys.get(key), "a text or a list of texts"));
    }
    return list.stream().map(value -> scalar(key, value, "a list of texts")).toList();
  }

  boolean isList(String key) {
    return keys.get(key) instanceof ConfigList;
  }

  OptionalDouble number(String key) {
    if (!has(key)) {
      return OptionalDouble.empty();
    }
    double number = real(key, text(key));
    if (!Double.isFinite(number)) {
      throw wrong(key, "a number");
    }
    return OptionalDouble.of(number);
  }

  int integer(String key, int least, int most) {
    double number = real(key, text(key));
    if (!(number >= least && number <= most) || number != Math.rint(number)) {
      throw wrong(key, "a whole number from " + least + " to " + most);
    }
    return (int) number;
  }

  /** One number or a list of numbers, not-a-number and infinities among them. */
  List<Double> numbers(String key) {
    return texts(key).stream().map(text -> real(key, text)).toList();
  }

  Optional<ImageSize> size(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ImageSize.parse(text(key)));
    } catch (PreprocessingException e) {
      throw wrong(key, "HEIGHTxWIDTH, such as 128x256, or one number");
    }
  }

  PreprocessingException wrong(String key, String possible) {
    return PreprocessingException.wrongUsage(
        key + " of " + place + " is " + written(keys.get(key)) + ", not " + possible);
  }

  private double real(String key, String text) {
    return Numbers.parse(text).orElseThrow(() -> wrong(key, "a number"));
  }

  private String scalar(String key, ConfigValue value, String possible) {
    return switch (value.valueType()) {
      case STRING, NUMBER, BOOLEAN -> value.unwrapped().toString();
      case OBJECT, LIST, NULL -> throw wrong(key, possible);
    };
  }

  private static String written(ConfigValue value) {
    return value == null ? "not there" : value.render(ConfigRenderOptions.concise());
  }
}
