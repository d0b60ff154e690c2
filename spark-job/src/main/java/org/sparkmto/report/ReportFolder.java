package org.sparkmto.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a report goes. A caller with another file system implements this method. */
@FunctionalInterface
public interface ReportFolder {

  /** Creates or replaces a file; the writer closes it. */
  OutputStream create(String name) throws IOException;

  /** A directory of this machine, created if it is not there. */
  static ReportFolder of(Path directory) {
    return name -> {
      Files.createDirectories(directory);
      return Files.newOutputStream(directory.resolve(name));
    };
  }
}
