package org.sparkmto.preprocessing.own;

import java.io.BufferedInputStream;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;

/**
 * The characters of a text file: UTF-8, UTF-16 with a byte order mark, as spreadsheets save it, or
 * what somebody says it is. What is no text of this encoding becomes {@link #BROKEN}. Lines may end
 * in LF, CRLF or, as on old Macs, in CR alone; here they all end in what holds an LF.
 */
final class CsvText {
  /** What stands for bytes that are no text. */
  static final char BROKEN = '\uFFFD';

  /** How much of a file is looked at to find out how its lines end. */
  private static final int LOOK = 1 << 16;

  /** What Excel writes above a header, and takes away again. */
  private static final Pattern SEPARATOR =
      Pattern.compile("\"?sep=([^\r\n\"])\"?(\r\n|\r|\n|$)", Pattern.CASE_INSENSITIVE);

  private final Path path;
  private final RawFiles files;
  private final Charset charset;
  private final int mark;
  private final boolean oldMac;
  private final Optional<Character> separator;
  private final int passedOver;

  /** How characters are stored. */
  enum Encoding {
    AUTO,
    LATIN_1,
    WINDOWS_1252,
    UTF_16LE,
    UTF_16BE;

    private Charset charset() {
      return switch (this) {
        case AUTO -> StandardCharsets.UTF_8;
        case LATIN_1 -> StandardCharsets.ISO_8859_1;
        case WINDOWS_1252 -> Charset.forName("windows-1252");
        case UTF_16LE -> StandardCharsets.UTF_16LE;
        case UTF_16BE -> StandardCharsets.UTF_16BE;
      };
    }
  }

  /**
   * Looks at the start of a file.
   *
   * @param encoding AUTO for UTF-8, or UTF-16 with a mark; a mark is believed in any case
   * @throws PreprocessingException if it holds UTF-16 without a mark, or no text at all
   */
  CsvText(Path path, RawFiles files, Encoding encoding) throws IOException {
    this.path = path;
    this.files = files;
    byte[] start;
    try (InputStream bytes = files.open(path)) {
      start = bytes.readNBytes(LOOK);
    }
    if (starts(start, 0xFF, 0xFE) || starts(start, 0xFE, 0xFF)) {
      charset = starts(start, 0xFF, 0xFE) ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
      mark = 2;
    } else if (starts(start, 0xEF, 0xBB, 0xBF)) {
      charset = StandardCharsets.UTF_8;
      mark = 3;
    } else {
      charset = encoding.charset();
      mark = 0;
    }
    if (mark != 2 && !charset.name().startsWith("UTF-16") && hasZero(start)) {
      throw PreprocessingException.failed(
          path
              + " holds zero bytes: it is no CSV file, or one in UTF-16 without a byte order"
              + " mark; save it as UTF-8, or set encoding = utf-16le");
    }
    String first = new String(start, mark, start.length - mark, charset);
    oldMac = first.indexOf('\n') < 0 && first.indexOf('\r') >= 0;
    Matcher above = SEPARATOR.matcher(first);
    boolean declared = above.lookingAt();
    separator = declared ? Optional.of(above.group(1).charAt(0)) : Optional.empty();
    passedOver = declared ? above.end() : 0;
  }

  /** What the line {@code sep=;} above the header says, if there is one. */
  Optional<Character> separator() {
    return separator;
  }

  /** Lines above the header. */
  int linesAbove() {
    return separator.isPresent() ? 1 : 0;
  }

  /** What is wrong where {@link #BROKEN} stands. */
  String complaint() {
    return charset.equals(StandardCharsets.UTF_8)
        ? "there are bytes that are no UTF-8, as in a file of Latin-1; save it as UTF-8, or set"
            + " encoding = latin-1"
        : "there are bytes that are no " + charset.name() + "; see the option 'encoding'";
  }

  /** Opens the file at its header; marks and lines above it are passed over. */
  Reader open() throws IOException {
    BufferedInputStream bytes = new BufferedInputStream(files.open(path), LOOK);
    try {
      bytes.skipNBytes(mark);
      Reader text = new InputStreamReader((InputStream) bytes, charset);
      int left = passedOver;
      while (left > 0 && text.read() >= 0) {
        left--;
      }
      return oldMac ? new OfOldMac(text) : text;
    } catch (IOException | RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private static boolean starts(byte[] file, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= file.length || (file[i] & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasZero(byte[] start) {
    for (byte one : Arrays.copyOf(start, Math.min(start.length, 256))) {
      if (one == 0) {
        return true;
      }
    }
    return false;
  }

  /** Makes every carriage return a line feed. */
  private static final class OfOldMac extends FilterReader {
    OfOldMac(Reader text) {
      super(text);
    }

    @Override
    public int read() throws IOException {
      int character = in.read();
      return character == '\r' ? '\n' : character;
    }

    @Override
    public int read(char[] buffer, int from, int length) throws IOException {
      int count = in.read(buffer, from, length);
      for (int i = from; i < from + count; i++) {
        if (buffer[i] == '\r') {
          buffer[i] = '\n';
        }
      }
      return count;
    }
  }
}
