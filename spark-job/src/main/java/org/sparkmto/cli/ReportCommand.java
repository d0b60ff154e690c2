package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.report.Report;
import org.sparkmto.report.ReportException;
import org.sparkmto.report.WrittenReport;
import org.sparkmto.storage.StorageException;
import org.sparkmto.training.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the report of runs. */
@Command(
    name = "report",
    description = {
      "Writes a page and tables about one run, or about several side by side.",
      "report.html is one self-contained page with curves, weights, cosines and tables;"
          + " results.csv,",
      "results.tex and results.json hold the results."
    },
    footer = {"%nExample:", "  spark-mto report runs/ew runs/imtl --out reports/comparison"})
final class ReportCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkSettings spark;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = {
        "Directories of runs, and of several at once: of `train --seeds`. Runs that differ in",
        "their seed alone are compared as one, with mean and standard deviation."
      })
  private List<String> runs;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to write. Default: the directory of the only run.")
  private String out;

  @Override
  Work prepare() {
    if (out == null && runs.size() > 1) {
      throw new ConfigurationException("several runs share no directory; say --out DIR");
    }
    return () -> {
      Configuration hadoop = spark.hadoop();
      Path target = target(hadoop);
      FileSystem files = target.getFileSystem(hadoop);
      files.setWriteChecksum(false); // no .crc beside files for people
      WrittenReport written;
      try {
        written =
            Report.write(
                each(hadoop).map(run -> StoredRun.of(run, hadoop)).toList(),
                name -> files.create(new Path(target, name), true));
      } catch (ReportException e) {
        throw new ConfigurationException(e.getMessage(), e);
      }
      PrintWriter console = spec.commandLine().getOut();
      written.notes().forEach(console::println);
      written.files().forEach(name -> console.println(files.makeQualified(new Path(target, name))));
    };
  }

  private Path target(Configuration hadoop) {
    try {
      return StorageException.qualified(out == null ? runs.get(0) : out, hadoop);
    } catch (StorageException e) {
      throw new ConfigurationException(e.getMessage(), e);
    }
  }

  /** Every run that was named, or lies by its seed in a directory that was. */
  private Stream<String> each(Configuration hadoop) {
    return runs.stream()
        .flatMap(
            run -> {
              List<String> seeds = RunDirectory.of(run, hadoop).seeds();
              return seeds.isEmpty() ? Stream.of(run) : seeds.stream();
            });
  }
}
