package org.sparkmto.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.sparkmto.json.Json;

/**
 * JSON that carries a digest of itself, so that whatever it says of other files can be believed.
 * The last field of the object is {@code "digest"}: the SHA-256, in lower-case hexadecimal, of the
 * UTF-8 bytes of the text before the comma in front of that field. In Python:
 *
 * <pre>{@code
 * body = text.rsplit(',\n  "digest" : "', 1)[0]
 * digest = hashlib.sha256(body.encode()).hexdigest()
 * }</pre>
 */
public final class SealedJson {
  private static final String DIGEST = "digest";
  private static final String BEFORE = ",\n  \"" + DIGEST + "\" : \"";
  private static final String AFTER = "\"\n}\n";
  private static final int HEXADECIMAL = 64;
  private static final Pattern PREDICATE = Pattern.compile("(is|has|does|names|gives|calls) ");

  private SealedJson() {}

  /**
   * The text of an object with its digest as the last field.
   *
   * @throws IllegalArgumentException if the object is empty or has a field of that name
   */
  public static String write(ObjectNode root) {
    if (root.has(DIGEST) || root.isEmpty()) {
      throw new IllegalArgumentException("an object of no fields, or with a digest");
    }
    return seal(root.toPrettyString());
  }

  /** Gives an indented object its digest, in place of the one that it may have. */
  public static String seal(String text) {
    int end = text.lastIndexOf(BEFORE);
    String body = end >= 0 ? text.substring(0, end) : text.substring(0, text.lastIndexOf("\n}"));
    return body + BEFORE + digest(body) + AFTER;
  }

  /**
   * Reads an object and checks its digest.
   *
   * @param text what {@link #write} gave, or an object of a format from before there were digests
   * @param unsealed the last number of the field {@code "format"} that had no digest
   * @return the object without its digest
   * @throws DataContractException if it is not such a text; the message says in what
   */
  public static ObjectNode read(String text, int unsealed) {
    JsonNode root;
    try {
      root = Json.parse(text);
    } catch (JsonProcessingException e) {
      throw new DataContractException("is not JSON: " + e.getOriginalMessage(), e);
    }
    if (root == null || !root.isObject() || !root.path("format").isInt()) {
      throw new DataContractException("is no object with the number of its format");
    }
    ObjectNode object = (ObjectNode) root;
    if (object.path("format").intValue() <= unsealed) {
      if (object.has(DIGEST)) {
        throw new DataContractException("has a digest, which its format never had: it was changed");
      }
      return object;
    }
    int end = text.lastIndexOf(BEFORE);
    if (end < 0 || !text.equals(text.substring(0, end) + BEFORE + claimed(text, end) + AFTER)) {
      throw new DataContractException("does not end in its digest: it was changed or cut off");
    }
    if (!digest(text.substring(0, end)).equals(claimed(text, end))) {
      throw new DataContractException("is not what was written: its digest is another");
    }
    object.remove(DIGEST);
    return object;
  }

  /**
   * The same for a file that has had one format only, sealed from the beginning.
   *
   * @param format the number of that format
   * @return its fields, without the digest
   * @throws DataContractException if it is not such a text; the message says in what
   */
  public static JsonFields readOnly(String text, int format) {
    JsonFields fields = JsonFields.of(read(text, 0), "");
    int found = fields.integer("format");
    if (found != format) {
      throw new DataContractException("is of format " + found + "; this version reads " + format);
    }
    return fields;
  }

  /** Whether a text that {@link #read} accepted carries a digest. */
  public static boolean isSealed(String text) {
    return text.endsWith(AFTER) && text.lastIndexOf(BEFORE) >= 0;
  }

  /**
   * A sentence about a file that was not accepted.
   *
   * @param file its name
   * @param trouble what was found
   */
  public static String complaint(String file, DataContractException trouble) {
    String text = String.valueOf(trouble.getMessage());
    boolean predicate = PREDICATE.matcher(text).lookingAt();
    return file + (predicate ? " " : " is damaged: ") + text;
  }

  private static String claimed(String text, int end) {
    int from = end + BEFORE.length();
    return text.substring(from, Math.min(text.length(), from + HEXADECIMAL));
  }

  private static String digest(String body) {
    return ContentDigest.hex(ContentDigest.sha256().digest(body.getBytes(StandardCharsets.UTF_8)));
  }
}
