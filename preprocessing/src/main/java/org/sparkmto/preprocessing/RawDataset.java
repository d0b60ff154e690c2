package org.sparkmto.preprocessing;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * A raw data set's layout. To add a data set, implement this in one class and register the class by
 * its name; nothing else has to change.
 */
public interface RawDataset {

  /** One line for people: what it is, which tasks, where the raw data come from. */
  String summary();

  /** What a user may choose, in the order of the help. {@code size} is an option of every set. */
  List<DatasetOption> options();

  /**
   * Reads the lists of the data set, on the driver.
   *
   * @param root the directory that the user named
   * @param files access to it, and to nothing outside of it
   * @param options what the user chose
   * @throws PreprocessingException if the directory does not hold this layout, the message says
   *     which files were looked for; or an option is not possible
   * @throws IOException if the storage failed
   */
  RawContents list(Path root, RawFiles files, DatasetOptions options) throws IOException;
}
