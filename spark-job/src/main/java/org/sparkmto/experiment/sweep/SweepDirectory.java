package org.sparkmto.experiment.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.RunDirectory;

/** The directory of a sweep, which only an equal one may go on with. */
final class SweepDirectory {
  private static final String IDENTITY = "sweep.conf";

  private final RunDirectory out;
  private final Configuration hadoop;
  private final String identity;

  SweepDirectory(
      RunDirectory out, Configuration hadoop, TrainingConfiguration any, DatasetManifest data) {
    this.out = out;
    this.hadoop = hadoop;
    identity = identity(any, data);
  }

  /** What two sweeps have in common if one can go on with the other: all but the axes. */
  private static String identity(TrainingConfiguration any, DatasetManifest data) {
    StringBuilder identity = new StringBuilder();
    data.splits()
        .forEach((name, split) -> identity.append("# " + name + ": " + split.digest() + "\n"));
    return identity.append(any.render()).toString();
  }

  /**
   * Refuses a directory that holds something else.
   *
   * @throws ConfigurationException if it does
   */
  void refuseOther(boolean overwrite) {
    Optional<String> before = out.read(IDENTITY);
    if (before.isEmpty() && out.exists()) {
      throw new ConfigurationException(
          out.name() + " is not empty and not the directory of a sweep; give another one");
    }
    if (before.isPresent() && !overwrite && !before.get().equals(identity)) {
      throw new ConfigurationException(
          out.name()
              + " holds a sweep of another configuration or data set; give another directory, or"
              + " --overwrite to delete it");
    }
  }

  /** Makes it ready for the runs; what an equal sweep has left there is kept. */
  void begin(boolean overwrite) {
    refuseOther(overwrite);
    if (overwrite && out.read(IDENTITY).isPresent()) {
      delete();
    }
    out.write(IDENTITY, identity);
  }

  private void delete() {
    Path path = new Path(out.name());
    try {
      path.getFileSystem(hadoop).delete(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + path + ": " + e.getMessage(), e);
    }
  }
}
