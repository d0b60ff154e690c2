package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.sparkmto.data.Column;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.shard.ShardPlan.RankedSample;

/**
 * What a written file really holds.
 *
 * @param path relative to the data set
 * @param bytes its length
 * @param sha256 of the file
 * @param rowGroups rows of each row group, from the footer
 * @param digest of its rows
 * @param totals for statistics
 * @param leftOut planned samples that it does not hold
 */
record ShardInspection(
    String path,
    long bytes,
    String sha256,
    List<Integer> rowGroups,
    BigInteger digest,
    ShardTotals totals,
    List<RawSample> leftOut)
    implements Serializable {

  /**
   * A file to look at.
   *
   * @param path relative to the data set
   * @param location where it is
   * @param plan what it should hold
   */
  record Candidate(String path, String location, ShardPlan plan) implements Serializable {}

  /**
   * Reads a file.
   *
   * @throws PreprocessingException if its rows are not the planned ones in the planned order,
   *     except for samples that are left out
   */
  static ShardInspection of(
      Candidate candidate, List<Column> columns, List<Task> tasks, Configuration hadoop)
      throws IOException {
    Path file = new Path(candidate.location());
    ContentDigest digest = new ContentDigest();
    ShardTotals totals = new ShardTotals(columns, tasks);
    List<RawSample> leftOut = new ArrayList<>();
    List<RankedSample> planned = candidate.plan().samples();
    int position = 0;
    Configuration checking = new Configuration(hadoop);
    checking.setBoolean("parquet.page.verify-checksum.enabled", true);
    try (ParquetReader<Group> rows =
        ParquetReader.builder(new GroupReadSupport(), file).withConf(checking).build()) {
      Group row;
      while ((row = rows.read()) != null) {
        String id = row.getString(Shards.SAMPLE_ID, 0);
        while (position < planned.size() && !planned.get(position).sample().id().equals(id)) {
          leftOut.add(planned.get(position++).sample());
        }
        if (position == planned.size()
            || planned.get(position).rank() != row.getLong(Shards.RANK, 0)) {
          throw PreprocessingException.failed(
              candidate.location() + " holds sample " + id + " twice or out of order");
        }
        position++;
        List<byte[]> content = new ArrayList<>(columns.size());
        for (Column column : columns) {
          content.add(row.getBinary(column.name(), 0).getBytes());
        }
        digest.add(id, content);
        totals.add(id, columns, tasks, content);
      }
    }
    while (position < planned.size()) {
      leftOut.add(planned.get(position++).sample());
    }
    List<Integer> rowGroups = rowGroups(file, hadoop);
    int kept = planned.size() - leftOut.size();
    if (rowGroups.stream().mapToLong(Integer::longValue).sum() != kept) {
      throw PreprocessingException.failed(
          candidate.location() + " announces row groups of " + rowGroups + " and holds " + kept);
    }
    FileSystem files = file.getFileSystem(hadoop);
    return new ShardInspection(
        candidate.path(),
        files.getFileStatus(file).getLen(),
        sha256(file, files),
        rowGroups,
        digest.sum(),
        totals,
        leftOut);
  }

  private static List<Integer> rowGroups(Path file, Configuration hadoop) throws IOException {
    List<Integer> rows = new ArrayList<>();
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, hadoop))) {
      for (BlockMetaData block : reader.getRowGroups()) {
        if (block.getRowCount() > 0) {
          rows.add(Math.toIntExact(block.getRowCount()));
        }
      }
    }
    return rows;
  }

  private static String sha256(Path file, FileSystem files) throws IOException {
    MessageDigest sha256 = ContentDigest.sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = files.open(file)) {
      int read;
      while ((read = in.read(buffer)) >= 0) {
        sha256.update(buffer, 0, read);
      }
    }
    return ContentDigest.hex(sha256.digest());
  }
}
