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
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;

/**
 * The characters of a text file: UTF-8, or UTF-16 with a byte order mark, as spreadsheets save it.
 * What is no UTF-8 becomes {@link #BROKEN}. Lines may end in LF, CRLF or, as on old Macs, in CR
 * alone; here they all end in what holds an LF.
 */
final class CsvText {
  /** What stands for bytes that are no text. */
  static final char BROKEN = '\uFFFD';

  /** How much of a file is looked at to find out how its lines end. */
  private static final int LOOK = 1 << 16;

  private CsvText() {}

  /**
   * Opens a file; the mark at its start is passed over.
   *
   * @throws PreprocessingException if it holds UTF-16 without a mark, or no text at all
   */
  static Reader open(Path path, RawFiles files) throws IOException {
    BufferedInputStream bytes = new BufferedInputStream(files.open(path), LOOK);
    try {
      bytes.mark(LOOK);
      byte[] start = bytes.readNBytes(LOOK);
      bytes.reset();
      int mark = 0;
      Charset charset = StandardCharsets.UTF_8;
      if (starts(start, 0xFF, 0xFE) || starts(start, 0xFE, 0xFF)) {
        charset = starts(start, 0xFF, 0xFE) ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
        mark = 2;
      } else if (starts(start, 0xEF, 0xBB, 0xBF)) {
        mark = 3;
      } else if (hasZero(start)) {
        throw PreprocessingException.failed(
            path
                + " holds zero bytes: it is no CSV file, or one in UTF-16 without a byte order"
                + " mark; save it as UTF-8");
      }
      bytes.skipNBytes(mark);
      Reader text = new InputStreamReader((InputStream) bytes, charset);
      String first = new String(start, mark, start.length - mark, charset);
      return first.indexOf('\n') < 0 && first.indexOf('\r') >= 0 ? new OfOldMac(text) : text;
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
