package org.sparkmto.preprocessing;

import java.io.IOException;
import java.util.OptionalInt;
import org.apache.hadoop.fs.Path;

/**
 * A raw data set's layout. To add a data set, implement this in one class and register the class by
 * its name; nothing else has to change.
 */
@FunctionalInterface
public interface RawDataset {

  /**
   * Reads the lists of the data set, on the driver.
   *
   * @param root the directory that the user named
   * @param files access to it
   * @param imageSize height and width of the stored images; without it, the data set's usual size
   * @throws PreprocessingException if the directory does not hold this layout; the message says
   *     which files were looked for
   * @throws IOException if the storage failed
   */
  RawContents list(Path root, RawFiles files, OptionalInt imageSize) throws IOException;
}
