package org.sparkmto.configuration;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sparkmto.data.TaskKind;
import org.sparkmto.network.LossEntry;
import org.sparkmto.network.TaskLosses;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;
import org.sparkmto.options.Registry;

/** The configuration's documentation, made of what its sections and registries declare. */
public final class DocumentedKeys {
  private static final int WIDTH = 100;
  private static final Pattern COLUMNS = Pattern.compile("^( +\\S+ {2,})(.*)");

  private DocumentedKeys() {}

  /** All keys with their usual values, as a file that can be read as a configuration. */
  public static String hocon() {
    StringBuilder text = new StringBuilder();
    comment(
        text,
        "",
        "Every key of a training run and what it is unless you set it. A run is this, then the file"
            + " given with --config, then every --set key=value. A key that is not here is"
            + " refused.");
    for (ConfigurationSection section : ConfigurationKeys.ALL) {
      text.append('\n');
      comment(text, "", section.about());
      if (section.equals(ConfigurationKeys.LOSS)) {
        comment(text, "", providedLosses());
      }
      text.append(section.name()).append(" {\n");
      String between = "";
      for (Option key : section.keys()) {
        text.append(between);
        comment(text, "  ", key.meaning());
        if (key.name().equals(ConfigurationKeys.NAME)) {
          section
              .choices()
              .ifPresent(choices -> choices.all().forEach(one -> list(text, choices, one)));
        }
        text.append(key.required() ? "  # " + key.name() + " = ... (required)" : line(key))
            .append('\n');
        between = "\n";
      }
      text.append("}\n");
    }
    return text.toString();
  }

  private static String line(Option key) {
    return "  " + key.name() + " = " + value(key.usual().orElseThrow());
  }

  private static String value(Object usual) {
    return usual instanceof String text
        ? '"' + text + '"'
        : usual instanceof Enum<?> constant ? '"' + Option.spelled(constant) + '"' : plain(usual);
  }

  private static String plain(Object usual) {
    return Option.written(usual);
  }

  private static void list(
      StringBuilder text, Registry<? extends Documented> choices, Documented entry) {
    String from = choices.origin(entry.name()).map(jar -> " (from " + jar + ")").orElse("");
    comment(text, "  ", "  %-16s  %s".formatted(entry.name(), entry.summary() + from));
    for (Option option : entry.options()) {
      comment(
          text,
          "  ",
          "    %-16s  %s"
              .formatted(
                  option.name(),
                  (option.usualText().isEmpty() ? "" : "= " + option.usualText() + ": ")
                      + option.meaning()));
    }
  }

  /** Every kind of task with the built-in losses it can be trained with. */
  static String lossesByKind() {
    return Arrays.stream(TaskKind.values())
        .map(
            kind ->
                "  %-16s  %s"
                    .formatted(
                        kind.label(),
                        TaskLosses.known().builtIn().stream()
                            .filter(entry -> entry.kinds().contains(kind))
                            .map(LossEntry::name)
                            .collect(Collectors.joining(", "))))
        .collect(Collectors.joining("\n"));
  }

  /** The losses of jars of a user's own. */
  private static String providedLosses() {
    return TaskLosses.known().all().stream()
        .filter(entry -> TaskLosses.known().origin(entry.name()).isPresent())
        .map(entry -> "  %s: %s".formatted(TaskLosses.known().listed(entry), entry.summary()))
        .collect(Collectors.joining("\n"));
  }

  /** Paragraphs as comments; lines that begin with blanks are columns and stay apart. */
  private static void comment(StringBuilder text, String indent, String paragraphs) {
    for (String line : paragraphs.lines().toList()) {
      Matcher columns = COLUMNS.matcher(line);
      String first = columns.matches() ? columns.group(1) : leading(line);
      String rest = columns.matches() ? columns.group(2) : line.strip();
      wrap(text, indent + "# ", first, rest);
    }
  }

  private static String leading(String line) {
    return line.substring(0, line.length() - line.stripLeading().length());
  }

  private static void wrap(StringBuilder text, String indent, String first, String rest) {
    StringBuilder line = new StringBuilder(indent).append(first);
    String hanging = indent + " ".repeat(first.length());
    int start = line.length();
    for (String word : List.of(rest.split(" ", -1))) {
      if (line.length() > start && line.length() + 1 + word.length() > WIDTH) {
        text.append(line.toString().stripTrailing()).append('\n');
        line = new StringBuilder(hanging);
        start = line.length();
      }
      line.append(line.length() > start ? " " : "").append(word);
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  /** A table of all keys for the documentation. */
  public static String markdown() {
    StringBuilder text = new StringBuilder();
    for (ConfigurationSection section : ConfigurationKeys.ALL) {
      text.append("## ").append(section.name()).append("\n\n");
      if (!section.about().isEmpty()) {
        text.append(paragraph(section.about())).append("\n\n");
      }
      section
          .choices()
          .ifPresent(
              choices ->
                  text.append(
                      "Further keys are the options of the %s that `name` chooses; those of another one"
                              .formatted(choices.kind())
                          + " in a file below the one that names it are left out, with a line that"
                          + " says so.\n\n"));
      if (section.keys().isEmpty()) {
        continue;
      }
      text.append("| key | usual | possible | meaning |\n| --- | --- | --- | --- |\n");
      for (Option key : section.keys()) {
        text.append(
            String.format(
                Locale.ROOT,
                "| `%s` | %s | %s | %s |%n",
                section.key(key.name()),
                key.required() ? "must be set" : "`" + value(key.usual().orElseThrow()) + "`",
                key.kind().words(),
                paragraph(key.meaning())));
      }
      text.append('\n');
    }
    return text.toString().stripTrailing() + "\n";
  }

  /** In one line, as cells of a table are; columns one below the other. */
  private static String paragraph(String text) {
    return text.lines()
        .map(
            line ->
                line.startsWith("  ")
                    ? "<br>" + line.strip().replaceAll(" {2,}", ": ")
                    : line.strip())
        .collect(Collectors.joining(" "))
        .replace("|", "\\|");
  }
}
