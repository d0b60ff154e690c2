package org.sparkmto.cli;

import com.typesafe.config.ConfigException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.sparkmto.options.ConfigurationException;

/**
 * One sub-command: a picocli {@code @Command} with a name, a description and, in its footer, an
 * example that can be pasted. {@link Main} holds the list of them.
 *
 * <p>A sub-command first prepares, then works, and this is what decides between exit codes 2 and 1:
 *
 * <ul>
 *   <li>While it prepares, an {@link IllegalArgumentException} and a {@link ConfigException} are
 *       about a value that the user wrote: wrong configuration, exit code 2.
 *   <li>At any time, a {@link ConfigurationException} and a {@link
 *       org.sparkmto.data.DataContractException} say so themselves: exit code 2.
 *   <li>Everything else is a failure: exit code 1.
 * </ul>
 */
abstract class SubCommand implements Callable<Integer> {
  private int code = ExitCode.DONE;

  /** What a sub-command does once its configuration is known to be right. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /**
   * Reads and checks the whole configuration, and does nothing else: no Spark session, no file
   * written.
   */
  abstract Work prepare() throws Exception;

  @Override
  public final Integer call() throws Exception {
    Work work;
    try {
      work = prepare();
    } catch (IllegalArgumentException | ConfigException e) {
      throw new ConfigurationException(e.getMessage(), e);
    }
    work.run();
    return code;
  }

  /** Lines for a person who waits: each is there as soon as it is said. */
  static Consumer<String> lines(PrintWriter console) {
    return line -> {
      console.println(line);
      console.flush();
    };
  }

  /** Lets the process return another code than that of done, if the work ends well. */
  final void endWith(int other) {
    code = other;
  }
}
