package org.sparkmto.preprocessing.parquet;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** The footer and the groups of rows of a Parquet file. */
public final class ParquetGroups {
  private ParquetGroups() {}

  /**
   * Opens a file. The reader's own choice of options is a configuration of its own, for which
   * Hadoop looks for its files in every jar of the class path; that takes longer than a footer.
   *
   * @return what reads it, to be closed
   * @throws IOException if it cannot be opened
   * @throws RuntimeException if it is no sound Parquet file
   */
  public static ParquetFileReader open(Path file, Configuration hadoop) throws IOException {
    return ParquetFileReader.open(
        HadoopInputFile.fromPath(file, hadoop), HadoopReadOptions.builder(hadoop).build());
  }
}
