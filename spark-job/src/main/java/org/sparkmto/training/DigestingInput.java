package org.sparkmto.training;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.sparkmto.data.ContentDigest;

/** Takes the SHA-256 of everything that is read or skipped. */
final class DigestingInput extends FilterInputStream {
  private final MessageDigest sha256 = ContentDigest.sha256();

  DigestingInput(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    int read = in.read();
    if (read >= 0) {
      sha256.update((byte) read);
    }
    return read;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    int read = in.read(into, at, length);
    if (read > 0) {
      sha256.update(into, at, read);
    }
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] piece = new byte[(int) Math.min(Math.max(count, 0), 1 << 16)];
    int read = piece.length == 0 ? 0 : read(piece, 0, piece.length);
    return Math.max(read, 0);
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** Reads to the end, and gives the digest of the whole. */
  String finish() throws IOException {
    byte[] piece = new byte[1 << 16];
    while (read(piece, 0, piece.length) >= 0) {
      // What nobody wanted counts all the same.
    }
    return ContentDigest.hex(sha256.digest());
  }
}
