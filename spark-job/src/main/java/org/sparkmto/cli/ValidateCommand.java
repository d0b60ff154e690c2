package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.naming.Counted;
import org.sparkmto.preprocessing.inspection.Validation;
import org.sparkmto.training.ExecutorWatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads a whole data set and says whether it is what its manifest promises. */
@Command(
    name = "validate",
    description = {
      "Reads every shard of a data set and compares it with the manifest.",
      "Compared are digests, order, identities, the range of every element and statistics. Exit"
          + " code",
      "1 if anything differs."
    },
    footer = {"%nExample:", "  spark-mto validate shards/fashion-40"})
final class ValidateCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Mixin private ExecutorDeadline deadline;

  @Parameters(
      paramLabel = "PATH",
      description = "Directory of shards, on any file system that Hadoop knows.")
  private String path;

  @Override
  Work prepare() {
    return () -> {
      Validation validation;
      try (SparkSession session = spark.open("spark-mto validate " + path);
          ExecutorWatch watch = deadline.watch(session, spec.commandLine().getErr())) {
        validation = Validation.of(session, path);
      }
      PrintWriter console = spec.commandLine().getOut();
      for (Validation.SplitVerdict split : validation.splits()) {
        console.println(
            String.format(
                Locale.ROOT,
                "  %-5s %,9d %s in %s: %s",
                split.name(),
                split.rows(),
                split.rows() == 1 ? "sample" : "samples",
                Counted.of(split.files(), "file"),
                split.findings() == 0 ? "valid" : Counted.of(split.findings(), "finding")));
      }
      validation.findings().forEach(console::println);
      if (validation.findingsLeftOut() > 0) {
        console.println("... and " + validation.findingsLeftOut() + " more");
      }
      if (!validation.isValid()) {
        throw new DatasetNotValidException(
            validation.root()
                + " is not valid: "
                + Counted.of(validation.findings().size() + validation.findingsLeftOut(), "finding")
                + "; copy it again, or preprocess it again");
      }
      console.println(validation.root() + ": valid");
    };
  }

  /** Something in a data set is wrong; the findings are on standard output. */
  static final class DatasetNotValidException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DatasetNotValidException(String message) {
      super(message);
    }
  }
}
