package org.sparkmto.cli;

import com.typesafe.config.Config;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.experiment.KillPlugin;
import org.sparkmto.experiment.Soak;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks for what grows. */
@Command(
    name = "soak",
    description = {
      "Trains for many steps in many segments, each of which begins from a checkpoint as after a"
          + " failure, and says",
      "whether memory, native objects, open files, threads or files of the run grow. With --master"
          + " local[2] ranks and",
      "driver are one process, and all of it is seen; on a cluster only the driver is. There"
          + " --kill-every kills executors,",
      "and the run has to end in the bits of one that nobody disturbs, which is made before it."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto bench soak --master local[2] --config conf/fashion-40.conf \\",
      "      --set network.name=small-conv --set training.batch=16 --out soak",
      "  deploy/standalone/submit bench soak --config conf/fashion-40.conf \\",
      "      --set network.name=small-conv --steps 6000 --kill-every 30 --out soak"
    })
final class BenchSoakCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private ConfigurationOptions configuration;
  @Mixin private SparkOptions spark;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Steps. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--segments",
      paramLabel = "N",
      defaultValue = "200",
      description = "Segments, each with a checkpoint at its end. Default: ${DEFAULT-VALUE}.")
  private int segments;

  @Option(
      names = "--kill-every",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = {
        "Kills an executor by kill -9 after so many seconds on average, at moments drawn from"
            + " run.seed. Default: none is."
      })
  private int killEvery;

  @Option(
      names = "--count",
      paramLabel = "DIR",
      split = ",",
      description = {
        "Folders of this machine whose files are counted, too, such as those that"
            + " executors work in and their",
        "temporary ones."
      })
  private List<Path> beside = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where soak.png, soak.csv and soak.log go, and the run; it must not be there.")
  private Path out;

  @Override
  Work prepare() {
    if (Files.exists(out)) {
      throw new ConfigurationException("--out " + out + " is there already");
    }
    if (killEvery < 0) {
      throw new ConfigurationException("--kill-every " + killEvery + " is no number of seconds");
    }
    for (Path folder : beside) {
      if (!Files.isDirectory(folder)) {
        throw new ConfigurationException("--count " + folder + " is no folder of this machine");
      }
    }
    Soak.Settings settings =
        new Soak.Settings(steps, segments, Duration.ofSeconds(killEvery), beside);
    Config run = configuration.ofRun(spec.commandLine().getErr()::println);
    return () -> {
      Files.createDirectories(out);
      PrintWriter console = spec.commandLine().getOut();
      try (SparkSession session =
          killEvery > 0
              ? spark.openForTraining("spark-mto bench soak", KillPlugin::prepare)
              : spark.openForTraining("spark-mto bench soak")) {
        Soak soak =
            Soak.run(
                JavaSparkContext.fromSparkContext(session.sparkContext()),
                run,
                out.toAbsolutePath(),
                settings);
        console.print(soak.toText());
        Files.writeString(out.resolve("soak.csv"), soak.toCsv());
        PictureFile.write(soak.toPicture(), out.resolve("soak.png"));
        console.println("As files: " + out + "/soak.png, soak.csv, soak.log");
        console.flush();
        if (!soak.heldOut()) {
          throw new IllegalStateException("the run did not end as one that nobody disturbs");
        }
      }
    };
  }
}
