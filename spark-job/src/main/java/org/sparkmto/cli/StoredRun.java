package org.sparkmto.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.report.RunFiles;
import org.sparkmto.training.RunDirectory;

/** The files of a run on whatever storage it lies. */
final class StoredRun {
  private StoredRun() {}

  /**
   * Those of a directory.
   *
   * @param run as the user named it
   */
  static RunFiles of(String run, Configuration hadoop) {
    Path directory = new Path(RunDirectory.of(run, hadoop).name());
    return new RunFiles() {
      @Override
      public String label() {
        return run;
      }

      @Override
      public List<String> names() throws IOException {
        FileSystem files = directory.getFileSystem(hadoop);
        if (!files.exists(directory)) {
          throw new ConfigurationException(run + ": there is no such run");
        }
        return Arrays.stream(files.listStatus(directory))
            .filter(FileStatus::isFile)
            .map(status -> status.getPath().getName())
            .toList();
      }

      @Override
      public InputStream open(String name) throws IOException {
        return directory.getFileSystem(hadoop).open(new Path(directory, name));
      }
    };
  }
}
