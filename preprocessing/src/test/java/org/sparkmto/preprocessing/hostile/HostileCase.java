package org.sparkmto.preprocessing.hostile;

import java.io.IOException;
import java.nio.file.Path;

/**
 * One attack on a sound raw data set.
 *
 * @param dataset the reader that meets it
 * @param kind of attack, the same over all readers
 * @param name unique within the data set
 * @param harm what is done to a copy of the sound data
 */
record HostileCase(String dataset, String kind, String name, Harm harm) {

  /** Changes a raw data set for the worse. */
  interface Harm {
    /**
     * @param root of the raw data
     */
    void on(Path root) throws IOException;
  }

  /** Changes one file for the worse. */
  interface FileHarm {
    void on(Path file) throws IOException;
  }
}
