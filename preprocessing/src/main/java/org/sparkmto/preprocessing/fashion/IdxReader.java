package org.sparkmto.preprocessing.fashion;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.sparkmto.preprocessing.PreprocessingException;

/**
 * Reads an IDX file of unsigned bytes from front to end, compressed with gzip or not. A file is a
 * big-endian magic number (2051 for images, 2049 for labels), the number of items, for images their
 * height and width, and the items.
 *
 * <p>One file holds thousands of samples, so a damaged file is no matter of quarantine: every
 * violation is a {@link PreprocessingException} that names the file.
 */
final class IdxReader implements Closeable {
  private static final int IMAGES = 2051;
  private static final int LABELS = 2049;
  private static final int MAX_SIDE = 4096;

  /** Share of the memory that the items of a file may take, which are held together. */
  private static final int MEMORY_SHARE = 4;

  private final DataInputStream in;
  private final String name;
  private final int count;
  private final int height;
  private final int width;
  private int position;

  private IdxReader(DataInputStream in, String name, int count, int height, int width) {
    this.in = in;
    this.name = name;
    this.count = count;
    this.height = height;
    this.width = width;
  }

  /** Opens a file of images; the reader closes the stream. */
  static IdxReader images(InputStream stream, String name) throws IOException {
    return open(stream, name, IMAGES);
  }

  /** Opens a file of labels; the reader closes the stream. */
  static IdxReader labels(InputStream stream, String name) throws IOException {
    return open(stream, name, LABELS);
  }

  private static IdxReader open(InputStream stream, String name, int magic) throws IOException {
    InputStream raw = new BufferedInputStream(stream, 1 << 16);
    boolean opened = false;
    try {
      DataInputStream in = new DataInputStream(inflated(raw, name));
      int found = in.readInt();
      if (found != magic) {
        throw PreprocessingException.failed(
            name
                + " starts with "
                + found
                + (magic == IMAGES ? ", IDX images start with " : ", IDX labels start with ")
                + magic);
      }
      int count = in.readInt();
      int height = magic == IMAGES ? in.readInt() : 1;
      int width = magic == IMAGES ? in.readInt() : 1;
      if (count < 0 || height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
        throw PreprocessingException.failed(
            name + " announces " + count + " items of " + height + "x" + width);
      }
      opened = true;
      return new IdxReader(in, name, count, height, width);
    } catch (EOFException e) {
      throw PreprocessingException.failed(name + " is cut off in its header");
    } finally {
      if (!opened) {
        raw.close();
      }
    }
  }

  private static InputStream inflated(InputStream raw, String name) throws IOException {
    raw.mark(2);
    boolean compressed = raw.read() == 0x1f && raw.read() == 0x8b;
    raw.reset();
    try {
      return compressed ? new GZIPInputStream(raw, 1 << 16) : raw;
    } catch (ZipException e) {
      throw PreprocessingException.failed(name + " is damaged: " + e.getMessage());
    }
  }

  int count() {
    return count;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** Index of the item that {@link #next} returns. */
  int position() {
    return position;
  }

  /** The next item. */
  byte[] next() throws IOException {
    byte[] item = new byte[height * width];
    fill(item);
    position++;
    return item;
  }

  /** All items that are left, one after the other, after a look that nothing follows them. */
  byte[] rest() throws IOException {
    long length = (long) (count - position) * height * width;
    long most = Math.min(Runtime.getRuntime().maxMemory() / MEMORY_SHARE, Integer.MAX_VALUE - 16);
    if (length > most) {
      throw PreprocessingException.failed(
          String.format(
              Locale.ROOT,
              "%s announces %d MiB of items, which are held together; that fits into %d MiB of"
                  + " memory, here are %d",
              name,
              length >> 20,
              (MEMORY_SHARE * length) >> 20,
              (MEMORY_SHARE * most) >> 20));
    }
    byte[] items = new byte[(int) length];
    fill(items);
    position = count;
    end();
    return items;
  }

  /** Reads over items. */
  void skip(int items) throws IOException {
    for (int i = 0; i < items; i++) {
      next();
    }
  }

  /**
   * Checks that the file ends here.
   *
   * @throws PreprocessingException if bytes follow
   */
  void end() throws IOException {
    try {
      if (in.read() >= 0) {
        throw PreprocessingException.failed(name + " goes on after its " + count + " items");
      }
    } catch (ZipException | EOFException e) {
      throw damaged(e);
    }
  }

  private void fill(byte[] bytes) throws IOException {
    try {
      in.readFully(bytes);
    } catch (ZipException | EOFException e) {
      throw damaged(e);
    }
  }

  private PreprocessingException damaged(IOException e) {
    return PreprocessingException.failed(
        name
            + (e instanceof EOFException
                ? " is cut off: it announces " + count + " items"
                : " is damaged: " + e.getMessage()),
        e);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
