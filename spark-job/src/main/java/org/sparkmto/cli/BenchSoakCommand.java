package org.sparkmto.cli;

import com.typesafe.config.Config;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
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
      "driver are one process, and all of it is seen; on a cluster only the driver is."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto bench soak --master local[2] --config conf/fashion-40.conf \\",
      "      --set network.name=small-conv --set training.batch=16 --out soak"
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
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where soak.png and soak.csv go, and the run; it must not be there.")
  private Path out;

  @Override
  Work prepare() {
    if (Files.exists(out)) {
      throw new ConfigurationException("--out " + out + " is there already");
    }
    Soak.Settings settings = new Soak.Settings(steps, segments);
    Config run = configuration.ofRun(spec.commandLine().getErr()::println);
    return () -> {
      Files.createDirectories(out);
      PrintWriter console = spec.commandLine().getOut();
      try (SparkSession session = spark.openForTraining("spark-mto bench soak")) {
        Soak soak =
            Soak.run(
                JavaSparkContext.fromSparkContext(session.sparkContext()),
                run,
                out.resolve("run").toAbsolutePath(),
                settings);
        console.print(soak.toText());
        Files.writeString(out.resolve("soak.csv"), soak.toCsv());
        PictureFile.write(soak.toPicture(), out.resolve("soak.png"));
        console.println("As files: " + out + "/soak.png, soak.csv");
        console.flush();
      }
    };
  }
}
