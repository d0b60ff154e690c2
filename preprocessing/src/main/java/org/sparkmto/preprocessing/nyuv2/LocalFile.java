package org.sparkmto.preprocessing.nyuv2;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;

/**
 * A file of the raw data where Java can map it: itself on a local disk, otherwise a copy in the
 * temporary directory ({@code java.io.tmpdir}) of this process. All tasks of a run in one process
 * share a copy. It is deleted when a later run needs another one and when the process ends; a
 * process that is killed leaves it behind.
 */
final class LocalFile {
  private static final Logger LOG = LoggerFactory.getLogger(LocalFile.class);
  private static final Map<String, LocalFile> COPIES = new HashMap<>();

  private final String run;
  private final Path copy;
  private int users;

  private LocalFile(String run, Path copy) {
    this.run = run;
    this.copy = copy;
  }

  /** Leave to read a local file, until it is given back. */
  record Lease(Path path, LocalFile copy) implements AutoCloseable {
    @Override
    public void close() {
      if (copy != null) {
        synchronized (COPIES) {
          copy.users--;
        }
      }
    }
  }

  /**
   * The file on a local disk.
   *
   * @param file of the raw data
   * @param run a name that no other run has: copies of earlier runs may be out of date
   * @throws PreprocessingException if the file is, or links to, one outside of the raw data
   * @throws IOException if it is not there or cannot be copied
   */
  static Lease of(org.apache.hadoop.fs.Path file, RawFiles files, String run) throws IOException {
    String scheme = file.toUri().getScheme();
    if (scheme == null || scheme.equals("file")) {
      files.open(file).close(); // is it there, and inside?
      return new Lease(Path.of(file.toUri().getPath()), null);
    }
    synchronized (COPIES) { // one download at a time; the others wait for it
      String key = run + " " + file;
      LocalFile present = COPIES.get(key);
      if (present == null) {
        removeEarlier(run);
        present = new LocalFile(run, download(file, files));
        COPIES.put(key, present);
      }
      present.users++;
      return new Lease(present.copy, present);
    }
  }

  private static void removeEarlier(String run) throws IOException {
    var copies = COPIES.values().iterator();
    while (copies.hasNext()) {
      LocalFile copy = copies.next();
      if (copy.users == 0 && !copy.run.equals(run)) {
        Files.deleteIfExists(copy.copy);
        copies.remove();
      }
    }
  }

  private static Path download(org.apache.hadoop.fs.Path file, RawFiles files) throws IOException {
    long length = files.length(file);
    Path copy = Files.createTempFile("spark-mto-", "-" + file.getName());
    copy.toFile().deleteOnExit();
    long free = Files.getFileStore(copy).getUsableSpace();
    if (free < length) {
      Files.delete(copy);
      throw PreprocessingException.failed(
          file
              + " has "
              + length
              + " bytes, and a copy on a local disk is needed; "
              + copy.getParent()
              + " has room for "
              + free
              + ": point java.io.tmpdir of driver and executors to a larger disk");
    }
    LOG.info("copying {} ({} bytes) to {}", file, length, copy);
    try (InputStream in = files.open(file)) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(copy);
      throw e;
    }
    return copy;
  }
}
