package org.sparkmto.data;

import java.util.List;

/**
 * A split of the data set. Sample {@code i} of the split is the {@code i}-th row in the order of
 * {@link #files}, row groups and rows; that order is part of the contract.
 *
 * @param name {@code train}, {@code val} or {@code test}
 * @param files in order
 * @param digest sum modulo 2^256 of the SHA-256 of every row's decoded content, hexadecimal: equal
 *     for equal content, however the rows are spread over files
 */
public record Split(String name, List<ShardFile> files, String digest) {
  public Split {
    files = List.copyOf(files);
  }

  /** Rows of the split. */
  public long rows() {
    return files.stream().mapToLong(ShardFile::rows).sum();
  }
}
