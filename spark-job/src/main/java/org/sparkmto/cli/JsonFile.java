package org.sparkmto.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Option;

/** The option of a command that prints a table and writes it as JSON, too, where that is asked. */
final class JsonFile {
  @Option(names = "--json", paramLabel = "FILE", description = "Write the table as JSON, too.")
  private Path json;

  /**
   * Refuses what could not be written in the end.
   *
   * @throws ConfigurationException if its folder is not there
   */
  void check() {
    check(json);
  }

  /** The same of a file that may be null for none. */
  static void check(Path json) {
    if (json != null && !Files.isDirectory(json.toAbsolutePath().getParent())) {
      throw new ConfigurationException("--json " + json + ": there is no such directory");
    }
  }

  /** Writes the text if there is a file for it. */
  void write(Supplier<String> text) throws IOException {
    if (json != null) {
      Files.writeString(json, text.get());
    }
  }
}
