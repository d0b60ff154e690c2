package org.sparkmto.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.retraining.RawArrival;
import org.sparkmto.retraining.Retraining;
import org.sparkmto.retraining.RetrainingEvent;
import org.sparkmto.training.StoppedException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains anew from the promoted model, and promotes the new one if it is better. */
@Command(
    name = "retrain",
    description = {
      "Trains a new model from the promoted one and promotes it if a rule holds.",
      "For a scheduler: prints the decision as JSON, the rest goes to stderr. The same command",
      "again goes on where it was interrupted; once it has decided, it prints the decision again.",
      "Exit codes: 0 promoted, 3 kept, 4 no new data, 1 failed, 2 wrong usage or in use."
    },
    footer = {
      "%nExample:",
      "  spark-mto retrain --config nightly.conf --run-id 2026-11-29 \\",
      "      --raw photos --raw-config tasks.conf --set retrain.directory=retrainings",
      "%nKeys: section retrain of spark-mto train --keys. See docs/retraining.md."
    })
final class RetrainCommand extends SubCommand {
  private static final String DIRECTORY = "retrain.directory";
  private static final String DATA = "retrain.data";
  private static final String DATA_SET = "data.directory";

  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;
  @Mixin private ConfigurationOptions settings;
  @Mixin private LeaseOption lease;

  @Option(
      names = "--run-id",
      required = true,
      paramLabel = "ID",
      description =
          "Names this retraining; the scheduler's, such as a date. One decision for each.")
  private String run;

  @Option(
      names = "--raw",
      paramLabel = "DIR",
      description = {
        "Own data, whose new samples are first added to the data set of data.directory, as",
        "`preprocess own --append` does. Makes the data set if it is not there."
      })
  private String raw;

  @Option(
      names = "--raw-config",
      paramLabel = "FILE",
      description = "For --raw: table and tasks, the --config of `preprocess own`.")
  private Path rawConfig;

  @Option(
      names = "--exit-zero",
      description = {
        "Return 0 for every decision, for schedulers that take any other code for a failure;",
        "the JSON says which it was."
      })
  private boolean exitZero;

  @Override
  Work prepare() {
    PrintWriter err = spec.commandLine().getErr();
    Config config = settings.ofRun(line -> err.println("note: " + line));
    TrainingConfiguration configuration =
        TrainingConfiguration.of(with(with(config, "run.directory", DIRECTORY), DATA_SET, DATA));
    if ((raw == null) != (rawConfig == null)) {
      throw new ConfigurationException("--raw and --raw-config go together; give both or none");
    }
    Config options =
        raw == null
            ? ConfigFactory.empty()
            : ConfigurationOptions.ofFile("--raw-config", rawConfig);
    return () -> {
      Configuration hadoop = spark.hadoop();
      Optional<RetrainingEvent> before = Retraining.decided(configuration, run, hadoop);
      if (before.isPresent()) {
        end(before.get());
      } else if (raw == null) {
        end(decide(configuration, hadoop, Optional.empty()));
      } else {
        RawArrival arrival = RawArrival.of(raw, options, configuration, hadoop);
        try (SparkSession session = open()) {
          arrival.add(session, this::say);
          end(decide(configuration, hadoop, Optional.of(session)));
        }
      }
    };
  }

  private SparkSession open() {
    return spark.openForTraining("spark-mto retrain " + run);
  }

  private void say(String line) {
    lines(spec.commandLine().getErr()).accept(line);
  }

  /** Gives a key that `train` must have the value of another, which takes its place here. */
  private static Config with(Config config, String key, String other) {
    return config.hasPath(key) || !config.hasPath(other)
        ? config
        : config.withValue(key, ConfigValueFactory.fromAnyRef(config.getString(other)));
  }

  /** Decides, with a Spark that is there or with one of its own, should it need any. */
  private RetrainingEvent decide(
      TrainingConfiguration configuration, Configuration hadoop, Optional<SparkSession> there)
      throws InterruptedException, IOException {
    try (Retraining retraining =
        Retraining.open(configuration, run, lease.isBroken(), hadoop, this::say)) {
      Optional<RetrainingEvent> decided = retraining.prepare();
      if (decided.isPresent()) {
        return decided.get();
      }
      if (there.isPresent()) {
        return decide(retraining, there.get());
      }
      try (SparkSession session = open()) {
        return decide(retraining, session);
      }
    } catch (StoppedException e) {
      say("note: retrain goes on by the same command as it is, without --resume");
      throw e;
    }
  }

  private static RetrainingEvent decide(Retraining retraining, SparkSession session)
      throws InterruptedException {
    return retraining.run(JavaSparkContext.fromSparkContext(session.sparkContext()), System.err);
  }

  private void end(RetrainingEvent event) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(event.toJson());
    out.flush();
    if (exitZero) {
      return;
    }
    switch (event.outcome()) {
      case PROMOTED -> endWith(ExitCode.DONE);
      case KEPT -> endWith(ExitCode.KEPT);
      case NOTHING_NEW -> endWith(ExitCode.NOTHING_NEW);
      default -> throw new IllegalStateException("a way back is no decision about a run");
    }
  }
}
