package org.sparkmto.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.experiment.sweep.Sweep;
import org.sparkmto.experiment.sweep.SweepGrid;
import org.sparkmto.naming.Counted;
import org.sparkmto.report.SweepReport;
import org.sparkmto.training.RunDirectory;
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
    return () -> {
      Configuration hadoop = spark.hadoop();
      Sweep sweep = new Sweep(grid, hadoop, System.out);
      if (dryRun) {
        sweep.describe(overwrite);
        return;
      }
      Sweep.Made made;
      try (SparkSession session = spark.openForTraining("spark-mto sweep " + grid.directory())) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
        made = sweep.run(context, overwrite);
      }
      report(grid.directory(), made, hadoop);
      if (made.failed() > 0) {
        throw new IllegalStateException(
            Counted.of(made.failed(), "run") + " failed; the tables say why");
      }
    };
  }

  private void report(String directory, Sweep.Made made, Configuration hadoop) throws IOException {
    Path target = new Path(RunDirectory.of(directory, hadoop).name());
    FileSystem files = target.getFileSystem(hadoop);
    files.setWriteChecksum(false); // no .crc beside files for people
    List<String> written =
        SweepReport.write(
            made.results(), made.times(), name -> files.create(new Path(target, name), true));
    PrintWriter console = spec.commandLine().getOut();
    try (InputStream in = files.open(new Path(target, SweepReport.MARKDOWN))) {
      console.println();
      console.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    console.println();
    written.forEach(name -> console.println(files.makeQualified(new Path(target, name))));
    console.flush();
  }
}
