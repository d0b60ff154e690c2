package org.sparkmto.preprocessing.matlab;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.apache.hadoop.fs.FSDataInputStream;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * The bytes of an HDF5 file by address. Blocks outside of the file are refused before anything is
 * allocated, and so is more reading than {@link #allow} allowed: a loop of links ends there.
 */
final class HdfSource implements Closeable {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

  /** MATLAB has a user block of 512 bytes; others are 0 or a larger power of two. */
  private static final int MAX_USER_BLOCK = 1 << 20;

  /** What an operating system or an object store gives. */
  interface Storage extends Closeable {
    /** Fills the target; an end of the file before that is an {@link java.io.EOFException}. */
    void read(long position, byte[] target) throws IOException;
  }

  private final Storage storage;
  private final long length;
  private final long base;
  private long allowed;

  private HdfSource(Storage storage, long length, long base) {
    this.storage = storage;
    this.length = length;
    this.base = base;
  }

  static Storage local(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file);
    return new Storage() {
      @Override
      public void read(long position, byte[] target) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(target);
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, position + buffer.position()) < 0) {
            throw new java.io.EOFException(file + " was shortened while it was read");
          }
        }
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  static Storage anywhere(org.apache.hadoop.fs.Path file, RawFiles files) throws IOException {
    FSDataInputStream in = new FSDataInputStream(files.open(file));
    return new Storage() {
      @Override
      public void read(long position, byte[] target) throws IOException {
        in.readFully(position, target);
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  /** Finds where HDF5 starts in a file. */
  static HdfSource of(Storage storage, long length) throws UnreadableSampleException, IOException {
    for (long at = 0; at <= MAX_USER_BLOCK; at = at == 0 ? 512 : at * 2) {
      if (at + SIGNATURE.length > length) {
        break;
      }
      byte[] start = new byte[SIGNATURE.length];
      storage.read(at, start);
      if (java.util.Arrays.equals(start, SIGNATURE)) {
        return new HdfSource(storage, length, at);
      }
    }
    throw new UnreadableSampleException(
        Reason.WRONG_FORMAT, "it is not HDF5: the signature is missing or was cut off");
  }

  /** Where address 0 is in the file. */
  long base() {
    return base;
  }

  /** Bytes of the file. */
  long length() {
    return length;
  }

  /** From now on, so many bytes may be read. */
  void allow(long bytes) {
    allowed = bytes;
  }

  /** A block. */
  HdfRecord record(String what, long address, long count)
      throws UnreadableSampleException, IOException {
    return new HdfRecord(what, bytes(what, address, count));
  }

  /** As many bytes of a block as the file has, at most {@code count}. */
  HdfRecord start(String what, long address, long count)
      throws UnreadableSampleException, IOException {
    long there = address < 0 || address > length - base ? 0 : length - base - address;
    return record(what, address, Math.min(count, there));
  }

  byte[] bytes(String what, long address, long count)
      throws UnreadableSampleException, IOException {
    if (address < 0 || count < 0 || address > length - base || count > length - base - address) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, what + " is said to be outside of the file, at " + address);
    }
    allowed -= count + 64; // a block costs something even if it is empty
    if (allowed < 0) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, what + " is one block too many: the file has a loop or is no data set");
    }
    byte[] bytes = new byte[Math.toIntExact(count)];
    storage.read(base + address, bytes);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    storage.close();
  }
}
