package org.sparkmto.training;

import java.time.Duration;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.DeviceChoice;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.options.ConfigurationException;

/**
 * The application of {@link org.sparkmto.cluster.StandaloneClusterIT} that trains on executors with
 * GPUs. Arguments: a data set, and where the runs go. Of what is refused it prints why.
 */
public final class GpuRuns {
  private static final String TRAINING =
      """
      network { name = small-conv, width = 2, features = 6, hidden = 5 }
      training { steps = 4, batch = 24 }
      schedule.rate = 0.05
      data.validation = ""
      """;

  private GpuRuns() {}

  public static void main(String[] arguments) throws InterruptedException {
    String data = arguments[0];
    String runs = arguments[1];
    // Other tasks need no GPU, and each reserves all cores of the executor.
    try (JavaSparkContext spark = open(Map.of("spark.task.cpus", "2"))) {
      GpuTasks.of(spark, DeviceChoice.AUTO)
          .profile()
          .ifPresent(profile -> System.out.println("profile " + profile.taskResourcesJMap()));
      train(spark, data, runs + "/profile", "");
      train(spark, data, runs + "/refused", "cluster.device = cuda");
      train(spark, data, runs + "/cpu", "cluster.device = cpu");
      GpuTasks gpus = GpuTasks.of(spark, DeviceChoice.AUTO);
      try {
        new Cluster(spark).ranks(3, gpus, Duration.ofSeconds(1));
      } catch (ConfigurationException e) {
        System.out.println("three ranks refused: " + e.getMessage());
      }
    }
    try (JavaSparkContext spark = open(Map.of(GpuTasks.PER_TASK, "1"))) {
      System.out.println("plain " + GpuTasks.of(spark, DeviceChoice.AUTO).profile());
      train(spark, data, runs + "/plain", "cluster.ranks = 2");
    }
  }

  private static JavaSparkContext open(Map<String, String> settings) {
    SparkConf conf = new SparkConf().setAppName("runs with GPUs");
    settings.forEach(conf::set);
    Cluster.prepare(conf);
    return new JavaSparkContext(conf);
  }

  private static void train(JavaSparkContext spark, String data, String run, String more)
      throws InterruptedException {
    try {
      TrainingRun.run(
          spark,
          TrainingConfiguration.parse(
              TRAINING
                  + "data.directory = \"%s\"%nrun.directory = \"%s\"%n".formatted(data, run)
                  + more),
          TrainingRun.Start.NEW,
          System.out);
    } catch (ConfigurationException | TrainingFailedException e) {
      System.out.println(run + " refused: " + e.getMessage());
    }
  }
}
