package org.sparkmto.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.json.Json;
import org.sparkmto.network.Safetensors.Declared;
import org.sparkmto.network.Safetensors.Dtype;

/**
 * Reads a safetensors file front to back, in pieces of any size. Nothing is believed that the bytes
 * do not bear out: a damaged or truncated file is refused, and never makes the reader allocate more
 * than the stream holds. The stream is the caller's to close.
 */
public final class SafetensorsReader {
  private static final int PIECE = 1 << 16;

  private final InputStream in;
  private final String where;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Declared> tensors;
  private final TensorCursor cursor;
  private final ByteBuffer piece = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);

  private record Placed(Declared tensor, long begin, long end) {}

  /**
   * Reads and checks the header.
   *
   * @param where name of the file, for messages
   * @throws SafetensorsException if it is not that of a safetensors file whose tensors lie one
   *     after the other without gaps
   */
  public SafetensorsReader(InputStream in, String where) throws IOException {
    this.in = in;
    this.where = where;
    this.tensors = inOrder(header());
    this.cursor = new TensorCursor(tensors);
  }

  /** The tensors, in the order in which their values come. */
  public List<Declared> tensors() {
    return tensors;
  }

  /** Text by name; empty if there is none. */
  public Map<String, String> metadata() {
    return Map.copyOf(metadata);
  }

  /**
   * Checks that the file holds exactly these tensors, in any order.
   *
   * @throws SafetensorsException if not; the message lists what is missing, unexpected or different
   */
  public void require(Collection<Declared> expected) throws SafetensorsException {
    String difference = Safetensors.difference(expected, tensors);
    if (!difference.isEmpty()) {
      throw new SafetensorsException(where, "not the expected tensors; " + difference);
    }
  }

  /**
   * Reads the next values of the current tensor.
   *
   * @throws IllegalStateException if that tensor is not F32 or has fewer elements left
   * @throws SafetensorsException if the file ends too early
   */
  public void floats(float[] into, int at, int count) throws IOException {
    Declared tensor = cursor.current();
    cursor.advance(Dtype.F32, count);
    for (int done = 0; done < count; ) {
      int now = Math.min(count - done, PIECE / Float.BYTES);
      fill(tensor, now * Float.BYTES);
      piece.asFloatBuffer().get(into, at + done, now);
      done += now;
    }
  }

  /**
   * Reads the next values of the current tensor.
   *
   * @throws IllegalStateException if that tensor is not F64 or has fewer elements left
   * @throws SafetensorsException if the file ends too early
   */
  public void doubles(double[] into, int at, int count) throws IOException {
    Declared tensor = cursor.current();
    cursor.advance(Dtype.F64, count);
    for (int done = 0; done < count; ) {
      int now = Math.min(count - done, PIECE / Double.BYTES);
      fill(tensor, now * Double.BYTES);
      piece.asDoubleBuffer().get(into, at + done, now);
      done += now;
    }
  }

  /**
   * Reads the next values of the current tensor of any floating-point type, each as the nearest
   * 32-bit number.
   *
   * @throws IllegalStateException if that tensor is of another type or has fewer elements left
   * @throws SafetensorsException if the file ends too early
   */
  void rounded(float[] into, int at, int count) throws IOException {
    Declared tensor = cursor.current();
    Dtype type = tensor == null ? Dtype.F32 : tensor.type();
    if (type == Dtype.F32) {
      floats(into, at, count);
      return;
    }
    cursor.advance(type, count);
    for (int done = 0; done < count; ) {
      int now = Math.min(count - done, PIECE / type.bytes());
      fill(tensor, now * type.bytes());
      for (int i = 0; i < now; i++) {
        into[at + done + i] = type.rounded(piece, i * type.bytes());
      }
      done += now;
    }
  }

  /**
   * Passes over what is left of the current tensor, whatever its type.
   *
   * @throws SafetensorsException if the file ends too early
   */
  void skip() throws IOException {
    Declared tensor = cursor.current();
    long elements = cursor.left();
    try {
      in.skipNBytes(elements * tensor.type().bytes());
    } catch (EOFException e) {
      throw new SafetensorsException(where, "the file ends within tensor " + tensor, e);
    }
    cursor.advance(tensor.type(), elements);
  }

  /**
   * Checks that the file ends here; to be called after the last value was read.
   *
   * @throws IllegalStateException if values were left unread
   * @throws SafetensorsException if bytes follow that belong to no tensor
   */
  public void finish() throws IOException {
    cursor.requireEnd();
    if (in.read() >= 0) {
      throw new SafetensorsException(where, "bytes follow the last tensor");
    }
  }

  /** All values of a tensor that may be of any length that the file really holds. */
  double[] wholeDoubles(Declared tensor) throws IOException {
    if (tensor.bytes() > Integer.MAX_VALUE - Long.BYTES) {
      throw new SafetensorsException(where, "tensor " + tensor + " is too long for one array");
    }
    // Grows with what arrives, so a false length cannot exhaust the heap.
    byte[] bytes = in.readNBytes((int) tensor.bytes());
    if (bytes.length < tensor.bytes()) {
      throw truncated(tensor);
    }
    cursor.advance(Dtype.F64, tensor.elements());
    double[] values = new double[(int) tensor.elements()];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
    return values;
  }

  private void fill(Declared tensor, int bytes) throws IOException {
    if (in.readNBytes(piece.array(), 0, bytes) < bytes) {
      throw truncated(tensor);
    }
  }

  private SafetensorsException truncated(Declared tensor) {
    return new SafetensorsException(where, "the file ends within tensor " + tensor);
  }

  private JsonNode header() throws IOException {
    byte[] prefix = in.readNBytes(Long.BYTES);
    if (prefix.length < Long.BYTES) {
      throw new SafetensorsException(where, "only " + prefix.length + " bytes long");
    }
    long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > Safetensors.LONGEST_HEADER) {
      throw new SafetensorsException(
          where,
          "not a safetensors file: its header would be "
              + Long.toUnsignedString(length)
              + " bytes long, and at most "
              + Safetensors.LONGEST_HEADER
              + " are allowed");
    }
    byte[] json = in.readNBytes((int) length);
    if (json.length < length) {
      throw new SafetensorsException(
          where, "the file ends within its header, after " + json.length + " of " + length);
    }
    JsonNode root;
    try {
      root = Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new SafetensorsException(where, "its header is damaged: " + e.getOriginalMessage(), e);
    }
    if (root == null || !root.isObject()) {
      throw new SafetensorsException(where, "its header is not a JSON object");
    }
    return root;
  }

  private List<Declared> inOrder(JsonNode root) throws SafetensorsException {
    List<Placed> placed = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals(Safetensors.METADATA)) {
        readMetadata(field.getValue());
      } else {
        placed.add(placed(field.getKey(), field.getValue()));
      }
    }
    placed.sort(Comparator.comparingLong(Placed::begin).thenComparingLong(Placed::end));
    long end = 0;
    for (Placed one : placed) {
      if (one.begin() != end) {
        throw new SafetensorsException(
            where,
            "tensor "
                + one.tensor()
                + " begins at byte "
                + one.begin()
                + " of the data, but the one before it ends at "
                + end);
      }
      end = one.end();
    }
    return placed.stream().map(Placed::tensor).toList();
  }

  private void readMetadata(JsonNode text) throws SafetensorsException {
    if (!text.isObject()) {
      throw new SafetensorsException(where, "its metadata are not text by name");
    }
    for (Map.Entry<String, JsonNode> field : text.properties()) {
      if (!field.getValue().isTextual()) {
        throw new SafetensorsException(where, "metadata '" + field.getKey() + "' is not text");
      }
      metadata.put(field.getKey(), field.getValue().textValue());
    }
  }

  private Placed placed(String name, JsonNode node) throws SafetensorsException {
    Dtype type = type(name, node.path("dtype"));
    List<Long> shape = numbers(name, "shape", node.path("shape"));
    List<Long> offsets = numbers(name, "data_offsets", node.path("data_offsets"));
    Declared tensor;
    try {
      tensor = new Declared(name, type, shape);
    } catch (IllegalArgumentException e) {
      throw new SafetensorsException(where, String.valueOf(e.getMessage()), e);
    }
    // Offsets are at least 0, so their difference cannot overflow.
    if (offsets.size() != 2 || offsets.get(1) - offsets.get(0) != tensor.bytes()) {
      throw new SafetensorsException(
          where,
          "tensor "
              + tensor
              + " needs "
              + tensor.bytes()
              + " bytes, its data_offsets are "
              + offsets);
    }
    return new Placed(tensor, offsets.get(0), offsets.get(1));
  }

  private Dtype type(String name, JsonNode node) throws SafetensorsException {
    for (Dtype type : Dtype.values()) {
      if (type.name().equals(node.textValue())) {
        return type;
      }
    }
    throw new SafetensorsException(
        where, "tensor " + name + " has dtype " + node + "; known are " + List.of(Dtype.values()));
  }

  private List<Long> numbers(String name, String what, JsonNode node) throws SafetensorsException {
    List<Long> numbers = new ArrayList<>();
    boolean good = node.isArray();
    for (JsonNode element : node) {
      good &= element.isIntegralNumber() && element.canConvertToLong() && element.longValue() >= 0;
      numbers.add(element.longValue());
    }
    if (!good) {
      throw new SafetensorsException(
          where, "tensor " + name + " has the " + what + " " + node + ", not a list of sizes");
    }
    return numbers;
  }
}
