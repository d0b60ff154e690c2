package org.sparkmto.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sparkmto.experiment.EngineBenchmark;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares libtorch with another engine. */
@Command(
    name = "engines",
    description = {
      "Measures libtorch beside DL4J, without Spark: the forward and the backward pass of the same"
          + " networks with",
      "the same weights on the same batch, in turns. DL4J is no part of this program: in the"
          + " sources,",
      "  ./mvnw -pl spark-job/src/test/dl4j-witness package dependency:copy-dependencies",
      "fetches 138 MB and makes spark-job/src/test/dl4j-witness/target/jars.",
      "Takes about 2 minutes."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto bench engines --dl4j spark-job/src/test/dl4j-witness/target/jars"
    })
final class BenchEnginesCommand extends SubCommand {
  private static final String HOW =
      "in the sources, ./mvnw -pl spark-job/src/test/dl4j-witness package"
          + " dependency:copy-dependencies makes it at spark-job/src/test/dl4j-witness/target/jars";

  @Spec private CommandSpec spec;

  @Option(
      names = "--dl4j",
      paramLabel = "DIR",
      description = "Folder with the jars of DL4J and of the program that runs it.")
  private Path dl4j;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads of each engine. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "9",
      description = "Timed steps of each engine. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(names = "--quick", description = "One network on tiny images: whether it works, no more.")
  private boolean quick;

  @Override
  Work prepare() {
    if (dl4j == null) {
      throw new ConfigurationException("--dl4j DIR is missing, the folder of DL4J; " + HOW);
    }
    EngineBenchmark benchmark = new EngineBenchmark(dl4j, threads, steps);
    return () -> {
      if (!has("spark-mto-dl4j-witness-*.jar") || !has("nd4j-native-*.jar")) {
        throw new ConfigurationException("--dl4j " + dl4j + ": DL4J is not there; " + HOW);
      }
      benchmark.run(quick, spec.commandLine().getOut());
    };
  }

  private boolean has(String jar) throws IOException {
    if (!Files.isDirectory(dl4j)) {
      return false;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(dl4j, jar)) {
      return found.iterator().hasNext();
    }
  }
}
