package org.sparkmto.experiment;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A name with options as a command line spells it: {@code NAME[:option=value,...]}. A value is a
 * number, true, false, a list {@code [1,2]} or else a text.
 *
 * @param name what is meant, for example a method
 * @param options its options, in the order in which they were given
 */
public record NamedOptions(String name, Map<String, Object> options) {
  private static final String NUMBER = "[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?";

  public NamedOptions {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /**
   * Reads several, separated by commas like their options: {@code ew,cagrad:c=0.5,rescale=1,mgda}.
   *
   * @throws IllegalArgumentException if the text is not of this form
   */
  public static List<NamedOptions> list(String text) {
    List<NamedOptions> found = new ArrayList<>();
    String name = null;
    Map<String, Object> options = new LinkedHashMap<>();
    for (String part : parts(text)) {
      int equals = part.indexOf('=');
      int colon = part.indexOf(':');
      boolean begins = equals < 0 || (colon >= 0 && colon < equals);
      String option = part;
      if (begins) {
        if (name != null) {
          found.add(new NamedOptions(name, options));
        }
        name = (colon < 0 ? part : part.substring(0, colon)).strip();
        options.clear();
        option = colon < 0 ? "" : part.substring(colon + 1);
        require(name.matches("[\\w-]+") && (colon < 0 || equals > colon), text);
      }
      if (!option.isEmpty()) {
        require(name != null, text);
        int at = option.indexOf('=');
        String key = option.substring(0, at).strip();
        require(key.matches("[\\w-]+"), text);
        if (options.put(key, value(option.substring(at + 1).strip(), text)) != null) {
          throw new IllegalArgumentException("'" + text + "' gives option '" + key + "' twice");
        }
      }
    }
    found.add(new NamedOptions(name, options));
    return found;
  }

  /** The same of several such texts, one after the other. */
  public static List<NamedOptions> all(List<String> texts) {
    return texts.stream().flatMap(text -> list(text).stream()).toList();
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if the text is not of this form or holds several
   */
  public static NamedOptions of(String text) {
    List<NamedOptions> all = list(text);
    require(all.size() == 1, text);
    return all.get(0);
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    require(depth == 0, text);
    parts.add(text.substring(from));
    return parts;
  }

  private static Object value(String text, String whole) {
    require(!text.isEmpty(), whole);
    if (text.startsWith("[") && text.endsWith("]")) {
      List<Object> elements = new ArrayList<>();
      for (String element : parts(text.substring(1, text.length() - 1))) {
        elements.add(value(element.strip(), whole));
      }
      return Collections.unmodifiableList(elements);
    }
    if (text.matches(NUMBER)) {
      return Double.valueOf(text);
    }
    return text.equals("true") || text.equals("false") ? (Object) Boolean.valueOf(text) : text;
  }

  private static void require(boolean condition, String text) {
    if (!condition) {
      throw new IllegalArgumentException(
          "'" + text + "' is not of the form NAME[:option=value,...]");
    }
  }

  /** As the section of a configuration: {@code section { name = ..., option = value }}. */
  Config toConfig(String section) {
    Map<String, Object> values = new LinkedHashMap<>(options);
    values.put("name", name);
    return ConfigFactory.empty()
        .withValue(section, ConfigValueFactory.fromMap(values, "the command line"));
  }

  /** The text that {@link #of} reads; whole numbers without a fraction. */
  @Override
  public String toString() {
    return options.isEmpty()
        ? name
        : options.entrySet().stream()
            .map(option -> option.getKey() + "=" + text(option.getValue()))
            .collect(Collectors.joining(",", name + ":", ""));
  }

  private static String text(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(NamedOptions::text).collect(Collectors.joining(",", "[", "]"));
    }
    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e9) {
      return Long.toString(number.longValue());
    }
    return String.valueOf(value);
  }
}
