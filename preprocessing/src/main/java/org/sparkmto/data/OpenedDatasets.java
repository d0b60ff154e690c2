package org.sparkmto.data;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * Data sets that are opened once, however often they are asked for: opening one looks at every
 * shard, which an object store answers one by one. For what lasts so short that nobody changes them
 * meanwhile. Not thread-safe.
 */
public final class OpenedDatasets {
  private final Configuration hadoop;
  private final Map<String, DatasetDirectory> opened = new HashMap<>();

  /** None yet. */
  public OpenedDatasets(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * A data set, as it was when it was asked for first.
   *
   * @throws DataContractException as {@link DatasetDirectory#open}
   */
  public DatasetDirectory open(String directory) {
    return opened.computeIfAbsent(directory, name -> DatasetDirectory.open(name, hadoop));
  }
}
