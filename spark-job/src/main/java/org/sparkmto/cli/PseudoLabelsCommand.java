package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Split;
import org.sparkmto.naming.Counted;
import org.sparkmto.prediction.PseudoLabelRequest;
import org.sparkmto.prediction.PseudoLabels;
import org.sparkmto.training.ExecutorWatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a data set with a model's answers as labels of new tasks. */
@Command(
    name = "pseudo-labels",
    description = {
      "Writes a data set with a trained model's answers as labels of new tasks.",
      "They are tasks to train others beside, for which nobody has labelled anything, in all",
      "splits. What the data set had stays. hard: the most probable label; numbers and maps of"
          + " numbers",
      "as they are. soft: the label, and the probabilities of all beside it, by which",
      "soft-cross-entropy trains. The manifest says which model gave them."
    },
    footer = {
      "%nExample:",
      "  spark-mto pseudo-labels runs/teacher --data shards/rooms --task scene --kind soft \\",
      "    --out shards/rooms-pseudo",
      "  spark-mto train --set data.directory=shards/rooms-pseudo --set run.directory=runs/rooms"
    })
final class PseudoLabelsCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Mixin private ExecutorDeadline deadline;

  @Mixin private ModelArgument model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "SHARDS",
      description = {
        "Data set to label. Its images must be as those that the model was trained on, in",
        "name, type and size; its tasks may be others."
      })
  private String data;

  @Option(
      names = "--task",
      split = ",",
      paramLabel = "NAME",
      description = "Tasks of the model, with commas. Default: all.")
  private List<String> tasks = List.of();

  @Option(
      names = "--kind",
      defaultValue = "hard",
      paramLabel = "KIND",
      description = "hard or soft. Default: ${DEFAULT-VALUE}.")
  private PseudoLabelRequest.Kind kind;

  @Option(
      names = "--threshold",
      paramLabel = "P",
      description = {
        "Labels that are less probable are missing. Default: 0.5 for hard labels of pixels, else",
        "0, which keeps all."
      })
  private Double threshold;

  @Option(
      names = "--prefix",
      defaultValue = "pseudo-",
      paramLabel = "TEXT",
      description = "What the names of the new tasks begin with. Default: ${DEFAULT-VALUE}.")
  private String prefix;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private String out;

  @Option(names = "--overwrite", description = "Replace a finished data set.")
  private boolean overwrite;

  @Override
  Work prepare() {
    PseudoLabelRequest request =
        new PseudoLabelRequest(
            model.directory(),
            data,
            tasks,
            kind,
            threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold),
            prefix,
            out,
            overwrite);
    return () -> {
      PseudoLabels.check(request, spark.hadoop());
      long start = System.nanoTime();
      try (SparkSession session =
              spark.openForTraining("spark-mto pseudo-labels with " + model.directory());
          ExecutorWatch watch = deadline.watch(session, spec.commandLine().getErr())) {
        PrintWriter err = spec.commandLine().getErr();
        ObjectStoreCommitter.warning(out, session.sparkContext().hadoopConfiguration())
            .ifPresent(err::println);
        DatasetManifest written = PseudoLabels.write(session, request, lines(err));
        PrintWriter console = spec.commandLine().getOut();
        long samples = written.splits().values().stream().mapToLong(Split::rows).sum();
        console.printf(
            "%s: %s, tasks %s, in %.1f s%n",
            out,
            Counted.of(samples, "sample"),
            written.tasks().stream().map(task -> task.name()).collect(Collectors.joining(", ")),
            (System.nanoTime() - start) / 1e9);
      }
    };
  }
}
