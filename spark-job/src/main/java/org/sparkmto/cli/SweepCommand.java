package org.sparkmto.cli;

import java.util.ArrayList;
import java.util.List;
import org.sparkmto.experiment.sweep.Sweep;
import org.sparkmto.experiment.sweep.SweepGrid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains a grid of runs and compares them. */
@Command(
    name = "sweep",
    description =
        "Trains every combination of what a file names, with every seed, and compares"
            + " them.%nMethods, optimisers, rates, weight decays, networks and variants: what is"
            + " tuned is chosen on the validation split, the tables are of another. The file is the"
            + " configuration of a run with a section 'sweep'. Several runs are made at once where"
            + " cluster.ranks leaves room. Run it again to go on after an interruption: what is"
            + " complete is kept. A run that fails is reported, the others go on, and the exit code"
            + " is 1.",
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto sweep conf/sweep-fashion.conf --master local[2]",
    })
final class SweepCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Parameters(
      paramLabel = "FILE",
      description = "HOCON file of the sweep; conf/sweep-fashion.conf says what stands there.")
  private java.nio.file.Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting on top of the file, for example sweep.seeds=[1]. Repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--dry-run",
      description = "Say how many runs there are and which cannot be, and do nothing.")
  private boolean dryRun;

  @Option(
      names = "--overwrite",
      description = "Delete an earlier sweep in the same directory first.")
  private boolean overwrite;

  @Override
  Work prepare() {
    SweepGrid grid = SweepGrid.of(ConfigurationOptions.ofFile(file, settings));
    return dryRun
        ? () -> new Sweep(grid, overwrite, spark.hadoop(), System.out).describe()
        : new SweptGrid(grid, spark, overwrite, spec.commandLine().getOut());
  }
}
