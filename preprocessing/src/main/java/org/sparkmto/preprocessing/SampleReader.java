package org.sparkmto.preprocessing;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/** Decodes samples, one after the other, inside one Spark task. */
public interface SampleReader extends Closeable {

  /**
   * The content of a sample.
   *
   * @return the bytes of every column, in the order of {@link RawContents#columns()}
   * @throws UnreadableSampleException if this sample can never be read; it goes to quarantine
   * @throws IOException if the storage failed; the task is tried again
   */
  List<byte[]> read(RawSample sample) throws UnreadableSampleException, IOException;

  @Override
  default void close() throws IOException {}

  /** What travels to the executors: opens a reader there. */
  interface Opener extends Serializable {
    /** A reader for one task. */
    SampleReader open(RawFiles files);
  }
}
