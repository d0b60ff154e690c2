package org.sparkmto.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The safetensors file format (Hugging Face, version 0.x of the format): the length of the header
 * in 8 little-endian bytes, a JSON header that gives every tensor's type, shape and place, and then
 * the values, little-endian and row-major. Nothing in such a file can be executed, and Python's
 * {@code safetensors} reads it.
 *
 * <p>{@link SafetensorsWriter} and {@link SafetensorsReader} move the values piece by piece; the
 * methods here are for sets of named vectors that are on the heap anyway. Streams are the caller's
 * to close.
 */
public final class Safetensors {
  /** The longest header that readers of this format accept. */
  static final int LONGEST_HEADER = 100_000_000;

  static final int ALIGNMENT = 8;
  static final String METADATA = "__metadata__";

  private static final int NAMES_SHOWN = 5;

  private Safetensors() {}

  /** Type of the elements of a tensor. */
  public enum Dtype {
    /** 32-bit floating point. */
    F32(Float.BYTES),
    /** 64-bit floating point. */
    F64(Double.BYTES),
    /** Half precision, IEEE 754 binary16; read as 32-bit numbers, not written. */
    F16(2),
    /** Brain floating point, the upper half of a 32-bit number; likewise. */
    BF16(2),
    /** This and the following types can be declared and skipped, but not read. */
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    Dtype(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
      return bytes;
    }

    /** Whether elements are floating-point numbers. */
    boolean isReal() {
      return this == F32 || this == F64 || this == F16 || this == BF16;
    }

    /** The element at a place, as the nearest 32-bit number. */
    float rounded(ByteBuffer values, int at) {
      return switch (this) {
        case F32 -> values.getFloat(at);
        case F64 -> (float) values.getDouble(at);
        case BF16 -> Float.intBitsToFloat(values.getShort(at) << 16);
        case F16 -> half(values.getShort(at));
        case I64, I32, I16, I8, U8, BOOL -> throw new IllegalStateException(this + " is not real");
      };
    }

    /** Java has this from version 20 on. */
    private static float half(short bits) {
      int exponent = bits >> 10 & 0x1f;
      int fraction = bits & 0x3ff;
      float magnitude =
          switch (exponent) {
            case 0 -> fraction * 0x1p-24f;
            case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            default -> Float.intBitsToFloat((exponent + 112) << 23 | fraction << 13);
          };
      return bits < 0 ? -magnitude : magnitude;
    }
  }

  /**
   * What the header says of one tensor.
   *
   * @param name unique in the file, not {@code __metadata__}
   * @param type type of its elements
   * @param shape lengths of its axes, zero or more; no axes for a single number
   */
  public record Declared(String name, Dtype type, List<Long> shape) {
    /**
     * Checks the name and the shape.
     *
     * @throws IllegalArgumentException if an axis is negative, the size overflows, or the name is
     *     not allowed
     */
    public Declared {
      shape = List.copyOf(shape);
      if (name.equals(METADATA)) {
        throw new IllegalArgumentException("a tensor cannot be called " + METADATA);
      }
      long bytes = type.bytes();
      try {
        for (long length : shape) {
          if (length < 0) {
            throw new IllegalArgumentException("tensor " + name + " has shape " + shape);
          }
          bytes = Math.multiplyExact(bytes, length);
        }
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("tensor " + name + " has the huge shape " + shape, e);
      }
    }

    /** A vector. */
    public static Declared vector(String name, Dtype type, long length) {
      return new Declared(name, type, List.of(length));
    }

    /** Number of elements. */
    public long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Bytes of its values. */
    public long bytes() {
      return elements() * type.bytes();
    }

    @Override
    public String toString() {
      return name + " " + type + shape;
    }
  }

  /** Writes float vectors, in the order of the map. */
  public static void writeFloats(
      OutputStream out, Map<String, FlatVector> vectors, Map<String, String> metadata)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(out, floats(vectors), metadata);
    for (FlatVector vector : vectors.values()) {
      vector.readAll(writer::floats);
    }
    writer.finish();
  }

  /**
   * Reads float vectors of known names and lengths.
   *
   * @param where name of the file, for messages
   * @return the metadata
   * @throws SafetensorsException if the file is damaged, or its tensors are not exactly these; in
   *     the second case nothing was written into the vectors
   */
  public static Map<String, String> readFloats(
      InputStream in, String where, Map<String, FlatVector> into) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in, where);
    reader.require(floats(into));
    for (Declared tensor : reader.tensors()) {
      into.get(tensor.name()).writeAll(reader::floats);
    }
    reader.finish();
    return reader.metadata();
  }

  private static List<Declared> floats(Map<String, FlatVector> vectors) {
    return vectors.entrySet().stream()
        .map(entry -> Declared.vector(entry.getKey(), Dtype.F32, entry.getValue().length()))
        .toList();
  }

  /** Writes double vectors, in the order of the map. */
  public static void writeDoubles(
      OutputStream out, Map<String, double[]> vectors, Map<String, String> metadata)
      throws IOException {
    List<Declared> tensors = new ArrayList<>();
    vectors.forEach((name, v) -> tensors.add(Declared.vector(name, Dtype.F64, v.length)));
    SafetensorsWriter writer = new SafetensorsWriter(out, tensors, metadata);
    for (double[] vector : vectors.values()) {
      writer.doubles(vector, 0, vector.length);
    }
    writer.finish();
  }

  /**
   * Reads double vectors of any names and lengths, bit for bit as they were written.
   *
   * @param where name of the file, for messages
   * @return the vectors in the order of the file
   * @throws SafetensorsException if the file is damaged or holds a tensor that is not F64
   */
  public static Map<String, double[]> readDoubles(InputStream in, String where) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in, where);
    Map<String, double[]> vectors = new LinkedHashMap<>();
    for (Declared tensor : reader.tensors()) {
      if (tensor.type() != Dtype.F64) {
        throw new SafetensorsException(where, "tensor " + tensor + " is not F64");
      }
      vectors.put(tensor.name(), reader.wholeDoubles(tensor));
    }
    reader.finish();
    return vectors;
  }

  /** What differs between two sets of tensors, in words; empty if nothing does. */
  static String difference(Collection<Declared> expected, Collection<Declared> found) {
    Map<String, Declared> wanted = byName(expected);
    Map<String, Declared> there = byName(found);
    Set<String> both =
        wanted.keySet().stream().filter(there::containsKey).collect(Collectors.toSet());
    return Stream.of(
            listed("missing", wanted.keySet().stream().filter(n -> !both.contains(n)).toList()),
            listed("unexpected", there.keySet().stream().filter(n -> !both.contains(n)).toList()),
            listed(
                "different",
                wanted.values().stream()
                    .filter(w -> both.contains(w.name()) && !w.equals(there.get(w.name())))
                    .map(w -> there.get(w.name()) + " instead of " + w.type() + w.shape())
                    .toList()))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("; "));
  }

  private static String listed(String what, List<String> names) {
    if (names.isEmpty()) {
      return "";
    }
    String shown = names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
    int more = names.size() - NAMES_SHOWN;
    return what + ": " + shown + (more > 0 ? " and " + more + " more" : "");
  }

  private static Map<String, Declared> byName(Collection<Declared> tensors) {
    Map<String, Declared> byName = new LinkedHashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    return byName;
  }
}
