package org.sparkmto.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.config.ConfigurationException;
import org.sparkmto.training.SingleTaskBaselines;
import org.sparkmto.training.TrainingConfiguration;
import org.sparkmto.training.TrainingRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a network. */
@Command(
    name = "train",
    description = {
      "Trains one network for many tasks with a multi-task optimisation method.",
      "Leaves checkpoints, metrics.jsonl and the model in the run's directory."
    },
    footer = {
      "%nExample:",
      "  spark-mto train --config conf/multi-fashion.conf --set method.name=imtl \\",
      "      --set run.directory=runs/imtl",
      "%nEvery key with its meaning and default: spark-mto train --keys"
    })
final class TrainCommand extends SubCommand {
  private static final String ONE = "one";

  @Mixin private SparkOptions spark;
  @Mixin private ConfigurationOptions settings;

  @Option(
      names = "--tasks",
      paramLabel = "NAMES",
      description = {
        "Train these tasks only, separated by commas; same as data.tasks.",
        "'one' trains a network of its own for every task, one after the other: the",
        "single-task baselines that Delta_m compares with."
      })
  private String tasks;

  @Option(names = "--resume", description = "Go on from the newest checkpoint of the run.")
  private boolean resume;

  @Option(names = "--overwrite", description = "Delete what the run's directory holds first.")
  private boolean overwrite;

  @Option(names = "--keys", description = "Print all configuration keys with their defaults.")
  private boolean keys;

  @Override
  Work prepare() {
    if (keys) {
      return () -> System.out.print(TrainingConfiguration.documentedDefaults());
    }
    if (resume && overwrite) {
      throw new ConfigurationException("--resume and --overwrite contradict each other");
    }
    Config config = settings.config();
    boolean one = ONE.equals(tasks);
    if (tasks != null && !one) {
      List<String> names = Arrays.asList(tasks.split(",", -1));
      config = config.withValue("data.tasks", ConfigValueFactory.fromIterable(names));
    }
    TrainingConfiguration configuration = TrainingConfiguration.of(config);
    TrainingRun.Start start =
        resume
            ? TrainingRun.Start.RESUME
            : overwrite ? TrainingRun.Start.OVERWRITE : TrainingRun.Start.NEW;
    return () -> {
      try (SparkSession session = spark.openForTraining("spark-mto train")) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
        if (one) {
          SingleTaskBaselines.train(context, configuration, start, System.out);
        } else {
          TrainingRun.run(context, configuration, start, System.out);
        }
      }
    };
  }
}
