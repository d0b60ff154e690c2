package org.sparkmto.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The fields of a JSON object, read one by one: each must be there and of its type, and none may be
 * left over. Every method throws {@link DataContractException} naming the field that is not so.
 */
public final class JsonFields {
  private final String place;
  private final JsonNode object;
  private final Set<String> left = new TreeSet<>();

  private JsonFields(JsonNode object, String place) {
    if (!object.isObject()) {
      throw new DataContractException("field '" + place + "' is not an object");
    }
    this.object = object;
    this.place = place;
    object.fieldNames().forEachRemaining(left::add);
  }

  /** The fields of an object that stands in a field of this name. */
  public static JsonFields of(JsonNode object, String place) {
    return new JsonFields(object, place);
  }

  /** Whether there is a field of this name. */
  public boolean has(String name) {
    return object.has(name);
  }

  /** Any value. */
  public JsonNode any(String name) {
    JsonNode value = object.get(name);
    if (value == null) {
      throw new DataContractException("field '" + name + "' is missing");
    }
    left.remove(name);
    return value;
  }

  /** A text. */
  public String text(String name) {
    return text(any(name), name);
  }

  /** A whole number of 32 bits. */
  public int integer(String name) {
    return integer(any(name), name);
  }

  /** A whole number of 64 bits. */
  public long longInteger(String name) {
    return longInteger(any(name), name);
  }

  /** A finite number. */
  public double number(String name) {
    return number(any(name), name);
  }

  /** An object. */
  public JsonFields fields(String name) {
    return of(any(name), name);
  }

  /** A list of what is read from its elements. */
  public <V> List<V> list(String name, Function<JsonNode, V> element) {
    return list(any(name), name, element);
  }

  /** A list of texts. */
  public List<String> texts(String name) {
    return list(name, element -> text(element, name));
  }

  /** A list of finite numbers. */
  public List<Double> numbers(String name) {
    return list(name, element -> number(element, name));
  }

  /** The values of an object, by name. */
  public <V> Map<String, V> map(String name, BiFunction<String, JsonNode, V> entry) {
    return map(any(name), name, entry);
  }

  /** The texts of an object, by name. */
  public Map<String, String> textsByName(String name) {
    return map(name, (key, value) -> text(value, key));
  }

  /** All fields, which are of one kind. */
  public <V> Map<String, V> all(BiFunction<String, JsonNode, V> entry) {
    left.clear();
    return map(object, place, entry);
  }

  /** Refuses fields that nobody has read. */
  public void end() {
    if (!left.isEmpty()) {
      throw new DataContractException(
          "field '"
              + left.iterator().next()
              + "'"
              + (place.isEmpty() ? "" : " of '" + place + "'")
              + " is unknown");
    }
  }

  /** A node that must be a text. */
  public static String text(JsonNode value, String name) {
    if (!value.isTextual()) {
      throw new DataContractException("field '" + name + "' is not text");
    }
    return value.textValue();
  }

  /** A node that must be a whole number of 32 bits. */
  public static int integer(JsonNode value, String name) {
    long number = longInteger(value, name);
    if (number != (int) number) {
      throw new DataContractException("field '" + name + "' is too large");
    }
    return (int) number;
  }

  /** A node that must be a whole number of 64 bits. */
  public static long longInteger(JsonNode value, String name) {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new DataContractException("field '" + name + "' is not an integer");
    }
    return value.longValue();
  }

  /** A node that must be a finite number. */
  public static double number(JsonNode value, String name) {
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw new DataContractException("field '" + name + "' is not a number");
    }
    return value.doubleValue();
  }

  /** A node that must be a list. */
  public static <V> List<V> list(JsonNode value, String name, Function<JsonNode, V> element) {
    if (!value.isArray()) {
      throw new DataContractException("field '" + name + "' is not a list");
    }
    List<V> values = new ArrayList<>();
    value.forEach(node -> values.add(element.apply(node)));
    return values;
  }

  /** A node that must be an object of like values. */
  public static <V> Map<String, V> map(
      JsonNode value, String name, BiFunction<String, JsonNode, V> entry) {
    if (!value.isObject()) {
      throw new DataContractException("field '" + name + "' is not an object");
    }
    Map<String, V> values = new LinkedHashMap<>();
    value
        .properties()
        .forEach(
            field -> values.put(field.getKey(), entry.apply(field.getKey(), field.getValue())));
    return values;
  }
}
