package org.sparkmto.cli;

import java.util.List;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import picocli.CommandLine.Option;

/** The option of a command that goes over methods, each with its usual options. */
final class MethodsOption {
  @Option(
      names = "--methods",
      paramLabel = "NAME",
      split = ",",
      description = "These methods alone. Default: all.")
  private List<String> methods = List.of();

  /**
   * Those that were asked for.
   *
   * @throws IllegalArgumentException naming one that there is not
   */
  List<MethodEntry> chosen() {
    return ListCommand.chosen(Methods.known(), methods, false);
  }
}
