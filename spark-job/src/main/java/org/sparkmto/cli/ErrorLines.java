package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.data.DataContractException;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.training.StoppedException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a person reads on stderr when a sub-command does not succeed: one line for a wrong usage or
 * configuration, the chain of causes in short for a failure, a stack trace only on request.
 */
final class ErrorLines implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private static final int MOST_CAUSES = 8;
  private static final int LONGEST_LINE = 600;

  private final PrintWriter err;
  private final BooleanSupplier verbose;

  ErrorLines(PrintWriter err, BooleanSupplier verbose) {
    this.err = err;
    this.verbose = verbose;
  }

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine commandLine = e.getCommandLine();
    String command = commandLine.getCommandSpec().qualifiedName();
    List<String> unmatched = commandLine.getUnmatchedArguments();
    ParameterException shown =
        // A misspelt option is the reason why the right one is missing, so it comes first.
        unmatched.isEmpty() ? e : new UnmatchedArgumentException(commandLine, unmatched);
    err.println(
        "%s: %s%s See '%s --help'."
            .formatted(command, oneLine(shown.getMessage()), suggestion(shown), command));
    printStackTraceIfVerbose(e);
    return ExitCode.WRONG_CONFIGURATION;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parsed) {
    String command = commandLine.getCommandSpec().qualifiedName();
    if (e instanceof StoppedException stopped) {
      err.println(command + ": " + oneLine(e.getMessage()));
      return stopped.exitCode();
    }
    if (e instanceof ConfigurationException
        || e instanceof DataContractException
        || (e instanceof PreprocessingException p && p.isWrongUsage())) {
      return refused(command, e);
    }
    return failed(command, e);
  }

  /** Says in one line why a command cannot be, and returns its exit code. */
  int refused(String command, Exception e) {
    err.println(command + ": " + oneLine(e.getMessage()));
    printStackTraceIfVerbose(e);
    return ExitCode.WRONG_CONFIGURATION;
  }

  /** Reports a failure, which may be an {@link Error}, and returns its exit code. */
  int failed(String command, Throwable e) {
    if (jvmIsStopping()) {
      // Spark's own shutdown cancelled the work, and its complaint would only confuse.
      return ExitCode.FAILED;
    }
    err.println(command + " failed: " + described(e));
    Throwable cause = e.getCause();
    for (int depth = 1; cause != null && depth < MOST_CAUSES; depth++) {
      err.println("  caused by " + described(cause));
      cause = cause.getCause();
    }
    FullDisk.advice(e).ifPresent(advice -> err.println("  " + advice));
    printStackTraceIfVerbose(e);
    Logger log = LoggerFactory.getLogger(ErrorLines.class);
    log.error("{} failed", command, e);
    err.println(
        SparkLog.file()
            .map(file -> "  The log with the stack trace: " + file)
            .orElse("  The stack trace is in the driver's log; what executors said is in theirs."));
    return ExitCode.FAILED;
  }

  private static boolean jvmIsStopping() {
    Thread probe = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private void printStackTraceIfVerbose(Throwable e) {
    if (verbose.getAsBoolean()) {
      e.printStackTrace(err);
    }
  }

  private static String suggestion(ParameterException e) {
    List<String> nearest =
        e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    return nearest.isEmpty() ? "." : "; did you mean '" + nearest.get(0) + "'?";
  }

  private static String described(Throwable e) {
    String name = e.getClass().getSimpleName();
    return e.getMessage() == null ? name : name + ": " + oneLine(e.getMessage());
  }

  /** The whole message on one line; Spark's messages may hold the log of an executor. */
  private static String oneLine(String message) {
    String line = String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " ");
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + " ...";
  }
}
