package org.sparkmto.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

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
}
