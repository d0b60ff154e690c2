package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.security.MessageDigest;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.ContentDigest;

/**
 * A file as bytes.
 *
 * @param bytes its length
 * @param sha256 of all of them, lower-case hexadecimal
 */
public record FileDigest(long bytes, String sha256) implements Serializable {
  /**
   * Reads a file.
   *
   * @throws java.io.FileNotFoundException if it is not there
   */
  public static FileDigest of(Path file, Configuration hadoop) throws IOException {
    FileSystem files = file.getFileSystem(hadoop);
    MessageDigest sha256 = ContentDigest.sha256();
    byte[] buffer = new byte[1 << 16];
    long bytes = 0;
    try (InputStream in = files.open(file)) {
      int read;
      while ((read = in.read(buffer)) >= 0) {
        sha256.update(buffer, 0, read);
        bytes += read;
      }
    }
    return new FileDigest(bytes, ContentDigest.hex(sha256.digest()));
  }
}
