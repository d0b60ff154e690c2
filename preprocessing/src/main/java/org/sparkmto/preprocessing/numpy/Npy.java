package org.sparkmto.preprocessing.numpy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * Reads and writes NumPy's {@code .npy} files, versions 1 to 3 (NumPy enhancement proposal 1).
 *
 * <p>The header is a Python expression; it is matched, never evaluated, and object arrays, which
 * are pickles and would run code on loading, are refused. Nothing is allocated for what a header
 * says before the bytes of the file agree with it.
 */
public final class Npy {
  /** The longest header that is read, as NumPy's own {@code max_header_size}. */
  static final int MAX_HEADER = 10_000;

  private static final int MAX_DIMENSIONS = 32;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\G\\s*'(\\w{1,20})'\\s*:\\s*('[^']*'|True|False|\\([^()]*\\)|\\[.*\\])\\s*,?\\s*");
  private static final Pattern SHAPE =
      Pattern.compile("\\d{1,18}L?(\\s*,\\s*\\d{1,18}L?){0,40}\\s*,?");

  private Npy() {}

  /**
   * Reads an array of {@code f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8} in either byte order, or {@code b1},
   * in C or Fortran order.
   *
   * @param file the whole file; kept, not copied
   * @param maxElements the most elements that are accepted
   * @throws UnreadableSampleException {@code WRONG_FORMAT} if it is no such file or has another
   *     type of elements, {@code TRUNCATED} if bytes are missing, {@code DAMAGED} if there are more
   *     or the header cannot be understood, {@code TOO_LARGE} for too many elements
   */
  public static NpyArray parse(byte[] file, long maxElements) throws UnreadableSampleException {
    int known = Math.min(file.length, MAGIC.length);
    if (file.length == 0) {
      throw new UnreadableSampleException(Reason.TRUNCATED, "the file is empty");
    }
    if (!Arrays.equals(file, 0, known, MAGIC, 0, known)) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "not a NumPy .npy file: it does not start with \\x93NUMPY");
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    need(file, 8);
    int version = file[6];
    if (version < 1 || version > 3 || file[7] != 0) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT,
          "version " + (version & 0xff) + "." + (file[7] & 0xff) + " of .npy is not known");
    }
    int start = version == 1 ? 10 : 12;
    need(file, start);
    long length = version == 1 ? bytes.getShort(8) & 0xffff : bytes.getInt(8) & 0xffff_ffffL;
    if (length > MAX_HEADER) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, "a header of " + length + " bytes; at most " + MAX_HEADER);
    }
    int data = start + (int) length;
    need(file, data);
    Map<String, String> header =
        header(new String(file, start, (int) length, StandardCharsets.UTF_8));
    NpyType type = NpyType.of(header.get("descr"));
    boolean fortran = flag(header.get("fortran_order"));
    int[] shape = shape(header.get("shape"));
    long elements = elements(shape, maxElements);
    long wanted = data + elements * type.width();
    if (file.length < wanted) {
      throw new UnreadableSampleException(
          Reason.TRUNCATED,
          (file.length - data) + " bytes of data, but the header says " + (wanted - data));
    }
    if (file.length > wanted) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, (file.length - wanted) + " bytes after the end of the array");
    }
    return new NpyArray(shape, type, fortran, file, data);
  }

  /** An array of {@code <f4} in C order. */
  public static byte[] encode(int[] shape, float[] values) {
    ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
    data.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return encode("<f4", shape, values.length, data.array());
  }

  /** An array of {@code <i8}, as NumPy stores Python's integers, in C order. */
  public static byte[] encode(int[] shape, int[] values) {
    ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES));
    data.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      data.putLong(Long.BYTES * i, values[i]);
    }
    return encode("<i8", shape, values.length, data.array());
  }

  /** An array of {@code |u1} in C order. */
  public static byte[] encode(int[] shape, byte[] values) {
    return encode("|u1", shape, values.length, values);
  }

  private static byte[] encode(String descr, int[] shape, int count, byte[] data) {
    long product = 1;
    for (int dimension : shape) {
      product *= dimension;
    }
    if (product != count) {
      throw new IllegalArgumentException(count + " values for " + Arrays.toString(shape));
    }
    String dimensions =
        Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String dictionary =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }"
            .formatted(descr, dimensions, shape.length == 1 ? "," : "");
    // Version 1.0; the data start at a multiple of 64.
    int start = (MAGIC.length + 4 + dictionary.length() + 1 + 63) / 64 * 64;
    byte[] file = Arrays.copyOf(MAGIC, Math.addExact(start, data.length));
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(6, (short) 1)
        .putShort(8, (short) (start - 10));
    Arrays.fill(file, 10, start, (byte) ' ');
    byte[] text = dictionary.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, file, 10, text.length);
    file[start - 1] = '\n';
    System.arraycopy(data, 0, file, start, data.length);
    return file;
  }

  private static void need(byte[] file, int count) throws UnreadableSampleException {
    if (file.length < count) {
      throw new UnreadableSampleException(
          Reason.TRUNCATED, "the file ends in its header, after " + file.length + " bytes");
    }
  }

  private static Map<String, String> header(String text) throws UnreadableSampleException {
    String dictionary = text.strip();
    if (!dictionary.startsWith("{") || !dictionary.endsWith("}")) {
      throw damaged("is no dictionary", text);
    }
    String body = dictionary.substring(1, dictionary.length() - 1);
    Map<String, String> entries = new HashMap<>();
    Matcher matcher = ENTRY.matcher(body);
    int end = 0;
    while (end < body.length() && matcher.find(end)) {
      if (entries.put(matcher.group(1), matcher.group(2)) != null) {
        throw damaged("has " + matcher.group(1) + " twice", text);
      }
      end = matcher.end();
    }
    if (end != body.length() || entries.size() != 3) {
      throw damaged("is not {'descr': ..., 'fortran_order': ..., 'shape': ...}", text);
    }
    for (String key : new String[] {"descr", "fortran_order", "shape"}) {
      if (!entries.containsKey(key)) {
        throw damaged("has no " + key, text);
      }
    }
    return entries;
  }

  private static boolean flag(String text) throws UnreadableSampleException {
    if (!text.equals("True") && !text.equals("False")) {
      throw damaged("has a fortran_order that is neither True nor False", text);
    }
    return text.equals("True");
  }

  private static int[] shape(String text) throws UnreadableSampleException {
    if (!text.startsWith("(")) {
      throw damaged("has a shape that is no tuple", text);
    }
    String inner = text.substring(1, text.length() - 1).strip();
    if (inner.isEmpty()) {
      return new int[0];
    }
    if (!SHAPE.matcher(inner).matches()) {
      throw damaged("has a shape that is no tuple of whole numbers", text);
    }
    String[] parts =
        (inner.endsWith(",") ? inner.substring(0, inner.length() - 1) : inner).split(",", -1);
    if (parts.length > MAX_DIMENSIONS) {
      throw damaged("has " + parts.length + " dimensions", text);
    }
    int[] shape = new int[parts.length];
    for (int i = 0; i < shape.length; i++) {
      long dimension = Long.parseLong(parts[i].strip().replace("L", ""));
      if (dimension > Integer.MAX_VALUE) {
        throw new UnreadableSampleException(
            Reason.TOO_LARGE, "the header says shape " + shown(text));
      }
      shape[i] = (int) dimension;
    }
    return shape;
  }

  private static long elements(int[] shape, long most) throws UnreadableSampleException {
    long elements = 1;
    for (int dimension : shape) {
      // 2^31 * 2^31 does not overflow, and larger partial products do not come here.
      elements *= dimension;
      if (elements > Math.min(most, Integer.MAX_VALUE)) {
        throw new UnreadableSampleException(
            Reason.TOO_LARGE,
            "shape " + Arrays.toString(shape) + " has more than " + most + " elements");
      }
    }
    return elements;
  }

  private static UnreadableSampleException damaged(String what, String text) {
    return new UnreadableSampleException(
        Reason.DAMAGED, "the .npy header " + what + ": " + shown(text));
  }

  private static String shown(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}", "?");
    return line.length() <= 100 ? line : line.substring(0, 100) + "...";
  }
}
