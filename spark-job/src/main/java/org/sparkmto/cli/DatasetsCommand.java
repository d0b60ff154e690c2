package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import org.sparkmto.options.Entry;
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

  @Option(
      names = "--markdown",
      description = "As tables for a page, without what jars of your own add.")
  private boolean markdown;

  @Override
  Work prepare() {
    List<Entry<RawDataset>> shown = ListCommand.chosen(RawDatasets.known(), names, markdown);
    return () -> {
      PrintWriter out = spec.commandLine().getOut();
      if (markdown) {
        ListCommand.table(out, RawDataset.KIND, shown);
      } else {
        shown.forEach(entry -> ListCommand.print(out, RawDatasets.known(), entry));
      }
      out.flush();
    };
  }
}
