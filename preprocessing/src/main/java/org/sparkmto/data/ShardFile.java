package org.sparkmto.data;

import java.util.List;

/**
 * One Parquet file of a split.
 *
 * @param path relative to the data set's directory, with forward slashes; never leaves it
 * @param bytes length of the file
 * @param sha256 digest of the file, lower-case hexadecimal
 * @param rowGroups rows of each row group, in file order
 */
public record ShardFile(String path, long bytes, String sha256, List<Integer> rowGroups) {
  public ShardFile {
    if (path.isBlank()
        || path.startsWith("/")
        || path.contains("\\")
        || path.contains(":")
        || List.of(path.split("/", -1)).contains("..")) {
      throw new DataContractException("shard path '" + path + "' leaves its data set");
    }
    if (bytes < 0) {
      throw new DataContractException("shard '" + path + "' has a negative length");
    }
    rowGroups = List.copyOf(rowGroups);
    for (int rows : rowGroups) {
      if (rows < 1) {
        throw new DataContractException("shard '" + path + "' has a row group of " + rows);
      }
    }
  }

  /** Rows of the file. */
  public long rows() {
    return rowGroups.stream().mapToLong(Integer::longValue).sum();
  }
}
