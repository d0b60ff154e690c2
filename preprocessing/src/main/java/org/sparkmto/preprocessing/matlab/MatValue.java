package org.sparkmto.preprocessing.matlab;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * An array of a MATLAB file: numbers, text, cells or structs. It is a view; nested arrays are
 * decoded when somebody asks for them.
 */
public final class MatValue {
  /** What an array holds. */
  public enum Kind {
    NUMBERS,
    TEXT,
    CELLS,
    STRUCTS,
    /** Sparse matrices, objects, functions: not read. */
    OTHER
  }

  /** The most numbers or characters that are taken out of one array. */
  static final int MAX_NUMBERS = 1 << 24;

  /** The most nested arrays of one array: elements of a cell, or elements times fields. */
  static final int MAX_NESTED = 1 << 20;

  private static final int MAX_FIELDS = 4096;

  private final MatBytes bytes;
  private final Kind kind;
  private final String name;
  private final int[] dimensions;
  private final int count;
  private final boolean complex;
  private final int start;
  private final int end;

  // Of structs, found at the first look.
  private List<String> fields;
  private int[] nested;

  private MatValue(
      MatBytes bytes,
      Kind kind,
      String name,
      int[] dimensions,
      int count,
      boolean complex,
      int start,
      int end) {
    this.bytes = bytes;
    this.kind = kind;
    this.name = name;
    this.dimensions = dimensions;
    this.count = count;
    this.complex = complex;
    this.start = start;
    this.end = end;
  }

