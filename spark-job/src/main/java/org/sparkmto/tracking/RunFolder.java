package org.sparkmto.tracking;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.sparkmto.report.RunFiles;

/** The directory of the run that is tracked, wherever it is stored. */
public interface RunFolder {
  /** Names of the files directly in it. */
  List<String> names() throws IOException;

  /** Opens a file of it. */
  InputStream open(String name) throws IOException;

  /** As a report reads it. */
  default RunFiles forReport(String label) {
    RunFolder folder = this;
    return new RunFiles() {
      @Override
      public String label() {
        return label;
      }

      @Override
      public List<String> names() throws IOException {
        return folder.names();
      }

      @Override
      public InputStream open(String name) throws IOException {
        return folder.open(name);
      }
    };
  }
}
