package org.sparkmto.preprocessing.matlab;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * Bytes of a file, or what a compressed part of it expands to. Expanded bytes lie in pages, and all
 * pages of nothing but zeros are one: the hundreds of masks in an annotation of PASCAL-Part would
 * otherwise take a hundred megabytes.
 */
final class MatBytes {
  private static final int PAGE = 4096;
  private static final byte[] ZEROS = new byte[PAGE];

  private final byte[][] pages;
  private final int pageSize;
  private final int length;
  private final boolean little;

  private MatBytes(byte[][] pages, int pageSize, int length, boolean little) {
    this.pages = pages;
    this.pageSize = pageSize;
    this.length = length;
    this.little = little;
  }

  /** What is left of the bytes that a file may expand to. */
  static final class Budget {
    private int expanded = MatFile.MAX_EXPANDED;
    private int kept;

    Budget(int kept) {
      this.kept = kept;
    }
  }

  /** The bytes of a file, not copied. */
  static MatBytes of(byte[] file, boolean little) {
    return new MatBytes(new byte[][] {file}, Math.max(1, file.length), file.length, little);
  }

  /** Expands a part of a file. */
  static MatBytes expanded(byte[] file, int from, int count, boolean little, Budget budget)
      throws UnreadableSampleException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(file, from, count);
      List<byte[]> pages = new ArrayList<>();
      int length = 0;
      byte[] page = new byte[PAGE];
      int filled = 0;
      while (true) {
        int more = inflater.inflate(page, filled, PAGE - filled);
        filled += more;
        if (filled == PAGE || (inflater.finished() && filled > 0)) {
          budget.expanded -= filled;
          boolean zeros = Arrays.equals(page, ZEROS);
          budget.kept -= zeros ? 0 : PAGE;
          if (budget.expanded < 0 || budget.kept < 0) {
            throw new UnreadableSampleException(
                Reason.TOO_LARGE, "the variables expand to more than is read");
          }
          pages.add(zeros ? ZEROS : page);
          length += filled;
          page = zeros && filled == PAGE ? page : new byte[PAGE];
          filled = 0;
        }
        if (inflater.finished()) {
          return new MatBytes(pages.toArray(new byte[0][]), PAGE, length, little);
        }
        if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw new UnreadableSampleException(
              Reason.DAMAGED, "compressed data of a variable end early");
        }
      }
    } catch (DataFormatException e) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, "compressed data of a variable are wrong: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  int length() {
    return length;
  }

  int byteAt(int offset) {
    return pages[offset / pageSize][offset % pageSize] & 0xff;
  }

  /** The next {@code width} bytes as a number without sign, in the byte order of the file. */
  long number(int offset, int width) {
    long number = 0;
    for (int i = 0; i < width; i++) {
      number = (number << 8) | byteAt(little ? offset + width - 1 - i : offset + i);
    }
    return number;
  }

  /** The place of the next byte that is not 0, or {@code end}. */
  int nextNonZero(int from, int end) {
    int at = from;
    while (at < end && byteAt(at) == 0) {
      boolean emptyPage = at % pageSize == 0 && pages[at / pageSize] == ZEROS;
      at += emptyPage ? PAGE : 1;
    }
    return Math.min(at, end);
  }

  String text(int offset, int count, Charset charset) {
    byte[] text = new byte[count];
    for (int i = 0; i < count; i++) {
      text[i] = (byte) byteAt(offset + i);
    }
    return new String(text, charset);
  }

  boolean isLittleEndian() {
    return little;
  }
}
