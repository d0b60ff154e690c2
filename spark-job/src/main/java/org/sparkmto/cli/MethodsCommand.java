package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import org.sparkmto.method.Level;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.MethodProperty;
import org.sparkmto.method.Methods;
import org.sparkmto.report.MarkdownTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the methods. */
@Command(
    name = "methods",
    description = "Lists the multi-task optimisation methods, what each must see, and its options.",
    footer = {"%nExample:", "  spark-mto methods cagrad"})
final class MethodsCommand extends SubCommand {
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "METHOD", description = "Which ones. Default: all.")
  private List<String> names = List.of();

  @Option(
      names = "--markdown",
      description = "As tables for a page, without what jars of your own add.")
  private boolean markdown;

  @Override
  Work prepare() {
    List<MethodEntry> shown = ListCommand.chosen(Methods.known(), names, markdown);
    return () -> {
      PrintWriter out = spec.commandLine().getOut();
      if (markdown) {
        table(out, shown);
      } else {
        shown.forEach(entry -> print(out, entry));
      }
    };
  }

  private static void print(PrintWriter out, MethodEntry entry) {
    out.printf("%s%n  %s. %s%n", Methods.known().listed(entry), entry.title(), entry.paper());
    out.printf("  sees %s%n", entry.input().words());
    out.printf("  remembers %s%n", state(entry));
    for (MethodProperty property : sorted(entry)) {
      out.printf("  %s%n", property.words());
    }
    if (entry.levels().size() > 1) {
      out.printf("  level = %s (default %s)%n", levels(entry), defaultLevel(entry));
    }
    entry.parameters().forEach(option -> out.printf("  %s%n", option.described()));
    out.println();
  }

  private static void table(PrintWriter out, List<MethodEntry> shown) {
    MarkdownTable table =
        MarkdownTable.ofWords("method", "paper", "sees", "remembers", "properties");
    for (MethodEntry entry : shown) {
      table.line(
          ListCommand.code(entry.name()),
          entry.title() + ", " + entry.paper(),
          entry.input().words()
              + (entry.levels().size() > 1 ? " (or " + otherLevel(entry) + ")" : ""),
          state(entry),
          String.join(", ", sorted(entry).stream().map(MethodProperty::brief).toList()));
    }
    out.print(table);
    out.println();
    out.println("Properties:");
    for (MethodProperty property : MethodProperty.values()) {
      out.printf("*%s* %s; ", property.brief(), property.words());
    }
    out.println("tests hold every method to what it declares.");
    ListCommand.options(out, "method", shown);
  }

  private static List<MethodProperty> sorted(MethodEntry entry) {
    return entry.properties().stream().sorted().toList();
  }

  private static String state(MethodEntry entry) {
    String perTask = entry.stateful() ? "numbers per task" : "";
    String perElement = entry.elementState() ? "vectors per task" : "";
    String both = perTask + (perTask.isEmpty() || perElement.isEmpty() ? "" : ", ") + perElement;
    return both.isEmpty() ? "nothing" : both;
  }

  private static String otherLevel(MethodEntry entry) {
    return entry.defaultLevel().orElseThrow() == Level.PARAMETERS
        ? "at the representation"
        : "of the shared parameters";
  }

  private static String levels(MethodEntry entry) {
    return String.join(
        ", ",
        entry.levels().stream()
            .map(level -> level.name().toLowerCase(java.util.Locale.ROOT))
            .sorted()
            .toList());
  }

  private static String defaultLevel(MethodEntry entry) {
    return entry
        .defaultLevel()
        .map(level -> level.name().toLowerCase(java.util.Locale.ROOT))
        .orElse("-");
  }
}
