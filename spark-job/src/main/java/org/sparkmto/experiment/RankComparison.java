package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.method.Level;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.DeviceSteps;
import org.sparkmto.training.RankSteps;
import org.sparkmto.training.SyntheticProblem;

/**
 * Whether several ranks learn what one does, in networks with batch normalisation: steps of every
 * method at each of its levels, with statistics of a rank, of groups and of the whole batch. Beside
 * it stands how far rounding alone drives one rank, from weights each of which is the next number:
 * a rounding now and then moves a number across the corner of a ReLU, and of a SegNet to another
 * place, so that gradients jump.
 */
public final class RankComparison {
  private static final int WIDTH = 4;

  /** With groups of four every number of ranks up to three has whole groups. */
  private static final int BATCH = 24;

  /** A small rate, whatever the optimiser: a network that is moved far makes much of roundings. */
  private static final String RATE = "schedule.rate = 0.0001\n";

  private static final String FORM = "%-10s %-18s %-15s %-13s %-18s %9s%n";

  private static final String CONCLUSION = "%-24s %9s %9s %9s %9s%n";

  private final List<MethodEntry> methods;
  private final List<Integer> ranks;
  private final List<RankSteps> networks;

  /** Over which samples; and whether the number of ranks is not to be seen. */
  private enum Statistics {
    RANK("network.statistics = rank", false),
    GHOST("network { statistics = ghost, ghost-samples = 4 }", true),
    SYNCHRONISED("network.statistics = synchronised", true);

    private final String settings;
    private final boolean exact;

    Statistics(String settings, boolean exact) {
      this.settings = settings;
      this.exact = exact;
    }
  }

  /**
   * One method at one level, in one network with one kind of statistics.
   *
   * @param level at which it was run; empty for a method that has one at most
   * @param apart how far the end on several ranks is from that on one, relative to the parameters,
   *     for each number of ranks; empty for one that cannot share the batch in whole groups
   * @param rounding how far rounding alone drives one rank; empty where the number of ranks may be
   *     seen
   */
  public record Row(
      String network,
      String method,
      String level,
      String statistics,
      List<OptionalDouble> apart,
      OptionalDouble rounding) {

    /** The furthest of all numbers of ranks. */
    OptionalDouble furthest() {
      return apart.stream()
          .filter(OptionalDouble::isPresent)
          .mapToDouble(OptionalDouble::getAsDouble)
          .max();
    }

    private String toText() {
      return String.format(
          Locale.ROOT,
          FORM,
          network,
          method,
          level,
          statistics,
          apart.stream().map(Row::number).collect(Collectors.joining(" ")),
          number(rounding));
    }

    private static String number(OptionalDouble value) {
      return value.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1e", value.getAsDouble());
    }
  }

  /**
   * A comparison.
   *
   * @param methods those to be run
   * @param ranks numbers of ranks that are compared with one
   * @param steps of each run
   */
  public RankComparison(List<MethodEntry> methods, List<Integer> ranks, int steps) {
    this.methods = List.copyOf(methods);
    this.ranks = List.copyOf(ranks);
    this.networks =
        SyntheticProblem.normalised(WIDTH, BATCH).stream()
            .map(problem -> new RankSteps(problem, steps))
            .toList();
  }

  /** Runs all, and prints a line of each as it is known. */
  public List<Row> run(JavaSparkContext spark, PrintWriter console) throws InterruptedException {
    String several = "on " + ranks;
    console.printf(FORM, "network", "method", "level", "statistics", several, "rounding");
    List<Row> rows = new ArrayList<>();
    for (MethodEntry entry : methods) {
      for (String level : levels(entry)) {
        for (RankSteps network : networks) {
          for (Statistics statistics : Statistics.values()) {
            Row row = row(spark, network, entry.name(), level, statistics);
            rows.add(row);
            console.print(row.toText());
            console.flush();
          }
        }
      }
    }
    conclude(rows, console);
    return rows;
  }

  /** Over all methods, of the furthest of each. */
  private static void conclude(List<Row> rows, PrintWriter console) {
    Map<String, List<Row>> together = new LinkedHashMap<>();
    for (Row row : rows) {
      together
          .computeIfAbsent(
              String.format("%-10s %-13s", row.network(), row.statistics()),
              key -> new ArrayList<>())
          .add(row);
    }
    console.printf(CONCLUSION, "of all", "median", "furthest", "rounding", "furthest");
    together.forEach(
        (key, of) ->
            console.printf(
                CONCLUSION,
                key,
                Row.number(part(of, Row::furthest, 0.5)),
                Row.number(part(of, Row::furthest, 1)),
                Row.number(part(of, Row::rounding, 0.5)),
                Row.number(part(of, Row::rounding, 1))));
    console.flush();
  }

  /** The number that a part of them does not exceed. */
  private static OptionalDouble part(
      List<Row> rows, Function<Row, OptionalDouble> what, double share) {
    double[] sorted =
        rows.stream()
            .map(what)
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble)
            .sorted()
            .toArray();
    return sorted.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(sorted[(int) (share * (sorted.length - 1))]);
  }

  private static List<String> levels(MethodEntry entry) {
    return entry.levels().size() < 2
        ? List.of("")
        : entry.levels().stream()
            .map(Level::name)
            .map(name -> name.toLowerCase(Locale.ROOT))
            .sorted()
            .toList();
  }

  private Row row(
      JavaSparkContext spark, RankSteps network, String name, String level, Statistics statistics)
      throws InterruptedException {
    String method = "name = " + name + (level.isEmpty() ? "" : ", level = " + level);
    String more = RATE + statistics.settings;
    try {
      DeviceSteps.Course one = network.alone(method, more);
      List<OptionalDouble> apart = new ArrayList<>();
      for (int number : ranks) {
        apart.add(
            network.canBeShared(method, more, number)
                ? OptionalDouble.of(network.onSpark(spark, method, more, number).relative(one))
                : OptionalDouble.empty());
      }
      return new Row(
          network.problem().network(),
          name,
          level,
          statistics.name().toLowerCase(Locale.ROOT),
          apart,
          statistics.exact
              ? OptionalDouble.of(network.shaken(method, more).relative(one))
              : OptionalDouble.empty());
    } catch (ConfigurationException e) {
      throw new ConfigurationException(method + ": " + e.getMessage(), e);
    }
  }
}
