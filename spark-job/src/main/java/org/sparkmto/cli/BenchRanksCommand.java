package org.sparkmto.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.exchange.Transport;
import org.sparkmto.experiment.RankComparison;
import org.sparkmto.experiment.RankRow;
import org.sparkmto.experiment.RankTable;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how far the number of ranks is seen in networks with batch normalisation. */
@Command(
    name = "ranks",
    description = {
      "Measures how far apart one rank and several end in networks with batch normalisation,"
          + " without Spark.",
      "Every method makes the same steps on one rank and on several, threads that have joined as"
          + " those of a run do, of a",
      "ResNet-18, a SegNet and a DeepLab of width 2 on small images, with network.statistics ="
          + " rank, ghost and",
      "synchronised. The table says how far apart their parameters end, relative to all of them. In"
          + " doubles roundings come",
      "to nothing, and what is left is what ranks do; in float32, as training computes, it also"
          + " says how far rounding",
      "alone drives one rank: from weights of which each is the next number. Takes an hour and more"
          + " with all methods; with --out it",
      "goes on where it was interrupted."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto bench ranks --methods ew,imtl-g --steps 2",
      "  spark-mto bench ranks --statistics ghost,synchronised --micro-batches --out exactness"
    })
final class BenchRanksCommand extends SubCommand {
  private static final int MOST = 24;

  @Spec private CommandSpec spec;
  @Mixin private MethodsOption methods;

  @Option(
      names = "--networks",
      paramLabel = "NAME",
      split = ",",
      description = "These networks alone: resnet18, segnet, deeplab. Default: all.")
  private List<String> networks = RankComparison.networks();

  @Option(
      names = "--ranks",
      paramLabel = "N",
      split = ",",
      defaultValue = "2,3",
      description = "Numbers of ranks, 1 to 24 each. Default: ${DEFAULT-VALUE}.")
  private List<Integer> ranks;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20",
      description = "Steps of every run. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--statistics",
      paramLabel = "WORD",
      split = ",",
      description =
          "Over which samples batch normalisation takes its statistics: ${COMPLETION-CANDIDATES}."
              + " Default: all.")
  private Set<RankComparison.Statistics> statistics =
      EnumSet.allOf(RankComparison.Statistics.class);

  @Option(
      names = "--micro-batches",
      description = "Also compares ranks with micro-batches of a group with one rank without.")
  private boolean pieces;

  @Option(
      names = "--numbers",
      paramLabel = "WORD",
      defaultValue = "double",
      description =
          "In which numbers everything is computed: ${COMPLETION-CANDIDATES}. Default:"
              + " ${DEFAULT-VALUE}.")
  private RankComparison.Numbers numbers;

  @Option(
      names = "--transport",
      paramLabel = "WORD",
      split = ",",
      defaultValue = "float32",
      description =
          "As what gradients travel between ranks, as cluster.transport: ${COMPLETION-CANDIDATES}."
              + " Default: ${DEFAULT-VALUE}.")
  private Set<Transport> transports;

  @Option(
      names = "--rate",
      paramLabel = "NUMBER",
      defaultValue = "1e-4",
      description =
          "The optimiser's rate, above 0. A method whose weights are in the hundreds moves that"
              + " much further, and a network that is moved far makes much of roundings. Default:"
              + " ${DEFAULT-VALUE}.")
  private double rate;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Keeps what is known in DIR/ranks.jsonl and goes on from there; leaves the tables of what"
              + " was asked for in DIR/ranks.md.")
  private Path folder;

  @Override
  Work prepare() {
    if (steps < 1 || ranks.stream().anyMatch(number -> number < 1 || number > MOST)) {
      throw new ConfigurationException(
          "--steps %d must be 1 or more, and each of --ranks %s from 1 to %d"
              .formatted(steps, ranks, MOST));
    }
    if (!(rate > 0 && rate <= Double.MAX_VALUE)) {
      throw new ConfigurationException("--rate %s must be above 0".formatted(rate));
    }
    if (!RankComparison.networks().containsAll(networks)) {
      throw new ConfigurationException(
          "--networks %s: there are %s".formatted(networks, RankComparison.networks()));
    }
    RankComparison.Choice choice =
        new RankComparison.Choice(
            methods.chosen(),
            networks,
            ranks,
            steps,
            statistics,
            pieces,
            numbers,
            transports,
            rate);
    return () -> {
      PrintWriter console = spec.commandLine().getOut();
      Optional<Path> out = Optional.ofNullable(folder);
      try (RankComparison comparison = new RankComparison(choice)) {
        List<RankRow> rows = comparison.run(out.map(in -> in.resolve("ranks.jsonl")), console);
        String tables = new RankTable(rows).toMarkdown();
        if (out.isPresent()) {
          Files.writeString(folder.resolve("ranks.md"), tables);
        } else {
          console.print("\n" + tables);
          console.flush();
        }
      }
    };
  }
}
