package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.SortedSet;
import org.sparkmto.naming.Nearest;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.DatasetOption;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.job.RawDatasets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the raw data sets. */
@Command(
    name = "datasets",
    description = "Lists the raw data sets that can be preprocessed, and what each leaves open.",
    footer = {"%nExample:", "  spark-mto datasets cityscapes"})
final class DatasetsCommand extends SubCommand {
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "DATA-SET", description = "Which ones. Default: all.")
  private List<String> names = List.of();

  @Option(names = "--markdown", description = "As a table for a README.")
  private boolean markdown;

  @Override
  Work prepare() {
    SortedSet<String> known = RawDatasets.names();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new ConfigurationException(
            "there is no raw data set '" + name + "'" + Nearest.hint(name, known));
      }
    }
    return () -> {
      PrintWriter out = spec.commandLine().getOut();
      if (markdown) {
        out.println("| data set | what it is | options (usual value) |");
        out.println("| --- | --- | --- |");
      }
      for (String name : names.isEmpty() ? known : names) {
        RawDataset dataset = RawDatasets.named(name);
        if (markdown) {
          row(out, name, dataset);
        } else {
          print(out, name, dataset);
        }
      }
    };
  }

  private static void print(PrintWriter out, String name, RawDataset dataset) {
    out.printf("%s%n  %s%n", name, dataset.summary());
    for (DatasetOption option : dataset.options()) {
      String usual = option.usual().isEmpty() ? "" : " = " + option.usual();
      out.printf("  %s%s: %s%n", option.name(), usual, option.meaning());
    }
    out.println();
  }

  private static void row(PrintWriter out, String name, RawDataset dataset) {
    StringBuilder options = new StringBuilder();
    for (DatasetOption option : dataset.options()) {
      options
          .append(options.isEmpty() ? "`" : ", `")
          .append(option.name())
          .append(option.usual().isEmpty() ? "`" : "` (" + option.usual() + ")");
    }
    out.printf("| `%s` | %s | %s |%n", name, dataset.summary().replace("|", "\\|"), options);
  }
}
