package org.sparkmto.preprocessing.matlab;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * A MATLAB file of version 5 (what {@code save} wrote by default from MATLAB 5 to today, compressed
 * or not), in memory. Format: "MAT-File Format", The MathWorks.
 *
 * <p>Everything a file says about itself is checked against the bytes that are there before
 * anything is allocated, and values are looked up in place: neither a lying header nor deep nesting
 * costs more than the file is long.
 */
public final class MatFile {
  /**
   * Longest file that is read, in bytes. Annotations made up in the structure and number of
   * EMOTIC's (34,320 persons) have 2.6 MB.
   */
  public static final int MAX_FILE = 64 << 20;

  /** The most bytes that the compressed variables of a file may expand to, all-zero pages too. */
  static final int MAX_EXPANDED = 512 << 20;

  /** The most bytes that are kept of them. The annotations like EMOTIC's expand to 78 MB. */
  static final int MAX_KEPT = 128 << 20;

  private static final int HEADER = 128;

  private final Map<String, MatValue> variables;

  private MatFile(Map<String, MatValue> variables) {
    this.variables = variables;
  }

  /**
   * Reads a file.
   *
   * @param file the whole file; kept, not copied
   * @throws UnreadableSampleException {@code WRONG_FORMAT} if it is no MATLAB file or one of
   *     another version, {@code TRUNCATED} if it ends early, {@code DAMAGED} if it contradicts
   *     itself, {@code TOO_LARGE} if it expands beyond the bounds
   */
  public static MatFile parse(byte[] file) throws UnreadableSampleException {
    return parse(file, MAX_KEPT);
  }

  /**
   * Reads a file of which many tasks hold one each.
   *
   * @param mostKept the most bytes that its compressed variables may take in memory, at most as
   *     many as for {@link #parse(byte[])}; runs of zeros take none
   * @throws UnreadableSampleException as {@link #parse(byte[])}
   */
  public static MatFile parse(byte[] file, int mostKept) throws UnreadableSampleException {
    boolean little = header(file);
    MatBytes bytes = MatBytes.of(file, little);
    MatBytes.Budget budget = new MatBytes.Budget(Math.min(mostKept, MAX_KEPT));
    Map<String, MatValue> variables = new LinkedHashMap<>();
    int offset = HEADER;
    while (offset < file.length) {
      if (file.length - offset < 8 || size(bytes, offset) > file.length - offset - 8) {
        throw new UnreadableSampleException(
            Reason.TRUNCATED, "the file ends inside of the variable at byte " + offset);
      }
      MatElement element = MatElement.at(bytes, offset, file.length);
      MatBytes source = bytes;
      MatElement matrix = element;
      if (element.type() == MatElement.COMPRESSED) {
        source = MatBytes.expanded(file, element.start(), element.size(), little, budget);
        matrix = MatElement.at(source, 0, source.length());
      }
      MatValue value = MatValue.of(source, matrix);
      if (!value.name().isEmpty() && variables.put(value.name(), value) != null) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, "the file has variable '" + value.name() + "' twice");
      }
      offset = element.next();
    }
    return new MatFile(variables);
  }

  /**
   * A variable.
   *
   * @throws UnreadableSampleException {@code DAMAGED} if the file has none of this name
   */
  public MatValue variable(String name) throws UnreadableSampleException {
    MatValue value = variables.get(name);
    if (value == null) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, "the file has no variable '" + name + "', only " + names());
    }
    return value;
  }

  /** The names of the variables, in the order of the file. */
  public Set<String> names() {
    return Collections.unmodifiableSet(variables.keySet());
  }

  private static long size(MatBytes bytes, int offset) {
    return bytes.number(offset, 4) >> 16 != 0 ? 0 : bytes.number(offset + 4, 4);
  }

  /** Whether the file is little-endian. */
  private static boolean header(byte[] file) throws UnreadableSampleException {
    String start = new String(file, 0, Math.min(file.length, 20), StandardCharsets.ISO_8859_1);
    if (start.startsWith("MATLAB 7.3") || isHdf5(file, 0) || isHdf5(file, 512)) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "a MATLAB 7.3 file (HDF5) where one of version 5 belongs");
    }
    if (file.length < HEADER) {
      boolean cut = start.startsWith("MATLAB 5.0") || "MATLAB 5.0".startsWith(start);
      throw new UnreadableSampleException(
          cut ? Reason.TRUNCATED : Reason.WRONG_FORMAT,
          cut ? "the file ends in its header" : "not a MATLAB file: it has no header");
    }
    int version = ((file[124] & 0xff) << 8) | (file[125] & 0xff);
    boolean little = file[126] == 'I' && file[127] == 'M';
    boolean big = file[126] == 'M' && file[127] == 'I';
    if (!little && !big) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT,
          "not a MATLAB file of version 5: the header does not end with its byte order");
    }
    if (version != (little ? 0x0001 : 0x0100)) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "a MATLAB file of another version than 5");
    }
    return little;
  }

  private static boolean isHdf5(byte[] file, int at) {
    return file.length >= at + 8
        && (file[at] & 0xff) == 0x89
        && file[at + 1] == 'H'
        && file[at + 2] == 'D'
        && file[at + 3] == 'F';
  }
}
