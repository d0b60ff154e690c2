package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.Collection;
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

  @Option(names = "--markdown", description = "As tables for a page.")
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
      Collection<String> shown = names.isEmpty() ? known : names;
      if (!markdown) {
        shown.forEach(name -> print(out, name, RawDatasets.named(name)));
        return;
      }
      out.println("| data set | what it is |\n| --- | --- |");
      for (String name : shown) {
        String summary = RawDatasets.named(name).summary();
        out.printf("| `%s` | %s |%n", name, ListCommand.cell(summary));
      }
      out.println("\n| data set | option | usual | meaning |\n| --- | --- | --- | --- |");
      shown.forEach(name -> options(out, name, RawDatasets.named(name)));
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

  private static void options(PrintWriter out, String name, RawDataset dataset) {
    for (DatasetOption option : dataset.options()) {
      out.printf(
          "| `%s` | `%s` | %s | %s |%n",
          name,
          option.name(),
          option.usual().isEmpty() ? "" : "`" + option.usual() + "`",
          ListCommand.cell(option.meaning()));
    }
  }
}
