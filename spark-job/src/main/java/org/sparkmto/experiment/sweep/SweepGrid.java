package org.sparkmto.experiment.sweep;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Task;
import org.sparkmto.method.Methods;
import org.sparkmto.naming.Nearest;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;

/**
 * Which runs a sweep is made of: every combination of the values of its axes, with every seed.
 *
 * <p>The file of a sweep is the configuration of a run with one more section, {@code sweep}:
 *
 * <ul>
 *   <li>{@code directory}: where everything goes; required
 *   <li>{@code methods}, {@code optimizers}, {@code networks}: lists of {@code
 *       NAME[:option=value,...]} or objects with a name; {@code rates} and {@code weight-decays}:
 *       lists of numbers; {@code preferences}: lists of one number per task, for methods that have
 *       an option of that name or {@code weights}; {@code variants}: an object of named settings.
 *       An axis that is not there has what the file says outside this section.
 *   <li>{@code seeds}: whole numbers; {@code run.seed} unless they are there
 *   <li>{@code tuned}: axes of which the best value is chosen on the validation split; {@code
 *       [rate, weight-decay]} unless it is there
 *   <li>{@code by}: what is best there, {@code delta}, {@code loss} or a figure; {@code delta} with
 *       single-task networks, {@code loss} without
 *   <li>{@code judged}: names of the tasks that the tables are about; all unless it is there
 *   <li>{@code split}: what the tables are of; {@code test} unless it is there
 *   <li>{@code baselines}: whether single-task networks are trained, too, over the same optimisers,
 *       rates, weight decays, networks and seeds, or the directory of those that Delta_m compares
 *       with; {@code true} unless it is there
 *   <li>{@code check-steps}: length of the short runs of {@link ExactnessCheck}; 0, none, unless it
 *       is there
 * </ul>
 *
 * @param directory where everything goes
 * @param base configuration of every run, but for the axes
 * @param axes values of each axis that has some, in the order of the enumeration
 * @param seeds one or more
 * @param tuned labels of axes of which the best value is chosen
 * @param by what is best
 * @param judged names of the tasks that the tables are about; empty for all
 * @param split what the tables are of
 * @param baselines whether Delta_m compares with single-task networks
 * @param given directory of these networks; empty if they are trained
 * @param checkSteps length of the runs that check every method; 0 for no check
 */
