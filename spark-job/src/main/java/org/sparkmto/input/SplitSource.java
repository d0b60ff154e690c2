package org.sparkmto.input;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ShardFile;

/**
 * Columns of a split of a data set.
 *
 * @param manifest the data set's manifest
 * @param root the data set's directory, on any file system that Hadoop knows
 * @param hadoop how to reach it
 * @param split name of the split
 * @param columns names of the columns to read; no other is read from the files
 */
public record SplitSource(
    DatasetManifest manifest, Path root, Configuration hadoop, String split, List<String> columns) {

  /**
   * @throws DataContractException if the manifest has no such split or column
   * @throws IllegalArgumentException if no column is named, or one twice
   */
  public SplitSource {
    columns = List.copyOf(columns);
    if (columns.isEmpty() || new HashSet<>(columns).size() < columns.size()) {
      throw new IllegalArgumentException("columns " + columns + " are none, or name one twice");
    }
    manifest.split(split);
    columns.forEach(manifest::column);
  }

  /** Rows of the split. */
  public long rows() {
    return manifest.split(split).rows();
  }

  /**
   * Looks once whether every shard is there and as long as the manifest says, so that a run can be
   * refused before it starts. It reads no shard.
   *
   * @throws DataContractException if a shard is missing or has another length
   * @throws UncheckedIOException if the storage does not answer
   */
  public void check() {
    for (ShardFile file : manifest.split(split).files()) {
      status(file);
    }
  }

  FileStatus status(ShardFile file) {
    Path path = path(file);
    FileStatus status;
    try {
      status = path.getFileSystem(hadoop).getFileStatus(path);
    } catch (FileNotFoundException e) {
      throw new DataContractException(
          "shard "
              + path
              + " is missing, but the manifest lists it; restore it or preprocess again",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("shard " + path + " cannot be reached: " + e.getMessage(), e));
    }
    if (status.getLen() != file.bytes()) {
      throw new DataContractException(
          "shard %s has %d bytes, but the manifest says %d; it was changed or cut off, restore it or"
                  .formatted(path, status.getLen(), file.bytes())
              + " preprocess again");
    }
    return status;
  }

  Path path(ShardFile file) {
    return new Path(root, file.path());
  }

  Layout layout() {
    return Layout.of(manifest.split(split));
  }

  List<Column> columnsRead() {
    return columns.stream().map(manifest::column).toList();
  }

  /** Refuses batches whose columns do not fit into an array. */
  void checkBatch(int samples) {
    for (Column column : columnsRead()) {
      if ((long) samples * column.bytes() > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "%d samples of column '%s' take %d bytes each, more than 2 GiB together; reduce the batch"
                .formatted(samples, column.name(), column.bytes()));
      }
    }
  }
}
