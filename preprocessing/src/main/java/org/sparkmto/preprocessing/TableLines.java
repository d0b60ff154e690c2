package org.sparkmto.preprocessing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.Path;

/**
 * The lines of a text file in UTF-8, blank ones left out. No line and no file is longer than those
 * of the data sets, so that a file which is no such table costs no memory.
 */
public final class TableLines implements Closeable {
  /** Longest line, in characters. The longest of the data sets, CelebA's header, has 500. */
  public static final int MAX_LINE = 1 << 16;

  /** Most characters of a file. The longest table of the data sets, CelebA's, has 27 million. */
  public static final long MAX_FILE = 256 << 20;

  /** Most lines: what the driver can list in 1 GB, five times those of CelebA. */
  public static final int MAX_LINES = 1_000_000;

  private final Path path;
  private final Reader reader;
  private final char[] buffer = new char[1 << 14];
  private int position;
  private int limit;
  private boolean first = true;
  private long read;
  private int lines;

  /** Opens a file. */
  public TableLines(Path path, RawFiles files) throws IOException {
    this.path = path;
    this.reader = new InputStreamReader(files.open(path), StandardCharsets.UTF_8);
  }

  /** The next line that is not blank, without blanks around it; null at the end of the file. */
  public String next() throws IOException {
    String line = nextLine();
    if (line != null && ++lines > MAX_LINES) {
      throw PreprocessingException.failed(path + " has more than " + MAX_LINES + " lines");
    }
    return line;
  }

  private String nextLine() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      if (position == limit) {
        limit = reader.read(buffer);
        position = 0;
        read += Math.max(0, limit);
        if (read > MAX_FILE) {
          throw PreprocessingException.failed(
              path + " has more than " + MAX_FILE + " characters: it is no such table");
        }
        if (limit <= 0) {
          limit = 0;
          String last = stripped(line);
          return last.isEmpty() ? null : last;
        }
      }
      int start = position;
      while (position < limit && buffer[position] != '\n' && buffer[position] != '\r') {
        position++;
      }
      line.append(buffer, start, position - start);
      if (line.length() > MAX_LINE) {
        throw PreprocessingException.failed(
            path + " has a line of more than " + MAX_LINE + " characters: it is no such table");
      }
      if (position < limit) {
        position++;
        String found = stripped(line);
        if (!found.isEmpty()) {
          return found;
        }
        line.setLength(0);
      }
    }
  }

  private String stripped(StringBuilder line) {
    String text = line.toString();
    if (first && text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    first = first && text.isBlank();
    return text.strip();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