public record SweepGrid(
    String directory,
    Config base,
    Map<SweepAxis, List<SweepAxis.Choice>> axes,
    List<Long> seeds,
    Set<SweepAxis> tuned,
    String by,
    List<String> judged,
    String split,
    boolean baselines,
    Optional<String> given,
    int checkSteps) {
  /** The section of a file that makes it one of a sweep. */
  public static final String SECTION = "sweep";

  /** What chooses by the comparison with single-task networks. */
  static final String DELTA = "delta";

  /** What chooses by the sum of the tasks' losses. */
  static final String LOSS = "loss";

  private static final String RUNS = "runs";
  private static final String SINGLE = "single-task";
  private static final String CHECKS = "checks";
  private static final Set<String> OTHERS =
      Set.of("directory", "seeds", "tuned", "by", "judged", "split", "baselines", "check-steps");

  /** Axes that a network of one task has, too. */
  private static final Set<SweepAxis> OF_ONE_TASK =
      Set.of(SweepAxis.NETWORK, SweepAxis.OPTIMIZER, SweepAxis.RATE, SweepAxis.WEIGHT_DECAY);

  /** Axes that a check has values of its own for. */
  private static final Set<SweepAxis> NOT_CHECKED =
      Set.of(SweepAxis.OPTIMIZER, SweepAxis.RATE, SweepAxis.WEIGHT_DECAY);

  /** Takes copies. */
  public SweepGrid {
    axes = Collections.unmodifiableMap(new EnumMap<>(axes));
    seeds = List.copyOf(seeds);
    tuned = Set.copyOf(tuned);
    judged = List.copyOf(judged);
  }

  /**
   * Reads a file.
   *
   * @param file resolved, with section {@value #SECTION}
   * @throws ConfigurationException if a key is unknown, missing or wrong
   */
  public static SweepGrid of(Config file) {
    if (!file.hasPath(SECTION)) {
      throw new ConfigurationException(
          "the file has no section '" + SECTION + "'; conf/sweep-fashion.conf is one that has");
    }
    Config sweep = file.getConfig(SECTION);
    refuseUnknown(sweep);
    Map<SweepAxis, List<SweepAxis.Choice>> axes = new EnumMap<>(SweepAxis.class);
    for (SweepAxis axis : SweepAxis.values()) {
      ConfigValue given = sweep.root().get(axis.key());
      // null takes an axis back that an included file has set.
      if (given != null && given.valueType() != ConfigValueType.NULL) {
        axes.put(axis, distinct(axis, given));
      }
    }
    SweepReader read = new SweepReader(sweep);
    String single = read.text("baselines", "true");
    boolean baselines = !single.equals("false");
    Config base = file.withoutPath(SECTION);
    List<Long> seeds =
        read.seeds(() -> TrainingConfiguration.of(directed(base, read.directory())).seed());
    String by = read.text("by", baselines ? DELTA : LOSS);
    if (by.equals(DELTA) && !baselines) {
      throw new ConfigurationException(
          "sweep.by = delta compares with single-task networks: set sweep.baselines = true, or"
              + " choose by loss or a figure");
    }
    return new SweepGrid(
        read.directory(),
        base,
        axes,
        seeds,
        tuned(read),
        by,
        read.texts("judged", List.of()),
        read.text("split", "test"),
        baselines,
        Optional.of(single).filter(text -> baselines && !text.equals("true")),
        read.checkSteps());
  }

  private static void refuseUnknown(Config sweep) {
    Set<String> known = new HashSet<>(OTHERS);
    for (SweepAxis axis : SweepAxis.values()) {
      known.add(axis.key());
    }
    for (String key : sweep.root().keySet()) {
      if (!known.contains(key)) {
        throw new ConfigurationException(
            "there is no key sweep.%s%s".formatted(key, Nearest.hint(key, known)));
      }
    }
  }

  private static List<SweepAxis.Choice> distinct(SweepAxis axis, ConfigValue given) {
    List<SweepAxis.Choice> choices = axis.read(given);
    if (choices.isEmpty()) {
      throw axis.wrong(given, "is empty; leave it out for what the file says");
    }
    Set<String> folders = new HashSet<>();
    for (SweepAxis.Choice choice : choices) {
      if (!folders.add(SweepPoint.folder(choice.name()))) {
        throw axis.wrong(given, "'" + choice.name() + "' is named twice");
      }
    }
    return List.copyOf(choices);
  }

  private static Set<SweepAxis> tuned(SweepReader read) {
    Set<SweepAxis> tuned = new HashSet<>();
    List<String> usual = List.of(SweepAxis.RATE.label(), SweepAxis.WEIGHT_DECAY.label());
    for (String name : read.texts("tuned", usual)) {
      List<String> labels = new ArrayList<>();
      for (SweepAxis axis : SweepAxis.values()) {
        labels.add(axis.label());
        if (axis.label().equals(name)) {
          tuned.add(axis);
        }
      }
      if (!labels.contains(name)) {
        throw new ConfigurationException(
            "sweep.tuned: there is no axis '%s'; there are %s"
                .formatted(name, String.join(", ", labels)));
      }
    }
    return tuned;
  }

  /** Every combination of the axes' values. */
  List<SweepPoint> points() {
    return points(axis -> true);
  }

  /** Every combination that a network of one task has. */
  List<SweepPoint> pointsOfOneTask() {
    return points(OF_ONE_TASK::contains);
  }

  /** Every network, for which there are single-task networks. */
  List<SweepPoint> networks() {
    return points(SweepAxis.NETWORK::equals);
  }

  /** Every combination that is checked. */
  List<SweepPoint> checked() {
    return checkSteps == 0 ? List.of() : points(axis -> !NOT_CHECKED.contains(axis));
  }

  /** Whether something is chosen on the validation split. */
  boolean chooses() {
    return tuned.stream().anyMatch(axis -> axes.getOrDefault(axis, List.of()).size() > 1);
  }

  private List<SweepPoint> points(Predicate<SweepAxis> which) {
    List<SweepPoint> points = List.of(new SweepPoint(Map.of(), ConfigFactory.empty()));
    for (Map.Entry<SweepAxis, List<SweepAxis.Choice>> axis : axes.entrySet()) {
      if (!which.test(axis.getKey())) {
        continue;
      }
      List<SweepPoint> longer = new ArrayList<>();
      for (SweepPoint point : points) {
        axis.getValue().forEach(choice -> longer.add(point.and(axis.getKey(), choice)));
      }
      points = longer;
    }
    return points;
  }

  /**
   * The run of a combination, without its seed.
   *
   * @throws ConfigurationException if there is no such run
   */
  TrainingConfiguration configuration(SweepPoint point) {
    return TrainingConfiguration.of(set(point, place(RUNS, point.folder())));
  }

  /**
   * The network of one task, without its seed.
   *
   * @throws ConfigurationException if there is no such run
   */
  TrainingConfiguration configuration(SweepPoint point, Task task) {
    String folder = SweepPoint.folder(task.name());
    return TrainingConfiguration.of(set(point, directory))
        .single(task)
        .at(place(SINGLE, folder, point.folder()));
  }

  /** What all runs have in common. */
  TrainingConfiguration any() {
    return TrainingConfiguration.of(directed(base, directory));
  }

  /** Where the runs of a check lie. */
  String placeOfCheck(SweepPoint point) {
    return place(CHECKS, point.folder());
  }

  /** The settings of a combination that is trained somewhere. */
  Config set(SweepPoint point, String place) {
    Config layers = preferring(point.settings().withFallback(directed(base, place)).resolve());
    return TrainingConfiguration.withoutForeignOptions(
        layers,
        origin -> origin.description().startsWith(SweepAxis.ORIGIN) ? 1 : 0,
        leftOut -> {}); // that is what an axis is for
  }

  /** With a preference as the option of the method that takes one. */
  private static Config preferring(Config layers) {
    if (!layers.hasPath(SweepAxis.PREFERENCES)) {
      return layers;
    }
    String name = layers.hasPath("method.name") ? layers.getString("method.name") : Methods.USUAL;
    String option =
        Methods.all().stream()
            .filter(entry -> entry.name().equals(name))
            .flatMap(entry -> entry.options().stream())
            .map(Option::name)
            .filter(Set.of("preferences", "weights")::contains)
            .findFirst()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "method "
                            + name
                            + " takes no preferences: it has neither option 'preferences' nor"
                            + " 'weights'"));
    return layers
        .withValue("method." + option, layers.getValue(SweepAxis.PREFERENCES))
        .withoutPath(SweepAxis.PREFERENCES);
  }

  private static Config directed(Config base, String place) {
    return base.withValue("run.directory", ConfigValueFactory.fromAnyRef(place));
  }

  private String place(String... names) {
    Path path = new Path(directory);
    for (String name : names) {
      path = new Path(path, name);
    }
    return path.toString();
  }
}
