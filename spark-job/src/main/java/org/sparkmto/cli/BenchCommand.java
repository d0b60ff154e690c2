package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.experiment.StepBenchmark;
import org.sparkmto.experiment.StepTable;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.job.PreprocessingBenchmark;
import org.sparkmto.preprocessing.job.PreprocessingBenchmark.Subject;
import org.sparkmto.trial.SyntheticProblem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures. */
@Command(
    name = "bench",
    description = "Measures what training and preprocessing cost on this machine or cluster.",
    synopsisSubcommandLabel = "SUB-COMMAND",
    subcommands = {
      BenchCommand.StepCommand.class,
      BenchNetworkCommand.class,
      BenchExchangeCommand.class,
      BenchSoakCommand.class,
      BenchLooksCommand.class,
      BenchDeviceCommand.class,
      BenchRanksCommand.class,
      BenchEnginesCommand.class,
      BenchCommand.PreprocessCommand.class
    },
    footer = {"%nExample:", "  spark-mto bench step --master local[2]"})
final class BenchCommand extends SubCommand {
  @Spec private CommandSpec spec;

  @Override
  Work prepare() {
    throw new ParameterException(spec.commandLine(), "Missing sub-command");
  }

  /** Measures a step. */
  @Command(
      name = "step",
      description = {
        "Measures a training step: the bare libtorch loop, our step without Spark, on Spark with",
        "1 rank and with several ranks that share the batch, for EW, IMTL-G at the representation",
        "and exact PCGrad at the parameters. Images are random and in memory.",
        "Takes about 5 minutes on 2 cores."
      },
      sortOptions = false,
      footer = {
        "%nExample:",
        "  spark-mto bench step --master local[2] --json step.json",
        "  spark-mto bench step --quick"
      })
  static final class StepCommand extends SubCommand {
    private static final int QUICK_WIDTH = 8;

    @Spec private CommandSpec spec;
    @Mixin private JsonFile json;
    @Mixin private SparkOptions spark;

    @Option(
        names = "--width",
        paramLabel = "N",
        description = "Width of the ResNet-18. Default: 64.")
    private Integer width;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "32",
        description = "Images of the global batch. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
        names = "--tasks",
        paramLabel = "N",
        defaultValue = "40",
        description = "Binary tasks. Default: ${DEFAULT-VALUE}.")
    private int tasks;

    @Option(
        names = "--steps",
        paramLabel = "N",
        description = "Timed steps per round; exact PCGrad makes a fifth of them. Default: 5.")
    private Integer steps;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        description = "Rounds in which all modes take turns. Default: 3.")
    private Integer rounds;

    @Option(
        names = "--methods",
        paramLabel = "NAME",
        split = ",",
        description =
            "Of ew, imtl-g and pcgrad these beside ew, which always is measured. Default: all.")
    private List<String> methods = StepBenchmark.METHODS;

    @Option(
        names = "--ranks",
        paramLabel = "N",
        defaultValue = "2",
        description = "Ranks of the mode with several. Default: ${DEFAULT-VALUE}.")
    private int ranks;

    @Option(
        names = "--threads",
        paramLabel = "N",
        defaultValue = "1",
        description = "Threads of each rank. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
        names = "--quick",
        description = "A network of width 8, one round, few steps: whether it works, no more.")
    private boolean quick;

    @Override
    Work prepare() {
      json.check();
      StepBenchmark.Settings settings =
          new StepBenchmark.Settings(
              SyntheticProblem.residual(tasks, either(width, QUICK_WIDTH, 64), 64, batch),
              threads,
              ranks,
              either(rounds, 1, 3),
              either(steps, 2, 5),
              methods);
      if (batch < ranks) {
        throw new ConfigurationException(
            "--batch " + batch + " leaves some of " + ranks + " ranks idle");
      }
      return () -> {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (SparkSession session = spark.openForTraining("spark-mto bench step")) {
          JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
          StepTable table = StepBenchmark.run(context, settings, err);
          out.print(table.toText());
          out.flush();
          json.write(table::toJson);
        }
      };
    }

    private int either(Integer given, int quickly, int usually) {
      return given != null ? given : quick ? quickly : usually;
    }
  }

  /** Measures preprocessing. */
  @Command(
      name = "preprocess",
      description = {
        "Measures preprocessing: images per second and core, and per second of processor time, of",
        "the whole job against a loop on as many threads that only decodes and resizes, in turns;",
        "then the memory of jobs with few and with many faces. The data are generated.",
        "Takes about 6 minutes on 2 cores."
      },
      sortOptions = false,
      footer = {
        "%nExample:",
        "  spark-mto bench preprocess --master local[2] --work bench",
        "  spark-mto bench preprocess --quick --work bench"
      })
  static final class PreprocessCommand extends SubCommand {
    @Spec private CommandSpec spec;
    @Mixin private SparkOptions spark;

    @Option(
        names = "--work",
        required = true,
        paramLabel = "DIR",
        description =
            "Where raw data and shards of the measurement go; they stay there, and a next run uses"
                + " the raw data again.")
    private String work;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        defaultValue = "3",
        description = "Counted rounds of each kind of data. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
        names = "--faces",
        paramLabel = "N",
        defaultValue = "5000",
        description = "Small JPEGs; 0 leaves them out. Default: ${DEFAULT-VALUE}.")
    private int faces;

    @Option(
        names = "--streets",
        paramLabel = "N",
        defaultValue = "64",
        description =
            "PNGs of 1024x2048 with their maps; 0 leaves them out. Default: ${DEFAULT-VALUE}.")
    private int streets;

    @Option(
        names = "--memory",
        paramLabel = "N",
        split = ",",
        defaultValue = "500,5000",
        description = "Faces of each job whose memory is watched. Default: ${DEFAULT-VALUE}.")
    private List<Integer> memory = List.of();

    @Option(names = "--quick", description = "Few images, one round: whether it works, no more.")
    private boolean quick;

    @Override
    Work prepare() {
      if (rounds < 1) {
        throw new ConfigurationException("--rounds " + rounds + ": at least one is needed");
      }
      int divisor = quick ? 50 : 1;
      if (faces < 0 || streets < 0 || memory.stream().anyMatch(images -> images < 1)) {
        throw new ConfigurationException(
            "--faces and --streets cannot be below 0, nor --memory below 1");
      }
      Subject small = new Subject("faces", "celeba", Optional.empty(), faces / divisor);
      Subject large =
          new Subject(
              "streets",
              "cityscapes",
              Optional.of(quick ? new ImageSize(128, 256) : new ImageSize(1024, 2048)),
              streets == 0 ? 0 : Math.max(8, streets / divisor));
      List<Subject> subjects =
          Stream.of(small, large).filter(subject -> subject.images() > 0).toList();
      return () -> {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (SparkSession session = spark.open("spark-mto bench preprocess")) {
          Path directory = new Path(work);
          List<String> lines = new ArrayList<>();
          lines.add(PreprocessingBenchmark.speedHeader());
          for (Subject subject : subjects) {
            lines.add(
                PreprocessingBenchmark.speed(session, subject, directory, quick ? 1 : rounds, err)
                    .toText());
          }
          lines.add("");
          lines.add(PreprocessingBenchmark.memoryHeader());
          for (int images : memory) {
            int fewer = Math.max(1, images / divisor);
            lines.add(
                PreprocessingBenchmark.memory(session, small, fewer, directory, err).toText());
          }
          lines.forEach(out::println);
          out.flush();
        }
      };
    }
  }
}
