package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sparkmto.exchange.Transport;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.trial.DeviceRanks;
import org.sparkmto.trial.DeviceSteps;
import org.sparkmto.trial.RankSteps;
import org.sparkmto.trial.SyntheticProblem;

/**
 * Whether several ranks learn what one does, in networks with batch normalisation: steps of every
 * method at each of its levels, with statistics of a rank, of groups and of the whole batch, with
 * and without micro-batches. In doubles roundings are so small that next to none moves a number
 * across the corner of a ReLU, or of a SegNet to another place, where gradients jump: what is apart
 * there is apart for another reason. In floats, as training computes, it stands beside how far
 * rounding alone drives one rank, from weights each of which is the next number.
 */
public final class RankComparison implements AutoCloseable {
  /** Whole groups are shared by every number of ranks up to three. */
  private static final int GROUPS = 6;

  /**
   * Samples of a group and of a micro-batch, by network. Where a DeepLab looks at the whole image a
   * sample has one value; of two values a layer makes much of every rounding.
   */
  private static final List<Integer> SAMPLES = List.of(2, 2, 4);

  /** A method may cut a batch into parts, of which every rank needs whole groups, too. */
  private static final int MOST_BATCHES = 6;

  private static final Duration DEADLINE = Duration.ofHours(1);

  private static final String FORM = "%-10s %-18s %-15s %-13s %-7s %-8s %-26s %9s  %s%n";

  private final Choice choice;
  private final Map<Joined, DeviceRanks> joined = new HashMap<>();

  /** Over which samples; and whether the number of ranks is not to be seen. */
  public enum Statistics {
    /** Of a rank's own samples. */
    RANK("network.statistics = rank\n", false),
    /** Of small groups. */
    GHOST("network { statistics = ghost, ghost-samples = %d }\n", true),
    /** Of the whole batch. */
    SYNCHRONISED("network.statistics = synchronised\n", true);

    private final String settings;
    private final boolean exact;

    Statistics(String settings, boolean exact) {
      this.settings = settings;
      this.exact = exact;
    }
  }

  /** In which numbers everything is computed. */
  public enum Numbers {
    /** As training computes; rounding alone is measured, too. */
    FLOAT32,
    /** The witness: next to nothing crosses a corner. */
    DOUBLE
  }

  /** The networks that there are. */
  public static List<String> networks() {
    return SyntheticProblem.narrow(GROUPS).stream().map(SyntheticProblem::network).toList();
  }

  /**
   * What is run.
   *
   * @param networks by their names
   * @param ranks numbers of ranks that are compared with one
   * @param steps of each run
   * @param pieces whether ranks with micro-batches, too, are compared with one without
   * @param transports as what gradients travel between ranks
   * @param rate of the optimiser; small, as a network that is moved far makes much of roundings
   */
  public record Choice(
      List<MethodEntry> methods,
      List<String> networks,
      List<Integer> ranks,
      int steps,
      Set<Statistics> statistics,
      boolean pieces,
      Numbers numbers,
      Set<Transport> transports,
      double rate) {
    public Choice {
      methods = List.copyOf(methods);
      networks = List.copyOf(networks);
      ranks = List.copyOf(ranks);
    }
  }

  /** A comparison. */
  public RankComparison(Choice choice) {
    this.choice = choice;
  }

  /**
   * Runs all that is not known, and prints a line of each as it becomes known.
   *
   * @param file with a line of JSON for each row, where an interrupted comparison goes on
   * @return all rows of what was asked for
   * @throws java.io.UncheckedIOException if the file cannot be read and written
   */
  public List<RankRow> run(Optional<Path> file, PrintWriter console) {
    RankRows rows = new RankRows(file);
    List<Run> all = runs();
    List<Run> missing = all.stream().filter(run -> rows.of(run.setting()).isEmpty()).toList();
    console.printf(
        FORM,
        "network",
        "method",
        "level",
        "statistics",
        "pieces",
        "travel",
        "apart",
        "rounding",
        "");
    long begin = System.nanoTime();
    Map<String, DeviceSteps.Course> whole = new LinkedHashMap<>();
    for (int done = 0; done < missing.size(); ) {
      RankRow row = row(missing.get(done), whole);
      rows.add(row);
      done++;
      double seconds = (System.nanoTime() - begin) / 1e9;
      String progress =
          String.format(
              Locale.ROOT,
              "%d of %d, ETA %.0f min",
              done,
              missing.size(),
              Math.ceil(seconds / done * (missing.size() - done) / 60));
      console.print(text(row, progress));
      console.flush();
    }
    return all.stream().map(run -> rows.of(run.setting()).orElseThrow()).toList();
  }

  /** One row to be. */
  private record Run(
      RankRow.Setting setting,
      int network,
      String method,
      Statistics statistics,
      Transport transport) {}

