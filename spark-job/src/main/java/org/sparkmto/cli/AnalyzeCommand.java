package org.sparkmto.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkmto.experiment.GradientStudy;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.report.AnalysisReport;
import org.sparkmto.report.ReportException;
import org.sparkmto.report.RunFiles;
import org.sparkmto.storage.StorageException;
import org.sparkmto.training.CheckpointAnalyses;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Analyses runs. */
@Command(
    name = "analyze",
    description = "Analyses what a run has stored.",
    synopsisSubcommandLabel = "SUB-COMMAND",
    subcommands = AnalyzeCommand.GradientsCommand.class,
    footer = {"%nExample:", "  spark-mto analyze gradients runs/ew"})
final class AnalyzeCommand extends SubCommand {
  @Spec private CommandSpec spec;

  @Override
  Work prepare() {
    throw new ParameterException(spec.commandLine(), "Missing sub-command");
  }

  /** Analyses gradients. */
  @Command(
      name = "gradients",
      description = {
        "How the gradients of tasks, and of single samples, agree in direction and length at the",
        "stored checkpoints of a run, and what each task contributes to the update, by layer and",
        "stage. From every checkpoint the next steps of the run are made again in memory, by one",
        "rank without Spark; the run stays as it is. Writes analysis.html, analysis.csv and",
        "analysis.json. A run keeps two checkpoints unless checkpoint.keep says more; with",
        "analyze.every = n it analyses its own steps, on all ranks, and --logged shows those."
      },
      sortOptions = false,
      footer = {
        "%nExample:",
        "  spark-mto analyze gradients runs/ew",
        "  spark-mto analyze gradients runs/ew --steps 5 --samples 8 --out reports/gradients",
        "  spark-mto analyze gradients runs/ew --logged"
      })
  static final class GradientsCommand extends SubCommand {
    @Spec private CommandSpec spec;
    @Mixin private SparkSettings spark;

    @Parameters(paramLabel = "RUN", description = "Directory of a run.")
    private String run;

    @Option(
        names = "--logged",
        description = "Shows the analyses of the run's own log instead of its checkpoints.")
    private boolean logged;

    @Option(
        names = "--steps",
        paramLabel = "N",
        defaultValue = "1",
        description = "Steps to make from every checkpoint. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
        names = "--samples",
        paramLabel = "N",
        defaultValue = "4",
        description = {
          "Single samples of every step's batch that are compared; 0 for the tasks' mean gradients",
          "alone. Default: ${DEFAULT-VALUE}."
        })
    private int samples;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "Data set, if it is not where the run found it.")
    private String data;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Where to write. Default: the directory of the run.")
    private String out;

    @Option(
        names = "--threads",
        paramLabel = "N",
        description = "Threads of the rank. Default: all cores.")
    private Integer threads;

    @Override
    Work prepare() {
      Configuration hadoop = spark.hadoop();
      RunFiles files = StoredRun.of(run, hadoop);
      Path target = target(hadoop);
      PrintWriter console = spec.commandLine().getOut();
      if (logged) {
        return () -> write(ofLog(files), target, hadoop);
      }
      CheckpointAnalyses.Settings settings =
          new CheckpointAnalyses.Settings(
              steps,
              samples,
              threads != null ? threads : Runtime.getRuntime().availableProcessors(),
              Optional.ofNullable(data));
      return () -> {
        CheckpointAnalyses analyses = CheckpointAnalyses.of(run, settings, hadoop);
        write(GradientStudy.of(analyses, files, console), target, hadoop);
      };
    }

    private static AnalysisReport ofLog(RunFiles files) throws IOException {
      try {
        return AnalysisReport.ofLog(files);
      } catch (ReportException e) {
        throw new ConfigurationException(e.getMessage(), e);
      }
    }

    private Path target(Configuration hadoop) {
      try {
        return StorageException.qualified(out == null ? run : out, hadoop);
      } catch (StorageException e) {
        throw new ConfigurationException(e.getMessage(), e);
      }
    }

    private void write(AnalysisReport report, Path target, Configuration hadoop) throws Exception {
      FileSystem files = target.getFileSystem(hadoop);
      files.setWriteChecksum(false); // no .crc beside files for people
      List<String> names = report.write(name -> files.create(new Path(target, name), true));
      PrintWriter console = spec.commandLine().getOut();
      names.forEach(name -> console.println(files.makeQualified(new Path(target, name))));
    }
  }
}
