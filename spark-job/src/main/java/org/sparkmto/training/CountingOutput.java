package org.sparkmto.training;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Counts what goes through. */
final class CountingOutput extends FilterOutputStream {
  private long bytes;

  CountingOutput(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    bytes++;
  }

  @Override
  public void write(byte[] from, int at, int length) throws IOException {
    out.write(from, at, length);
    bytes += length;
  }

  long bytes() {
    return bytes;
  }
}