  /** Ranks of this process that know each other. */
  private record Joined(int ranks, Transport transport) {}

  private List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (MethodEntry entry : choice.methods()) {
      for (String level : levels(entry)) {
        List<SyntheticProblem> networks = SyntheticProblem.narrow(GROUPS);
        for (int network = 0; network < networks.size(); network++) {
          if (!choice.networks().contains(networks.get(network).network())) {
            continue;
          }
          for (Statistics statistics : choice.statistics()) {
            for (boolean pieces : choice.pieces() ? List.of(false, true) : List.of(false)) {
              for (Transport transport : choice.transports()) {
                runs.add(
                    new Run(
                        new RankRow.Setting(
                            networks.get(network).network(),
                            entry.name(),
                            level,
                            lower(statistics),
                            pieces,
                            lower(choice.numbers()),
                            choice.steps(),
                            lower(transport),
                            choice.rate()),
                        network,
                        "name = " + entry.name() + (level.isEmpty() ? "" : ", level = " + level),
                        statistics,
                        transport));
              }
            }
          }
        }
      }
    }
    return runs;
  }

  private static List<String> levels(MethodEntry entry) {
    return entry.levels().size() < 2
        ? List.of("")
        : entry.levels().stream().map(RankComparison::lower).sorted().toList();
  }

  private static String lower(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Makes the runs of a row.
   *
   * @param whole the end of the last row's rank that had the whole batch at once, by what it was of
   */
  private RankRow row(Run run, Map<String, DeviceSteps.Course> whole) {
    boolean pieces = run.setting().pieces();
    int samples = SAMPLES.get(run.network());
    String plain =
        "schedule.rate = " + choice.rate() + "\n" + run.statistics().settings.formatted(samples);
    String more = plain + (pieces ? "training.micro-batch = " + samples : "");
    try {
      Optional<RankSteps> shared = shared(run, more);
      if (shared.isEmpty()) {
        return new RankRow(
            run.setting(), Map.of(), OptionalDouble.empty(), "no batch is shared in whole groups");
      }
      RankSteps steps = shared.get();
      String key = run.network() + run.method() + run.statistics();
      if (!whole.containsKey(key)) {
        whole.clear();
        whole.put(key, steps.alone(run.method(), plain));
      }
      DeviceSteps.Course one = whole.get(key);
      Map<Integer, Double> apart = new TreeMap<>();
      if (pieces) {
        apart.put(1, steps.alone(run.method(), more).relative(one));
      }
      for (int number : choice.ranks()) {
        apart.put(
            number,
            steps.together(ranks(number, run.transport()), run.method(), more).relative(one));
      }
      boolean shakes = run.statistics().exact && choice.numbers() == Numbers.FLOAT32 && !pieces;
      return new RankRow(
          run.setting(),
          apart,
          shakes
              ? OptionalDouble.of(steps.shaken(run.method(), plain).relative(one))
              : OptionalDouble.empty(),
          "");
    } catch (ConfigurationException e) {
      return new RankRow(run.setting(), Map.of(), OptionalDouble.empty(), e.getMessage());
    }
  }

  /** Steps with the smallest batch that all numbers of ranks can share. */
  private Optional<RankSteps> shared(Run run, String more) {
    return IntStream.rangeClosed(1, MOST_BATCHES)
        .mapToObj(
            batches ->
                SyntheticProblem.narrow(batches * GROUPS * SAMPLES.get(run.network()))
                    .get(run.network()))
        .map(problem -> new RankSteps(problem, choice.steps()))
        .filter(
            steps ->
                choice.ranks().stream()
                    .allMatch(number -> steps.canBeShared(run.method(), more, number)))
        .findFirst()
        .map(steps -> choice.numbers() == Numbers.DOUBLE ? steps.inDoubles() : steps);
  }

  private DeviceRanks ranks(int number, Transport transport) {
    return joined.computeIfAbsent(
        new Joined(number, transport), key -> DeviceRanks.onCpu(number, DEADLINE, transport));
  }

  private static String text(RankRow row, String progress) {
    RankRow.Setting setting = row.setting();
    return String.format(
        Locale.ROOT,
        FORM,
        setting.network(),
        setting.method(),
        setting.level(),
        setting.statistics(),
        setting.pieces() ? "pieces" : "whole",
        setting.transport(),
        row.refused().isEmpty()
            ? row.apart().entrySet().stream()
                .map(entry -> entry.getKey() + ": " + RankTable.number(entry.getValue()))
                .collect(Collectors.joining(" "))
            : "refused",
        RankTable.number(row.rounding()),
        progress);
  }

  @Override
  public void close() {
    joined.values().forEach(DeviceRanks::close);
  }
}
