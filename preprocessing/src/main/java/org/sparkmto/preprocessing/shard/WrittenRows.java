package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.conf.HadoopParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;

/** The rows of one Parquet file that this program has written, in its order. */
public final class WrittenRows {
  private WrittenRows() {}

  /**
   * Opens a file; the checksums of its pages are verified.
   *
   * @return its rows, to be closed
   * @throws IOException if it cannot be opened
   * @throws RuntimeException if it is no sound Parquet file
   */
  public static ParquetReader<Group> open(Path file, Configuration hadoop) throws IOException {
    return new OfGroups(HadoopInputFile.fromPath(file, hadoop), hadoop)
        .usePageChecksumVerification()
        .build();
  }

  /**
   * The public builders begin with a configuration of their own, for which Hadoop looks for its
   * files in every jar of the class path; that took longer than reading a small shard.
   */
  private static final class OfGroups extends ParquetReader.Builder<Group> {
    OfGroups(InputFile file, Configuration hadoop) {
      super(file, new HadoopParquetConfiguration(hadoop));
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }
}
