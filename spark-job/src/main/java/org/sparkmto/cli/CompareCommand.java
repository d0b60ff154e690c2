package org.sparkmto.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkmto.experiment.NamedOptions;
import org.sparkmto.experiment.sweep.SweepGrid;
import org.sparkmto.method.Level;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains with many methods and compares them. */
@Command(
    name = "compare",
    description =
        "Trains one network with every method on the same data and tabulates what they come to.%nIt"
            + " is a sweep over methods that needs no file. The tables are in results.md, .csv,"
            + " .json and .tex, times of steps in times.csv, all of it on the page report.html. Run"
            + " it again to go on after an interruption: what is complete is kept. A run that fails"
            + " is reported, the others go on, and the exit code is 1.",
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto compare --config conf/multi-fashion.conf --master local[2] \\",
      "      --methods ew,imtl,mgda:normaliser=l2 --seeds 1,2,3 --out reports/methods",
      "  spark-mto compare --config conf/multi-fashion.conf --master local[2] \\",
      "      --steps 200 --no-baselines --check --out reports/all"
    })
final class CompareCommand extends SubCommand {
  private static final int CHECK_STEPS = 20;

  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;
  @Mixin private ConfigurationOptions settings;

  @Option(
      names = "--methods",
      paramLabel = "NAME[:option=value,...],...",
      description =
          "Methods with their options, separated by commas. Default: every method with its "
              + "defaults. The section 'method' of the configuration is not used.")
  private List<String> methods = new ArrayList<>();

  @Option(
      names = "--seeds",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "N[,N...]",
      description =
          "Train every method and every single-task network once with each of these seeds, into"
              + " seed-N below its run; the table then has mean and standard deviation. Default:"
              + " run.seed, once.")
  private List<Long> seeds = new ArrayList<>();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of every run, baselines included; same as training.steps.")
  private Integer steps;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "test",
      description = "Split to evaluate on. Default: ${DEFAULT-VALUE}.")
  private String split;

  @Option(
      names = "--baselines",
      paramLabel = "DIR",
      description =
          "Directory of `train --tasks one`, or a store of such networks, to compare with by"
              + " Delta_m. Default: baselines.directory, or, if that is not set, train a network of"
              + " its own for every task, too.")
  private String baselines;

  @Option(names = "--no-baselines", description = "No Delta_m and no single-task networks.")
  private boolean noBaselines;

  @Option(
      names = "--check",
      description =
          "Also train every method for some steps with 1 and with 2 ranks, which must end "
              + "in the same parameters to 1e-4, and with an interruption, which must end in the "
              + "same bits.")
  private boolean check;

  @Option(
      names = "--check-steps",
      paramLabel = "N",
      description =
          "Steps of these runs. They descend with momentum at rate 0.003, because adaptive "
              + "optimisers amplify the rounding of sums; a method that needs one keeps the "
              + "configuration's, at a tenth of its rate. Default: 20.")
  private Integer checkSteps;

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      description =
          "Where gradients are compared, of all methods that have the choice: representation or "
              + "parameters. Default: each method's own.")
  private Level level;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where the table and all runs go; any path that Hadoop reaches.")
  private String out;

  @Option(
      names = "--overwrite",
      description = "Delete an earlier comparison in the same directory first.")
  private boolean overwrite;

  /** The option "level" where the method has the choice. */
  private Map<String, Object> level(MethodEntry entry) {
    return level != null && entry.levels().size() > 1 && entry.levels().contains(level)
        ? Map.of("level", level.name().toLowerCase(Locale.ROOT))
        : Map.of();
  }

  @Override
  Work prepare() {
    if (baselines != null && noBaselines) {
      throw new ConfigurationException("--baselines and --no-baselines contradict each other");
    }
    if (checkSteps != null && !check) {
      throw new ConfigurationException("--check-steps says nothing without --check");
    }
    Config config = settings.ofRun(line -> System.err.println("note: " + line));
    if (steps != null) {
      config = config.withValue("training.steps", ConfigValueFactory.fromAnyRef(steps));
    }
    List<NamedOptions> chosen = new ArrayList<>(NamedOptions.all(methods));
    if (chosen.isEmpty()) {
      Methods.all().forEach(entry -> chosen.add(new NamedOptions(entry.name(), level(entry))));
    } else if (level != null) {
      throw new ConfigurationException(
          "--level is for all methods; give each of --methods its own");
    }
    if (config.hasPath(SweepGrid.SECTION)) {
      throw new ConfigurationException(
          "the configuration has a section 'sweep'; give the file to `spark-mto sweep`");
    }
    Map<String, Object> sweep = new HashMap<>();
    sweep.put("directory", out);
    sweep.put("methods", chosen.stream().map(NamedOptions::toString).toList());
    sweep.put("tuned", List.of());
    sweep.put("by", "loss");
    sweep.put("split", split);
    sweep.put("baselines", baselines(config));
    if (!seeds.isEmpty()) {
      sweep.put("seeds", seeds);
    }
    if (check) {
      sweep.put("check-steps", checkSteps == null ? CHECK_STEPS : checkSteps);
    }
    Config file =
        ConfigFactory.parseMap(
                Map.of(SweepGrid.SECTION, sweep, "method", Map.of("name", "ew")), "compare")
            .withFallback(config.withoutPath("method"));
    return new SweptGrid(SweepGrid.of(file), spark, overwrite, spec.commandLine().getOut());
  }

  private Object baselines(Config config) {
    String store =
        config.hasPath("baselines.directory") ? config.getString("baselines.directory") : "";
    return noBaselines ? false : baselines != null ? baselines : store.isEmpty() ? true : store;
  }
}
