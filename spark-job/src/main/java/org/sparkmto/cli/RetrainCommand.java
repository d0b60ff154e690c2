package org.sparkmto.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.retraining.Retraining;
import org.sparkmto.retraining.RetrainingEvent;
import org.sparkmto.training.StoppedException;
import org.sparkmto.training.TrainingConfiguration;
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
      "      --set retrain.directory=retrainings",
      "%nKeys: section retrain of spark-mto train --keys. See docs/retraining.md."
    })
final class RetrainCommand extends SubCommand {
  private static final String DIRECTORY = "retrain.directory";
  private static final String DATA = "retrain.data";
  private static final String DATA_SET = "data.directory";

  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;
  @Mixin private ConfigurationOptions settings;

  @Option(
      names = "--run-id",
      required = true,
      paramLabel = "ID",
      description =
          "Names this retraining; the scheduler's, such as a date. One decision for each.")
  private String run;

  @Option(
      names = "--break-lease",
      description = {
        "Take the directory from another process that is gone for good, although this cannot",
        "be seen from here."
      })
  private boolean breakLease;

  @Override
  Work prepare() {
    PrintWriter err = spec.commandLine().getErr();
    Config config = settings.ofRun(line -> err.println("note: " + line));
    TrainingConfiguration configuration =
        TrainingConfiguration.of(with(with(config, "run.directory", DIRECTORY), DATA_SET, DATA));
    return () -> {
      Configuration hadoop = spark.hadoop();
      Optional<RetrainingEvent> before = Retraining.decided(configuration, run, hadoop);
      end(before.isPresent() ? before.get() : decide(configuration, hadoop, err));
    };
  }

  /** Gives a key that `train` must have the value of another, which takes its place here. */
  private static Config with(Config config, String key, String other) {
    return config.hasPath(key) || !config.hasPath(other)
        ? config
        : config.withValue(key, ConfigValueFactory.fromAnyRef(config.getString(other)));
  }

  private RetrainingEvent decide(
      TrainingConfiguration configuration, Configuration hadoop, PrintWriter err)
      throws InterruptedException, IOException {
    try (Retraining retraining =
        Retraining.open(
            configuration,
            run,
            breakLease,
            hadoop,
            line -> {
              err.println(line);
              err.flush();
            })) {
      Optional<RetrainingEvent> decided = retraining.prepare();
      if (decided.isPresent()) {
        return decided.get();
      }
      try (SparkSession session = spark.openForTraining("spark-mto retrain " + run)) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
        return retraining.run(context, System.err);
      }
    } catch (StoppedException e) {
      err.println("note: retrain goes on by the same command as it is, without --resume");
      throw e;
    }
  }

  private void end(RetrainingEvent event) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(event.toJson());
    out.flush();
    switch (event.outcome()) {
      case PROMOTED -> endWith(ExitCode.DONE);
      case KEPT -> endWith(ExitCode.KEPT);
      case NOTHING_NEW -> endWith(ExitCode.NOTHING_NEW);
      default -> throw new IllegalStateException("a way back is no decision about a run");
    }
  }
}
