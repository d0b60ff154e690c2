package org.sparkmto.training;

import java.io.PrintStream;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.options.ConfigurationException;

/**
 * A training of which only the model is wanted: begun where there is none, gone on with where it
 * was interrupted, left alone where it is done.
 */
public final class TrainedOnce {
  private TrainedOnce() {}

  /**
   * Looks for the files that the network is made of; for those who make the data set only then.
   *
   * @throws ConfigurationException if one is neither where the configuration says nor kept by the
   *     run, or not what its digest says
   */
  public static void requireFiles(TrainingConfiguration configuration, Configuration hadoop) {
    NetworkScripts.named(configuration, true, hadoop);
  }

  /**
   * The model of a configuration in its run's directory, trained as far as it is not yet.
   *
   * @param replace whether the directory may hold the run of another configuration, other data or
   *     more steps, which is deleted then
   * @param console where progress is said
   * @throws ConfigurationException if the run cannot start as configured, or the directory holds
   *     another one that is not to be replaced
   * @throws org.sparkmto.data.DataContractException if there is no whole data set
   */
  public static TrainedModel of(
      JavaSparkContext spark,
      TrainingConfiguration configuration,
      boolean replace,
      PrintStream console)
      throws InterruptedException {
    Cluster.requirePrepared(spark.getConf());
    Configuration hadoop = spark.hadoopConfiguration();
    RunDirectory directory = RunDirectory.of(configuration.runDirectory(), hadoop);
    RunStart begin = new RunStart(RunPlan.of(configuration, true, hadoop), directory);
    begin.examine(TrainingRun.Start.RESUME);
    List<String> differences = begin.differences();
    if (!differences.isEmpty() && !replace) {
      throw new ConfigurationException(
          "%s holds another training: %s; name another directory, or overwrite it"
              .formatted(directory.name(), String.join("; ", differences)));
    }
    if (!differences.isEmpty() || !begin.isDone()) {
      TrainingRun.run(
          spark,
          configuration,
          differences.isEmpty() ? TrainingRun.Start.RESUME : TrainingRun.Start.OVERWRITE,
          console);
    }
    return TrainedModel.open(configuration.runDirectory(), hadoop);
  }
}
