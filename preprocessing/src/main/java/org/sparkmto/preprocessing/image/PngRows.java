package org.sparkmto.preprocessing.image;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** The rows of a PNG file, inflated and unfiltered one by one. */
final class PngRows {
  /** First row, first column, row step and column step of the seven passes of Adam7. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4}, {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private PngRows() {}

  /** Takes one unfiltered row: the bytes behind index 0, for pixels {@code from, from + step..}. */
  interface RowSink {
    void row(byte[] line, int y, int from, int step) throws UnreadableSampleException;
  }

  /** Takes the rows of all passes, one after the other. */
  static void read(PngFile file, RowSink sink) throws UnreadableSampleException {
    int width = file.width();
    int height = file.height();
    int pixelBits = file.channels() * file.bits();
    int back = Math.max(1, pixelBits / 8);
    try (Inflation inflation = new Inflation(file)) {
      for (int[] pass : file.isInterlaced() ? ADAM7 : ONE_PASS) {
        int columns = (width - pass[1] + pass[3] - 1) / pass[3];
        if (columns == 0) {
          continue; // a pass without columns has no rows either
        }
        byte[] line = new byte[1 + (int) (((long) columns * pixelBits + 7) / 8)];
        byte[] above = new byte[line.length];
        for (int y = pass[0]; y < height; y += pass[2]) {
          inflation.fill(line);
          unfilter(line, above, back);
          sink.row(line, y, pass[1], pass[3]);
          byte[] spare = above;
          above = line;
          line = spare;
        }
      }
      inflation.end();
    }
  }

  private static void unfilter(byte[] line, byte[] above, int back)
      throws UnreadableSampleException {
    int n = line.length;
    switch (line[0]) {
      case 0 -> {}
      case 1 -> {
        for (int i = 1 + back; i < n; i++) {
          line[i] += line[i - back];
        }
      }
      case 2 -> {
        for (int i = 1; i < n; i++) {
          line[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 1; i < n; i++) {
          int left = i > back ? line[i - back] & 0xff : 0;
          line[i] += (byte) ((left + (above[i] & 0xff)) / 2);
        }
      }
      case 4 -> {
        for (int i = 1; i < Math.min(n, 1 + back); i++) {
          line[i] += above[i]; // with nothing on the left, what is above is always the nearest
        }
        for (int i = 1 + back; i < n; i++) {
          line[i] += paeth(line[i - back] & 0xff, above[i] & 0xff, above[i - back] & 0xff);
        }
      }
      default -> throw PngFile.damaged("a row of filter " + (line[0] & 0xff));
    }
  }

  /** Whichever of left, up and upper left is nearest to {@code left + up - upperLeft}. */
  private static byte paeth(int left, int up, int upperLeft) {
    int toLeft = Math.abs(up - upperLeft);
    int toUp = Math.abs(left - upperLeft);
    int toUpperLeft = Math.abs(left + up - 2 * upperLeft);
    if (toLeft <= toUp && toLeft <= toUpperLeft) {
      return (byte) left;
    }
    return (byte) (toUp <= toUpperLeft ? up : upperLeft);
  }

  /** The image data, inflated piece by piece from the chunks that hold them. */
  private static final class Inflation implements AutoCloseable {
    private final Inflater inflater = new Inflater();
    private final PngFile file;
    private int chunk;

    Inflation(PngFile file) {
      this.file = file;
      this.chunk = file.firstData();
    }

    /** Fills a whole array. */
    void fill(byte[] to) throws UnreadableSampleException {
      int filled = 0;
      while (filled < to.length) {
        int count = some(to, filled, to.length - filled);
        if (count == 0) {
          throw PngFile.damaged("the image data end before the last row");
        }
        filled += count;
      }
    }

    /** Wants the stream to end here, its own check sum included. */
    void end() throws UnreadableSampleException {
      if (some(new byte[1], 0, 1) != 0) {
        throw PngFile.damaged("more image data than the header announces");
      }
      if (!inflater.finished()) {
        throw PngFile.damaged("the image data have no end");
      }
    }

    /** Some of the next bytes, none if there are no more. */
    private int some(byte[] to, int from, int length) throws UnreadableSampleException {
      try {
        while (true) {
          int count = inflater.inflate(to, from, length);
          if (count > 0 || inflater.finished()) {
            return count;
          }
          if (inflater.needsDictionary() || !file.isData(chunk)) {
            return 0;
          }
          int size = file.length(chunk);
          inflater.setInput(file.bytes(), chunk + 8, size);
          chunk += 12 + size;
        }
      } catch (DataFormatException e) {
        throw PngFile.damaged("the image data cannot be inflated: " + e.getMessage());
      }
    }

    @Override
    public void close() {
      inflater.end();
    }
  }
}
