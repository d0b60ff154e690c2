package org.sparkmto.preprocessing.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Writes a small file, on any file system that Hadoop knows. */
public final class PlainFile {
  private PlainFile() {}

  /**
   * Writes a whole file, with its directories; replaces an earlier one.
   *
   * <p>On a local disk Hadoop starts a process per file to set its mode, 5 ms each without its
   * native library, and leaves a checksum file beside it. There the JDK writes.
   */
  public static void write(Path path, byte[] content, Configuration configuration)
      throws IOException {
    if ("file".equals(path.toUri().getScheme())) {
      java.nio.file.Path local = java.nio.file.Path.of(path.toUri().getPath());
      Files.createDirectories(local.getParent());
      Files.write(local, content);
      return;
    }
    try (OutputStream out = path.getFileSystem(configuration).create(path, true)) {
      out.write(content);
    }
  }
}