  static MatValue of(MatBytes bytes, MatElement matrix) throws UnreadableSampleException {
    if (matrix.type() != MatElement.MATRIX) {
      throw damaged("an element of type " + matrix.type() + " where an array belongs");
    }
    if (matrix.size() == 0) { // how MATLAB writes [] in a cell or a field
      return new MatValue(
          bytes, Kind.NUMBERS, "", new int[] {0, 0}, 0, false, matrix.start(), matrix.start());
    }
    MatElement flags = MatElement.at(bytes, matrix.start(), matrix.end());
    if (flags.type() != MatElement.UINT32 || flags.size() != 8) {
      throw damaged("an array has no flags");
    }
    long word = bytes.number(flags.start(), 4);
    int type = (int) (word & 0xff);
    Kind kind =
        switch (type) {
          case 1 -> Kind.CELLS;
          case 2 -> Kind.STRUCTS;
          case 4 -> Kind.TEXT;
          case 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 -> Kind.NUMBERS;
          case 3, 5, 16, 17 -> Kind.OTHER;
          default -> throw damaged("an array of the unknown class " + type);
        };
    if (type == 17) { // opaque: no dimensions follow
      return new MatValue(
          bytes, kind, "", new int[] {0, 0}, 0, false, matrix.start(), matrix.end());
    }
    MatElement sizes = MatElement.at(bytes, flags.next(), matrix.end());
    if (sizes.type() != MatElement.INT32
        || sizes.size() < 8
        || sizes.size() % 4 != 0
        || sizes.size() > 128) {
      throw damaged("an array has no dimensions");
    }
    int[] dimensions = new int[sizes.size() / 4];
    long count = 1;
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = (int) bytes.number(sizes.start() + 4 * i, 4);
      if (dimensions[i] < 0) {
        throw damaged("an array has a negative dimension");
      }
      count *= dimensions[i];
      if (count > Integer.MAX_VALUE) {
        throw new UnreadableSampleException(
            Reason.TOO_LARGE, "an array says it has dimensions " + Arrays.toString(dimensions));
      }
    }
    MatElement title = MatElement.at(bytes, sizes.next(), matrix.end());
    if ((title.type() != MatElement.INT8 && title.type() != MatElement.UTF8)
        || title.size() > 256) {
      throw damaged("an array has no name");
    }
    String name = bytes.text(title.start(), title.size(), StandardCharsets.UTF_8);
    return new MatValue(
        bytes,
        kind,
        name,
        dimensions,
        (int) count,
        (word & 0x800) != 0,
        title.next(),
        matrix.end());
  }

  /** The name of a variable; empty for a nested array. */
  String name() {
    return name;
  }

  /** What the array holds. */
  public Kind kind() {
    return kind;
  }

  /** The first dimension. */
  public int rows() {
    return dimensions[0];
  }

  /** The product of all other dimensions. */
  public int columns() {
    return dimensions[0] == 0 ? dimensions[1] : count / dimensions[0];
  }

  /** Whether there are rows and columns and no more dimensions. */
  public boolean isMatrix() {
    return Arrays.stream(dimensions).skip(2).allMatch(length -> length == 1);
  }

  /** Number of elements: numbers, characters, cells or structs. */
  public int count() {
    return count;
  }

  /**
   * The numbers, column by column.
   *
   * @throws UnreadableSampleException {@code DAMAGED} if there are none, or one is not a whole
   *     number of 32 bits
   */
  public int[] integers() throws UnreadableSampleException {
    return stored().integers();
  }

  /**
   * The numbers, column by column; whole numbers beyond 2^53 are rounded.
   *
   * @throws UnreadableSampleException {@code DAMAGED} if there are none
   */
  public double[] numbers() throws UnreadableSampleException {
    return stored().reals();
  }

  /**
   * Where the numbers are not 0, column by column. For a mask this is faster than all its numbers.
   *
   * @throws UnreadableSampleException {@code DAMAGED} if there are no numbers, or not-a-number is
   *     among them
   */
  public int[] nonZero() throws UnreadableSampleException {
    return stored().nonZero();
  }

  /**
   * The text of a row of characters.
   *
   * @throws UnreadableSampleException {@code DAMAGED} if this is no text, or has several rows
   */
  public String text() throws UnreadableSampleException {
    require(Kind.TEXT);
    if (count == 0) {
      return "";
    }
    if (rows() != 1) {
      throw damaged("a text has " + rows() + " rows instead of one");
    }
    MatElement data = data();
    boolean little = bytes.isLittleEndian();
    record Encoding(Charset charset, int width) {}
    Encoding encoding =
        switch (data.type()) {
          case MatElement.INT8, MatElement.UINT8 -> new Encoding(StandardCharsets.ISO_8859_1, 1);
          case MatElement.UTF8 -> new Encoding(StandardCharsets.UTF_8, 0);
          case MatElement.UINT16, MatElement.UTF16 ->
              new Encoding(little ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE, 2);
          case MatElement.UTF32 ->
              new Encoding(Charset.forName(little ? "UTF-32LE" : "UTF-32BE"), 4);
          default -> throw damaged("a text is stored as an element of type " + data.type());
        };
    boolean fits =
        encoding.width == 0
            ? data.size() >= count && data.size() <= 4L * count
            : data.size() == (long) count * encoding.width;
    if (!fits) {
      throw damaged("a text of " + count + " characters has " + data.size() + " bytes");
    }
    return bytes.text(data.start(), data.size(), encoding.charset);
  }

  /**
   * The elements of a cell array, column by column.
   *
   * @throws UnreadableSampleException {@code DAMAGED} if this is no cell array
   */
  public List<MatValue> cells() throws UnreadableSampleException {
    require(Kind.CELLS);
    int[] places = places(start, count);
    List<MatValue> cells = new ArrayList<>(places.length);
    for (int place : places) {
      cells.add(MatValue.of(bytes, MatElement.at(bytes, place, end)));
    }
    return cells;
  }

  /**
   * The names of the fields of a struct array, in its order.
   *
   * @throws UnreadableSampleException {@code DAMAGED} if this is no struct array
   */
  public List<String> fields() throws UnreadableSampleException {
    lookUp();
    return fields;
  }

  /**
   * A field of an element of a struct array; empty if the structs have no field of this name.
   *
   * @param index of the element, column by column
   * @throws UnreadableSampleException {@code DAMAGED} if this is no struct array or has no such
   *     element
   */
  public Optional<MatValue> field(int index, String field) throws UnreadableSampleException {
    lookUp();
    if (index < 0 || index >= count) {
      throw damaged("no element " + index + " in a struct array of " + count);
    }
    int place = fields.indexOf(field);
    if (place < 0) {
      return Optional.empty();
    }
    int offset = nested[index * fields.size() + place];
    return Optional.of(MatValue.of(bytes, MatElement.at(bytes, offset, end)));
  }

  /** Finds the names of the fields, and where their values are. */
  private void lookUp() throws UnreadableSampleException {
    require(Kind.STRUCTS);
    if (nested != null) {
      return;
    }
    MatElement width = MatElement.at(bytes, start, end);
    if (width.type() != MatElement.INT32 || width.size() != 4) {
      throw damaged("a struct array does not say how long the names of its fields are");
    }
    long each = bytes.number(width.start(), 4);
    MatElement titles = MatElement.at(bytes, width.next(), end);
    if (titles.type() != MatElement.INT8
        || each < 1
        || each > 256
        || titles.size() % each != 0
        || titles.size() / each > MAX_FIELDS) {
      throw damaged("the names of the fields of a struct array are damaged");
    }
    List<String> names = new ArrayList<>();
    for (int at = titles.start(); at < titles.end(); at += (int) each) {
      String padded = bytes.text(at, (int) each, StandardCharsets.UTF_8);
      int stop = padded.indexOf('\0');
      names.add(stop < 0 ? padded : padded.substring(0, stop));
    }
    nested = places(titles.next(), (long) count * names.size());
    fields = List.copyOf(names);
  }

  /** Where nested arrays stand, one behind the other. */
  private int[] places(int first, long expected) throws UnreadableSampleException {
    if (expected > MAX_NESTED) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, "an array of " + expected + " arrays; at most " + MAX_NESTED);
    }
    if (expected * 8 > end - first) {
      throw damaged("an array of " + expected + " arrays has only " + (end - first) + " bytes");
    }
    int[] places = new int[(int) expected];
    int offset = first;
    for (int i = 0; i < places.length; i++) {
      places[i] = offset;
      offset = MatElement.at(bytes, offset, end).next();
    }
    return places;
  }

  private MatNumbers stored() throws UnreadableSampleException {
    require(Kind.NUMBERS);
    if (complex) {
      throw damaged("the numbers are complex");
    }
    return count == 0 ? MatNumbers.NONE : MatNumbers.of(bytes, data(), count);
  }

  private MatElement data() throws UnreadableSampleException {
    if (count > MAX_NUMBERS) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, "an array of " + count + " elements; at most " + MAX_NUMBERS);
    }
    return MatElement.at(bytes, start, end);
  }

  private void require(Kind wanted) throws UnreadableSampleException {
    if (kind != wanted) {
      throw damaged(
          "an array holds "
              + kind.name().toLowerCase(java.util.Locale.ROOT)
              + " instead of "
              + wanted.name().toLowerCase(java.util.Locale.ROOT));
    }
  }

  private static UnreadableSampleException damaged(String detail) {
    return new UnreadableSampleException(Reason.DAMAGED, detail);
  }
}
