package org.sparkmto.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.configuration.DocumentedKeys;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.SingleTaskBaselines;
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

  @Option(
      names = "--seeds",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "N[,N...]",
      description = {
        "Train once with each of these seeds, into seed-N below the run's directory;",
        "`evaluate` gives their mean and standard deviation. Default: run.seed, once."
      })
  private List<Long> seeds = new ArrayList<>();

  @Option(names = "--resume", description = "Go on from the newest checkpoint of the run.")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description = {
        "Start anew, and first delete what an earlier run left in its directory. Refused where",
        "the directory is no run's, or holds files that no run writes."
      })
  private boolean overwrite;

  @Option(
      names = "--break-lease",
      description = {
        "Take the run's directory from another process that is gone for good, although this",
        "cannot be seen from here. A run that loses its directory so ends at its next checkpoint."
      })
  private boolean breakLease;

  @Option(names = "--keys", description = "Print all configuration keys with their defaults.")
  private boolean keys;

  @Option(
      names = "--print-config",
      description =
          "Print the configuration as resolved, which --config reads, and do nothing else.")
  private boolean printConfig;

  @Option(
      names = "--dry-run",
      description = {
        "Print the configuration as resolved, the sizes of network, batches and steps and the",
        "memory of a rank and of the driver; refuse what a run would refuse; write nothing."
      })
  private boolean dryRun;

  @Override
  Work prepare() {
    if (keys) {
      return () -> System.out.print(DocumentedKeys.hocon());
    }
    if (resume && overwrite) {
      throw new ConfigurationException("--resume and --overwrite contradict each other");
    }
    Config config = settings.ofRun(line -> System.err.println("note: " + line));
    boolean one = ONE.equals(tasks);
    if (tasks != null && !one) {
      List<String> names = Arrays.asList(tasks.split(",", -1));
      config = config.withValue("data.tasks", ConfigValueFactory.fromIterable(names));
    }
    TrainingConfiguration configuration = TrainingConfiguration.of(config);
    if (Set.copyOf(seeds).size() < seeds.size()) {
      throw new ConfigurationException("--seeds names a seed twice");
    }
    if (one && !seeds.isEmpty() && configuration.baselines().isPresent()) {
      throw new ConfigurationException(
          "baselines.directory holds one network for each task and configuration, whatever the"
              + " seed; leave --seeds out");
    }
    List<TrainingConfiguration> runs =
        seeds.isEmpty()
            ? List.of(configuration)
            : seeds.stream().map(configuration::seeded).toList();
    if (printConfig) {
      return () -> System.out.print(configuration.render());
    }
    TrainingRun.Start start =
        resume
            ? TrainingRun.Start.RESUME
            : overwrite ? TrainingRun.Start.OVERWRITE : TrainingRun.Start.NEW;
    return () -> {
      Configuration hadoop = spark.hadoop();
      for (TrainingConfiguration run : runs) {
        if (dryRun && one) {
          SingleTaskBaselines.dryRun(run, start, hadoop, System.out);
        } else if (dryRun) {
          TrainingRun.dryRun(run, start, hadoop, System.out);
        } else if (one) {
          SingleTaskBaselines.check(run, start, hadoop);
        } else {
          TrainingRun.check(run, start, hadoop);
        }
      }
      if (dryRun) {
        return;
      }
      String name = "spark-mto train " + new Path(configuration.runDirectory()).getName();
      try (SparkSession session = spark.openForTraining(name)) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
        for (TrainingConfiguration run : runs) {
          if (one) {
            SingleTaskBaselines.train(context, run, start, breakLease, System.out);
          } else {
            TrainingRun.run(context, run, start, breakLease, System.out);
          }
        }
      }
    };
  }
}
