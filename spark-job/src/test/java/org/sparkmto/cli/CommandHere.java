package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A command line that ran to its end in this JVM, as {@code spark-mto} does in one of its own.
 *
 * @param code the exit code
 * @param out what it printed to stdout through the command line's own writer
 * @param err what it printed to stderr
 */
public record CommandHere(int code, String out, String err) {

  /** Runs it. */
  public static CommandHere run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            Main.subCommands(), new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new CommandHere(code, out.toString(), err.toString());
  }

  /** Runs one that must end well. */
  public static void done(String... arguments) {
    CommandHere command = run(arguments);
    assertThat(command.code).as("%s said %s", String.join(" ", arguments), command.err).isZero();
  }

  /** The same, with a Spark of two threads. */
  public static void doneByTwo(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--master", "local[2]"));
    done(all.toArray(String[]::new));
  }
}
