package org.sparkmto.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of one run directory, wherever it is stored. A caller with another file system
 * implements these three methods.
 */
public interface RunFiles {

  /** Where the run is stored, for messages. */
  String label();

  /** Names of the files directly in the run directory, in any order. */
  List<String> names() throws IOException;

  /** Opens a file whose name is among {@link #names}; the reader closes it. */
  InputStream open(String name) throws IOException;

  /** A directory of this machine. */
  static RunFiles of(Path directory) {
    return new RunFiles() {
      @Override
      public String label() {
        return directory.toString();
      }

      @Override
      public List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
          return files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList();
        }
      }

      @Override
      public InputStream open(String name) throws IOException {
        return Files.newInputStream(directory.resolve(name));
      }
    };
  }
}
