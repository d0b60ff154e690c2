package org.sparkmto.prediction;

import java.io.IOException;
import java.util.Optional;

/** Reads the samples of a share, for one thread. */
interface InputReader extends AutoCloseable {
  /** The next samples, or nothing at the end of the share. */
  Optional<InputBatch> next() throws IOException;

  @Override
  void close();
}
