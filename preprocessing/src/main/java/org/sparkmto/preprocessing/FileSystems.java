package org.sparkmto.preprocessing;

import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Hadoop's file systems by path. Hadoop itself asks at each search who the user is, for which the
 * JVM walks over all callers; raw files lie in one file system, and reading one asks often.
 */
final class FileSystems {
  private final Configuration configuration;

  /** Where the last path lay. */
  private volatile FileSystem last;

  FileSystems(Configuration configuration) {
    this.configuration = configuration;
  }

  FileSystem of(Path path) throws IOException {
    FileSystem found = last;
    if (found == null || !holds(found.getUri(), path.toUri())) {
      found = path.getFileSystem(configuration);
      last = found;
    }
    return found;
  }

  private static boolean holds(URI fileSystem, URI path) {
    return path.getScheme() != null
        && path.getScheme().equals(fileSystem.getScheme())
        && Objects.equals(path.getAuthority(), fileSystem.getAuthority());
  }
}
