package org.sparkmto.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one reader of JSON and the one rule for its numbers. JSON has no NaN and no infinity: both
 * are written as null, and null, like a value that is absent or no number, is read as NaN.
 *
 * <p>The owner of a format maps its fields by hand over these nodes; nothing is ever made from a
 * type name in a file.
 */
public final class Json {
  /** Deep enough for any file of ours; a stack is deeper. */
  private static final int DEPTH = 100;

  /** A configuration or a manifest inside a JSON string is far shorter. */
  private static final int STRING = 16 << 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH)
                          .maxStringLength(STRING)
                          .maxNumberLength(400)
                          .build())
                  // Of two values under one name nobody could say which one is meant.
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** An empty object to be filled and written. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** An empty array to be filled and written. */
  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** As people read it: indented, with a line feed at the end. */
  public static String pretty(JsonNode node) {
    return node.toPrettyString() + "\n";
  }

  /**
   * Reads one value that is the whole text.
   *
   * @throws JsonProcessingException if it is not whole JSON, has something after its end, names a
   *     field twice or is beyond the limits
   */
  public static JsonNode parse(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  /**
   * Reads one value that is the whole of some bytes of UTF-8.
   *
   * @throws JsonProcessingException as for {@link #parse(String)}
   */
  public static JsonNode parse(byte[] text) throws JsonProcessingException {
    // Jackson would also take UTF-16 and UTF-32, which it only guesses.
    try {
      return parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString());
    } catch (CharacterCodingException e) {
      throw new JsonParseException(null, "it is not UTF-8", e);
    }
  }

  /**
   * Reads one value that is the whole stream, which is left open.
   *
   * @throws JsonProcessingException as for {@link #parse(String)}
   * @throws IOException if the stream cannot be read
   */
  public static JsonNode parse(InputStream in) throws IOException {
    return parse(in.readAllBytes());
  }

  /** Puts a number, or null where it is not finite. */
  public static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
  }

  /** Puts an array of numbers, with null for those that are not finite. */
  public static void put(ObjectNode node, String name, List<Double> values) {
    node.set(name, array(values));
  }

  /** Puts an object of numbers by name, with null for those that are not finite. */
  public static void put(ObjectNode node, String name, Map<String, Double> values) {
    ObjectNode object = node.putObject(name);
    values.forEach((key, value) -> put(object, key, value));
  }

  /** Puts an array of texts. */
  public static void putTexts(ObjectNode node, String name, List<String> values) {
    values.forEach(node.putArray(name)::add);
  }

  /** Puts an object of texts by name. */
  public static void putTexts(ObjectNode node, String name, Map<String, String> values) {
    values.forEach(node.putObject(name)::put);
  }

  /** An array of numbers, with null for those that are not finite. */
  public static ArrayNode array(List<Double> values) {
    ArrayNode array = array();
    for (double value : values) {
      if (Double.isFinite(value)) {
        array.add(value);
      } else {
        array.addNull();
      }
    }
    return array;
  }

  /** The number that a node is; NaN if it is none. */
  public static double number(JsonNode node) {
    return node.isNumber() ? node.doubleValue() : Double.NaN;
  }

  /** The numbers of an array; those of anything else are none. */
  public static List<Double> numbers(JsonNode array) {
    List<Double> numbers = new ArrayList<>(array.size());
    if (array.isArray()) {
      array.forEach(value -> numbers.add(number(value)));
    }
    return numbers;
  }

  /** The numbers of an object by name, in the order of the file. */
  public static Map<String, Double> numbersByName(JsonNode object) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    object.properties().forEach(entry -> numbers.put(entry.getKey(), number(entry.getValue())));
    return numbers;
  }

  /** The texts of an array. */
  public static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(value -> texts.add(value.asText()));
    return texts;
  }

  /** The texts of an object by name, in the order of the file. */
  public static Map<String, String> textsByName(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }
}
