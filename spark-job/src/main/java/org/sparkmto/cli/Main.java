package org.sparkmto.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.version.BuildVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point: {@code spark-submit --class org.sparkmto.cli.Main spark-mto.jar}. */
@Command(
    name = "spark-mto",
    description = "Trains one network for many tasks on Apache Spark 4.1.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Main.Versions.class,
    synopsisSubcommandLabel = "SUB-COMMAND",
    subcommands = HelpCommand.class,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n")
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  private boolean verbose;

  private Main() {}

  /** All sub-commands, in the order of the help. */
  static List<SubCommand> subCommands() {
    return List.of(
        new SamplesCommand(),
        new DatasetsCommand(),
        new PreprocessCommand(),
        new InspectCommand(),
        new ValidateCommand(),
        new CorruptCommand(),
        new TrainCommand(),
        new EvaluateCommand(),
        new RobustnessCommand(),
        new PredictCommand(),
        new PseudoLabelsCommand(),
        new ExportCommand(),
        new RetrainCommand(),
        new RollbackCommand(),
        new HistoryCommand(),
        new CompareCommand(),
        new SweepCommand(),
        new ScaleInvarianceCommand(),
        new ReportCommand(),
        new AnalyzeCommand(),
        new PlanCommand(),
        new BenchCommand(),
        new MethodsCommand(),
        new ListCommand(),
        new VerifyCommand(),
        new ToyCommand(),
        new ControlCommand());
  }

  /**
   * Runs a sub-command and ends the JVM with its exit code, even if some thread of a library is
   * still alive.
   */
  public static void main(String[] arguments) {
    SparkLog.configure();
    PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
    StopSignals.listen(err);
    System.exit(run(subCommands(), out, err, arguments));
  }

  /** Runs one command line and returns its exit code. */
  static int run(
      List<? extends SubCommand> subCommands,
      PrintWriter out,
      PrintWriter err,
      String... arguments) {
    Main main = new Main();
    CommandLine root = new CommandLine(main);
    root.getCommandSpec().usageMessage().exitCodeList(exitCodes());
    ErrorLines errors = new ErrorLines(err, () -> main.verbose);
    try {
      ListCommand.requireProvided();
    } catch (ConfigurationException e) {
      // Help and sub-commands name what there is, so nothing is told of a jar that is half there.
      return errors.refused(root.getCommandName(), e);
    }
    withSubCommands(root, subCommands)
        .setOut(out)
        .setErr(err)
        .setExecutionStrategy(Main::refusingUnknown)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
    try {
      return root.execute(arguments);
    } catch (Error e) {
      // Out of memory, or a native library that does not load: picocli passes these on.
      return errors.failed(root.getCommandName(), e);
    }
  }

  /** The command line of the application, to parse with; it runs nothing by itself. */
  static CommandLine commandLine() {
    return withSubCommands(new CommandLine(new Main()), subCommands());
  }

  private static CommandLine withSubCommands(
      CommandLine root, List<? extends SubCommand> subCommands) {
    subCommands.forEach(root::addSubcommand);
    return root.setExpandAtFiles(false)
        .setUnmatchedOptionsAllowedAsOptionParameters(false)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> codes = new LinkedHashMap<>();
    ExitCode.TABLE.forEach((code, meaning) -> codes.put(Integer.toString(code), meaning));
    return codes;
  }

  /** Help for a sub-command that there is not would be help for another one. */
  private static int refusingUnknown(ParseResult parsed) {
    for (ParseResult at = parsed; at != null; at = at.subcommand()) {
      CommandLine command = at.commandSpec().commandLine();
      if (!command.getUnmatchedArguments().isEmpty()) {
        throw new UnmatchedArgumentException(command, command.getUnmatchedArguments());
      }
    }
    return new RunLast().execute(parsed);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing sub-command");
  }

  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      BuildVersion version = BuildVersion.current();
      return new String[] {
        "spark-mto " + version.application(),
        "built for Spark " + version.spark() + ", libtorch " + version.libtorch(),
        "Java " + Runtime.version() + ", " + System.getProperty("java.vendor")
      };
    }
  }
}
