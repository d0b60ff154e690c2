package org.sparkmto.preprocessing;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * A raw data set's layout, with what a user chose of its options. To add a data set, implement this
 * in one class, declare its {@link #entry entry} there and put that into the list of {@code
 * RawDatasets}; nothing else has to change.
 */
public interface RawDataset {

  /** What entries of raw data sets are, as messages name it. */
  String KIND = "raw data set";

  /**
   * Declares a data set.
   *
   * @param name how a command line names it
   * @param summary one line for people: what it is, which tasks, where the raw data come from
   * @param options what a user may choose, in the order of the help; {@code size} is one of every
   *     set
   * @param factory makes it of its options; it may refuse options that contradict each other, with
   *     a {@link PreprocessingException}
   */
  static Entry<RawDataset> entry(
      String name,
      String summary,
      List<Option> options,
      Function<Options, ? extends RawDataset> factory) {
    return new Entry<>(KIND, name, summary, options, factory);
  }

  /**
   * Reads the lists of the data set, on the driver.
   *
   * @param root the directory that the user named
   * @param files access to it, and to nothing outside of it
   * @throws PreprocessingException if the directory does not hold this layout, the message says
   *     which files were looked for; or an option does not fit what is there
   * @throws IOException if the storage failed
   */
  RawContents list(Path root, RawFiles files) throws IOException;
}
