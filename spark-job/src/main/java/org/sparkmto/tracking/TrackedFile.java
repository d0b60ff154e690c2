package org.sparkmto.tracking;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * A file for the server.
 *
 * @param name below the run's artifacts, with slashes
 * @param length of it in bytes
 * @param content opens it; what cannot be read is an {@link java.io.UncheckedIOException}
 */
public record TrackedFile(String name, long length, Supplier<InputStream> content) {
  /** One in memory. */
  static TrackedFile of(String name, byte[] bytes) {
    return new TrackedFile(name, bytes.length, () -> new ByteArrayInputStream(bytes));
  }

  /** One of text. */
  public static TrackedFile of(String name, String text) {
    return of(name, text.getBytes(StandardCharsets.UTF_8));
  }

  InputStream open() {
    return content.get();
  }
}
