package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.configuration.DocumentedKeys;
import org.sparkmto.data.TaskKind;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.MetricEntry;
import org.sparkmto.metric.Metrics;
import org.sparkmto.metric.Quirk;
import org.sparkmto.naming.Nearest;
import org.sparkmto.network.LossEntry;
import org.sparkmto.network.TaskLosses;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.optimizer.Schedules;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Registry;
import org.sparkmto.preprocessing.corruption.CorruptionEntry;
import org.sparkmto.preprocessing.corruption.Corruptions;
import org.sparkmto.preprocessing.job.RawDatasets;
import org.sparkmto.preprocessing.own.TaskOptions;
import org.sparkmto.preprocessing.samples.SampleGeneration;
import org.sparkmto.report.MarkdownTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists what a configuration can name. */
@Command(
    name = "list",
    description = {
      "Lists what a configuration can name: networks, optimizers, losses, metrics, data sets, all"
          + " keys.",
      "Each comes with its options. Methods have a command of their own."
    },
    footer = {"%nExample:", "  spark-mto list networks"})
final class ListCommand extends SubCommand {
  private static final String KEYS = "keys";
  private static final String METRICS = "metrics";
  private static final String LOSSES = "losses";
  private static final String CORRUPTIONS = "corruptions";

  private static final Map<String, Registry<? extends Documented>> LISTED = new LinkedHashMap<>();

  static {
    LISTED.put("networks", Architectures.known());
    LISTED.put("optimizers", Optimizers.known());
    LISTED.put("schedules", Schedules.known());
    LISTED.put(LOSSES, TaskLosses.known());
    LISTED.put(METRICS, Metrics.known());
    LISTED.put("datasets", RawDatasets.known());
    LISTED.put("own-tasks", TaskOptions.known());
    LISTED.put("samples", SampleGeneration.known());
    LISTED.put(CORRUPTIONS, Corruptions.known());
  }

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "KIND",
      completionCandidates = Kinds.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private String kind;

  @Option(
      names = "--markdown",
      description = "As tables for a page, without what jars of your own add.")
  private boolean markdown;

  @Override
  Work prepare() {
    Kinds kinds = new Kinds();
    if (!kinds.contains(kind)) {
      throw new ConfigurationException(
          "there is no list of '%s'%s Known are %s."
              .formatted(kind, Nearest.hint(kind, kinds), String.join(", ", kinds)));
    }
    return () -> {
      PrintWriter out = spec.commandLine().getOut();
      if (kind.equals(KEYS)) {
        out.print(markdown ? DocumentedKeys.markdown() : DocumentedKeys.hocon());
      } else if (!markdown) {
        Registry<? extends Documented> listed = LISTED.get(kind);
        listed.all().forEach(entry -> print(out, listed, entry));
      } else {
        switch (kind) {
          case METRICS -> metrics(out);
          case LOSSES -> losses(out);
          case CORRUPTIONS -> corruptions(out);
          default -> table(out, LISTED.get(kind).kind(), LISTED.get(kind).builtIn());
        }
      }
      out.flush();
    };
  }

  static void print(PrintWriter out, Registry<? extends Documented> registry, Documented entry) {
    out.printf("%s%n  %s%n", registry.listed(entry), entry.summary());
    if (entry instanceof MetricEntry metric) {
      metric.figures().forEach(figure -> out.printf("  %s%n", described(figure)));
    }
    entry.options().forEach(option -> out.printf("  %s%n", option.described()));
    out.println();
  }

  private static String described(Figure figure) {
    return figure.name()
        + (figure.direction() == Direction.HIGHER_IS_BETTER ? " (higher" : " (lower")
        + (figure.counted() ? " is better, counts in Delta_m)" : " is better)");
  }

  /** One row for each thing, then one for each option of each. */
  static void table(PrintWriter out, String kind, List<? extends Documented> entries) {
    MarkdownTable table = MarkdownTable.ofWords(kind, "what it is");
    entries.forEach(entry -> table.line(code(entry.name()), entry.summary()));
    out.print(table);
    options(out, kind, entries);
  }

  /** A table of the options of all entries. */
  static void options(PrintWriter out, String kind, List<? extends Documented> entries) {
    MarkdownTable table = MarkdownTable.ofWords(kind, "option", "usual", "possible", "meaning");
    for (Documented entry : entries) {
      for (var option : entry.options()) {
        String usual = option.usualText();
        table.line(
            code(entry.name()),
            code(option.name()),
            option.required() ? "must be given" : usual.isEmpty() ? "" : code(usual),
            option.kind().words(),
            option.meaning());
      }
    }
    out.printf("%n%s", table);
  }

  /**
   * The entries of these names, or all.
   *
   * @param builtIn whether all are those alone that this program comes with
   * @throws IllegalArgumentException naming one that there is not
   */
  static <E extends Documented> List<E> chosen(
      Registry<E> known, List<String> names, boolean builtIn) {
    if (!names.isEmpty()) {
      return names.stream().map(known::entry).toList();
    }
    return builtIn ? known.builtIn() : known.all();
  }

  private static void losses(PrintWriter out) {
    MarkdownTable losses = MarkdownTable.ofWords("loss", "what it is", "kinds of tasks");
    for (LossEntry entry : TaskLosses.known().builtIn()) {
      losses.line(code(entry.name()), entry.summary(), joined(entry.kinds(), TaskKind::label));
    }
    out.print(losses);
    options(out, "loss", TaskLosses.known().builtIn());
    MarkdownTable usual = MarkdownTable.ofWords("kind of task", "usual loss");
    for (TaskKind task : TaskKind.values()) {
      usual.line(task.label(), code(TaskLosses.names(task).get(0)));
    }
    out.printf("%n%s", usual);
  }

  private static void metrics(PrintWriter out) {
    MarkdownTable figures =
        MarkdownTable.ofWords(
            "figure",
            "better",
            "in Delta_m unless chosen",
            "kinds of tasks",
            "what it is",
            "undefined without");
    for (MetricEntry entry : Metrics.known().builtIn()) {
      for (Figure figure : entry.figures()) {
        figures.line(
            code(figure.name()),
            figure.direction() == Direction.HIGHER_IS_BETTER ? "higher" : "lower",
            figure.counted() ? "yes" : "no",
            entry.judges(),
            entry.summary(),
            figure.needs());
      }
    }
    MarkdownTable quirks = MarkdownTable.ofWords("quirk", "what it changes");
    for (Quirk quirk : Quirk.values()) {
      quirks.line(code(quirk.label()), quirk.words());
    }
    out.printf("%s%n%s", figures, quirks);
  }

  private static void corruptions(PrintWriter out) {
    MarkdownTable table = MarkdownTable.ofWords("corruption", "family", "what it is");
    for (CorruptionEntry entry : Corruptions.known().builtIn()) {
      table.line(code(entry.name()), code(entry.family().label()), entry.summary());
    }
    out.print(table);
  }

  static String code(String text) {
    return "`" + text + "`";
  }

  private static <T> String joined(List<T> all, Function<T, String> name) {
    return all.stream().map(name).collect(Collectors.joining(", "));
  }

  /**
   * Looks for what jars of a user's own add, before anything else is done.
   *
   * @throws ConfigurationException if one of them cannot be taken
   */
  static void requireProvided() {
    LISTED.values().forEach(Registry::names);
  }

  /** For the help. */
  static final class Kinds extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Kinds() {
      super(LISTED.keySet());
      add(KEYS);
    }
  }
}
