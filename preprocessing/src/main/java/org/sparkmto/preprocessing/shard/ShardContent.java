package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.sparkmto.data.Column;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.preprocessing.parquet.ParquetGroups;

/**
 * The rows that one file of shards really holds.
 *
 * @param rowGroups rows of each row group that has any, from the footer
 * @param rows that were read
 * @param digest of the rows
 */
public record ShardContent(List<Integer> rowGroups, long rows, BigInteger digest)
    implements Serializable {

  /** Looks at rows, in the order of the file. */
  @FunctionalInterface
  public interface RowVisitor {
    /**
     * One row.
     *
     * @param content the bytes of every column, in the order of the columns
     */
    void row(String id, long rank, List<byte[]> content);
  }

  /**
   * Reads a file; the checksums of its pages are verified.
   *
   * @throws IOException if the storage fails, or the file is damaged where Parquet sees it
   * @throws RuntimeException if it is damaged in another way, or lacks a column
   */
  public static ShardContent read(
      Path file, List<Column> columns, Configuration hadoop, RowVisitor visitor)
      throws IOException {
    ContentDigest digest = new ContentDigest();
    long count = 0;
    try (ParquetReader<Group> rows = WrittenRows.open(file, hadoop)) {
      Group row;
      while ((row = rows.read()) != null) {
        String id = row.getString(Shards.SAMPLE_ID, 0);
        List<byte[]> content = content(row, columns);
        digest.add(id, content);
        visitor.row(id, row.getLong(Shards.RANK, 0), content);
        count++;
      }
    }
    return new ShardContent(rowGroups(file, hadoop), count, digest.sum());
  }

  /** The columns of a row. */
  public static List<byte[]> content(Group row, List<Column> columns) {
    List<byte[]> content = new ArrayList<>(columns.size());
    for (Column column : columns) {
      content.add(row.getBinary(column.name(), 0).getBytes());
    }
    return content;
  }

  private static List<Integer> rowGroups(Path file, Configuration hadoop) throws IOException {
    List<Integer> rows = new ArrayList<>();
    try (ParquetFileReader reader = ParquetGroups.open(file, hadoop)) {
      for (BlockMetaData block : reader.getRowGroups()) {
        if (block.getRowCount() > 0) {
          rows.add(Math.toIntExact(block.getRowCount()));
        }
      }
    }
    return rows;
  }
}
