package org.sparkmto.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.exchange.TemporaryFolders;

/**
 * Copies of files on the disk of this machine, known by their content, for a library that reads no
 * other storage. A content is copied once; copies go with the JVM.
 */
final class LocalCopies {
  private static final Map<String, Path> KNOWN = new HashMap<>();
  private static Path folder;

  private LocalCopies() {}

  /**
   * A copy.
   *
   * @param sha256 digest of the content, lower-case hexadecimal
   * @param file where it lies
   */
  record Copy(String sha256, Path file) {}

  /** Opens what is to be copied. */
  interface Source {
    InputStream open() throws IOException;
  }

  /** A copy of whatever a file holds. */
  static synchronized Copy of(Source source) throws IOException {
    Path fresh = Files.createTempFile(folder(), "", ".part");
    try {
      MessageDigest sha = ContentDigest.sha256();
      try (InputStream in = source.open();
          OutputStream out = new DigestOutputStream(Files.newOutputStream(fresh), sha)) {
        in.transferTo(out);
      }
      String digest = ContentDigest.hex(sha.digest());
      Path kept = KNOWN.get(digest);
      if (kept == null) {
        kept = folder().resolve(digest);
        Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
        kept.toFile().deleteOnExit();
        KNOWN.put(digest, kept);
      }
      return new Copy(digest, kept);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /**
   * A copy of a known content.
   *
   * @param where name of the file, for messages
   * @throws UnsoundException if the file holds another content
   */
  static synchronized Path of(String sha256, String where, Source source)
      throws IOException, UnsoundException {
    Path known = KNOWN.get(sha256);
    if (known != null) {
      return known;
    }
    Copy copy = of(source);
    if (!copy.sha256().equals(sha256)) {
      throw new UnsoundException(where + " is not what was written", null);
    }
    return copy.file();
  }

  private static Path folder() throws IOException {
    if (folder == null) {
      folder = TemporaryFolders.create("spark-mto-network-");
      folder.toFile().deleteOnExit();
    }
    return folder;
  }
}
