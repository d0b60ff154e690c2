package org.sparkmto.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.samples.Fault;
import org.sparkmto.preprocessing.samples.Faults;
import org.sparkmto.preprocessing.samples.SampleGeneration;
import org.sparkmto.preprocessing.samples.SamplesRequest;
import org.sparkmto.preprocessing.samples.SamplesSummary;
import org.sparkmto.training.ExecutorWatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Generates raw data sets of real images. */
@Command(
    name = "samples",
    description = {
      "Generates a raw data set in the exact layout that preprocessing reads.",
      "See 'spark-mto list samples' for the kinds and what can be chosen of each."
    },
    footer = {
      "%nExample:",
      "  spark-mto samples fashion-40 --out raw/fashion-40 --train 8000 --seed 1",
      "  spark-mto samples streets --out raw/streets --size 256x512 --faults truncated=2,odd-size=1"
    })
final class SamplesCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Mixin private ExecutorDeadline deadline;

  @Parameters(
      paramLabel = "KIND",
      completionCandidates = Kinds.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private String kind;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private String out;

  @Option(names = "--train", paramLabel = "N", description = "Training samples.")
  private Integer train;

  @Option(names = "--val", paramLabel = "N", description = "Validation samples.")
  private Integer val;

  @Option(names = "--test", paramLabel = "N", description = "Test samples.")
  private Integer test;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The same seed gives the same samples. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      description = "Size of the images of streets, rooms and faces.")
  private String size;

  @Option(
      names = "--faults",
      paramLabel = "FAULT=N[,FAULT=N...]",
      split = ",",
      hideParamSyntax = true,
      description = {
        "Defects to put into that many training samples of streets, rooms or faces:",
        "${COMPLETION-CANDIDATES}."
      })
  private Map<Fault, Integer> faults = new EnumMap<>(Fault.class);

  @Option(
      names = "--fashion-dir",
      paramLabel = "DIR",
      description = {
        "Directory of the four IDX files of Fashion-MNIST.",
        "Default: those of Debian's dataset-fashion-mnist, else the 10,000 built in."
      })
  private String fashionDirectory;

  @Option(names = "--overwrite", description = "Replace samples that are there.")
  private boolean overwrite;

  @Override
  Work prepare() {
    SampleGeneration.known().entry(kind);
    SamplesRequest request =
        new SamplesRequest(
            kind,
            out,
            seed,
            optional(train),
            optional(val),
            optional(test),
            Optional.ofNullable(size).map(ImageSize::parse),
            new Faults(faults),
            Optional.ofNullable(fashionDirectory),
            overwrite);
    return () -> {
      SampleGeneration.check(request, spark.hadoop());
      try (SparkSession session = spark.open("spark-mto samples " + kind);
          ExecutorWatch watch = deadline.watch(session, spec.commandLine().getErr())) {
        SamplesSummary done = SampleGeneration.write(session, request);
        spec.commandLine()
            .getOut()
            .printf(
                "%s: %s from %s in %.1f s%n",
                done.output(), done.counts(), done.source(), done.elapsed().toMillis() / 1e3);
      }
    };
  }

  /** For the help. */
  static final class Kinds extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Kinds() {
      super(SampleGeneration.known().names());
    }
  }

  static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
