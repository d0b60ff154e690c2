package org.sparkmto.preprocessing;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * A file of many samples that stays open and is read at any place, so that none of it is held in
 * memory although samples come in random order. For one thread.
 */
public final class PositionedFile implements Closeable {
  private final FSDataInputStream in;

  PositionedFile(FSDataInputStream in) {
    this.in = in;
  }

  /**
   * Reads the bytes {@code position..position + length - 1}.
   *
   * @throws UnreadableSampleException if the file ends before: TRUNCATED
   * @throws IOException if the storage failed
   */
  public byte[] read(long position, int length) throws UnreadableSampleException, IOException {
    byte[] bytes = new byte[length];
    try {
      in.readFully(position, bytes);
    } catch (EOFException e) {
      throw new UnreadableSampleException(
          Reason.TRUNCATED, "the file ends before byte " + (position + length));
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
