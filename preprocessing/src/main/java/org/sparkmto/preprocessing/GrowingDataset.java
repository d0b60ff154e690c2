package org.sparkmto.preprocessing;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/** A raw data set that may have new samples later, which are added to the shards of it. */
public interface GrowingDataset extends RawDataset {

  /** Options that may be other ones when samples are added: where they are, not what they are. */
  Set<String> freeOptions();

  /** Columns of shards whose content the lists say, so that a change is seen without decoding. */
  List<String> listedColumns();

  /**
   * What the lists say of a sample.
   *
   * @param length bytes of all listed columns together
   * @return the bytes of these columns, one after the other
   */
  byte[] listed(RawSample sample, int length) throws IOException;

  /**
   * Reads the lists again.
   *
   * @param present by identity, the split of every sample that the shards hold; those samples that
   *     are listed still come in these splits, and others do not change them
   * @throws PreprocessingException as by {@link RawDataset#list}; or if it cannot be known in which
   *     split a new sample may be
   * @throws IOException if the storage failed
   */
  RawContents list(Path root, RawFiles files, Map<String, String> present) throws IOException;

  @Override
  default RawContents list(Path root, RawFiles files) throws IOException {
    return list(root, files, Map.of());
  }
}
