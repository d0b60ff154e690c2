package org.sparkmto.experiment;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.sparkmto.training.TrainingConfiguration;

/**
 * The runs of a comparison: which configuration each method has, and where it lies.
 *
 * @param configuration of every run, but for its method and its directory
 * @param root directory of the comparison
 */
record ComparedRuns(Config configuration, String root) {
  /** Folder of the runs that are compared. */
  static final String RUNS = "runs";

  /** Folder among them of the single-task networks. */
  static final String SINGLE = "single-task";

  /** Folder of the short runs that check the methods. */
  static final String CHECKS = "checks";

  /**
   * A configuration with another method and directory.
   *
   * @throws org.sparkmto.options.ConfigurationException if it is wrong
   */
  static TrainingConfiguration training(
      Config configuration, NamedOptions method, String directory) {
    return TrainingConfiguration.of(
        method
            .toConfig("method")
            .withFallback(configuration.withoutPath("method"))
            .withValue("run.directory", ConfigValueFactory.fromAnyRef(directory)));
  }

  /** The folder of a method's run: its name and options, with nothing that a path minds. */
  static String folder(NamedOptions method) {
    return method.toString().replaceAll("[^A-Za-z0-9.-]+", "_").replaceAll("_$", "");
  }

  /** A configuration for what does not depend on the method. */
  TrainingConfiguration any() {
    return training(configuration, new NamedOptions("ew", Map.of()), root);
  }

  /** The run of a method. */
  TrainingConfiguration of(NamedOptions method) {
    return training(configuration, method, place(RUNS, folder(method)));
  }

  /** The runs of a method, one for each seed, or the only one if none is named. */
  List<TrainingConfiguration> of(NamedOptions method, List<Long> seeds) {
    TrainingConfiguration only = of(method);
    return seeds.isEmpty() ? List.of(only) : seeds.stream().map(only::seeded).toList();
  }

  /** Single-task networks of the same configuration. */
  TrainingConfiguration single() {
    return training(configuration, new NamedOptions("ew", Map.of()), place(RUNS, SINGLE));
  }

  /** A place in the comparison's directory. */
  String place(String... names) {
    Path path = new Path(root);
    for (String name : names) {
      path = new Path(path, name);
    }
    return path.toString();
  }
}
