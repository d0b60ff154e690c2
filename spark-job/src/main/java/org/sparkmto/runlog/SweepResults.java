package org.sparkmto.runlog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Spread;

/**
 * What the runs of a sweep came to, and what follows from them: the file {@value #FILE} in its
 * directory. It has no times and no dates in it, so that a sweep that was interrupted ends in the
 * same bytes as one that was not.
 *
 * @param dataset name of the data set
 * @param split what the figures are of
 * @param chosen how the tuned values were chosen, in words; empty if there was no choice
 * @param meaning what Delta_m counts and what its sign says, in words; empty without Delta_m
 * @param axes what runs differ in besides their seed, in order
 * @param columns what is compared, in order
 * @param rows a line for each combination of the axes that are not tuned, in order
 * @param runs every run, in order
 * @param fronts how many runs are on the Pareto fronts
 * @param tradeOffs how far methods can be told what matters; empty without preferences
 * @param baselines what Delta_m compares with
 * @param checks short runs that tried whether methods are exact; none unless asked for
 */
public record SweepResults(
    String dataset,
    String split,
    String chosen,
    String meaning,
    List<String> axes,
    List<Column> columns,
    List<Row> rows,
    List<SweptRun> runs,
    List<Front> fronts,
    List<TradeOff> tradeOffs,
    List<Baseline> baselines,
    List<Check> checks) {
  /** Its name in the directory of the sweep. */
  public static final String FILE = "results.json";

  /** A column's scope: Delta_m. */
  public static final String OF_DELTA = "delta";

  /** A column's scope: the mean over the tasks that have the figure. */
  public static final String OF_MEAN = "mean";

  /** A column's scope: one task. */
  public static final String OF_TASK = "task";

  /** A column's scope: the mean rank of a row among all rows. */
  public static final String OF_RANK = "rank";

  /**
   * What is compared.
   *
   * @param scope one of the constants above
   * @param task empty unless it is of one
   * @param figure its name
   * @param direction which way it gets better
   * @param counted whether it counts in Delta_m
   */
  public record Column(
      String scope, String task, String figure, Direction direction, boolean counted) {
    /** {@code depth/abs-err}, {@code mean/accuracy}, {@code delta/task-weighted}. */
    public String key() {
      return (scope.equals(OF_TASK) ? task : scope) + "/" + figure;
    }
  }

  /**
   * How a row compares with the best one of a column, its runs paired by their seeds.
   *
   * @param student two-sided p of the paired t-test of Student; NaN where there is none
   * @param wilcoxon two-sided exact p of the signed-rank test of Wilcoxon; NaN where there is none
   */
  public record Difference(double student, double wilcoxon) {}

  /**
   * Runs that differ in their seed, at the tuned values that were chosen.
   *
   * @param point names of all values, by axis, in the order of the axes
   * @param seeds of the runs that are complete
   * @param failure why there are no values, or fewer than seeds were asked for; empty if all is
   *     well
   * @param values by column; NaN where one is not defined
   * @param differences by column; none of the best row and where there are too few seeds
   */
  public record Row(
      Map<String, String> point,
      List<Long> seeds,
      String failure,
      Map<String, Spread> values,
      Map<String, Difference> differences) {
    /** Takes copies. */
    public Row {
      point = copy(point);
      seeds = List.copyOf(seeds);
      values = copy(values);
      differences = copy(differences);
    }

    /** A value; NaN if there is none. */
    public Spread value(Column column) {
      return values.getOrDefault(column.key(), new Spread(Double.NaN, Double.NaN));
    }
  }

  /**
   * One run.
   *
   * @param point names of its values, by axis
   * @param failure why it has no values; empty if it is complete
   * @param possible whether there can be such a run
   * @param validation what chose by; NaN if not known
   * @param values by column
   * @param onFront whether no other run of the same problem dominates it
   * @param onFrontAgainstOthers whether none with another optimiser does
   * @param remarks what else a person should know of it, in words
   */
  public record SweptRun(
      Map<String, String> point,
      long seed,
      String failure,
      boolean possible,
      double validation,
      Map<String, Double> values,
      boolean onFront,
      boolean onFrontAgainstOthers,
      List<String> remarks) {
    /** Takes copies. */
    public SweptRun {
      point = copy(point);
      values = copy(values);
      remarks = List.copyOf(remarks);
    }
  }

  /**
   * How many runs of a method and an optimiser are on Pareto fronts of a problem: a network, where
   * there are several, and a variant likewise.
   *
   * @param point the problem, method and optimiser, by axis
   * @param runs that are complete
   * @param full on the front of all runs of the problem
   * @param againstOthers not dominated by a run with another optimiser; -1 with one optimiser
   */
  public record Front(Map<String, String> point, int runs, int full, int againstOthers) {
    /** Takes copies. */
    public Front {
      point = copy(point);
    }
  }

  /**
   * Rows that differ in their preference alone.
   *
   * @param point what they have in common, by axis
   * @param preferences how many there are
   * @param hypervolume what they dominate together, as a share of the box from the best to the
   *     worst figure that any row of the problem has; NaN with more than eight figures
   * @param obeyed share of pairs of preferences, task by task, of which the one that wishes for
   *     more of the task has the better figure; NaN if no two differ
   */
  public record TradeOff(
      Map<String, String> point, int preferences, double hypervolume, double obeyed) {
    /** Takes a copy. */
    public TradeOff {
      point = copy(point);
    }
  }

  /**
   * The single-task network of a task, for the rows of a network.
   *
   * @param point names of the values that were chosen for it, by axis
   * @param values its figures on the split, means over the seeds
   */
  public record Baseline(String task, Map<String, String> point, Map<String, Double> values) {
    /** Takes copies. */
    public Baseline {
      point = copy(point);
      values = copy(values);
    }
  }

  /**
   * The short runs that check a method: with 1 and with 2 ranks, and interrupted.
   *
   * @param point what was checked, by axis
   * @param ranksApart relative difference of the parameters after training with 1 and with 2 ranks
   * @param resumesExactly whether a run with an interruption in the middle ends in the same bits
   * @param failure why there was no check; empty if there was
   */
  public record Check(
      Map<String, String> point, double ranksApart, boolean resumesExactly, String failure) {
    /** Two ranks may differ from one by the rounding of sums in single precision, no more. */
    private static final double SAME = 1e-4;

    /** Takes a copy. */
    public Check {
      point = copy(point);
    }

    /** Whether all is as it should be. */
    public boolean holds() {
      return failure.isEmpty() && ranksApart < SAME && resumesExactly;
    }
  }

  /** Takes copies. */
  public SweepResults {
    axes = List.copyOf(axes);
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    runs = List.copyOf(runs);
    fronts = List.copyOf(fronts);
    tradeOffs = List.copyOf(tradeOffs);
    baselines = List.copyOf(baselines);
    checks = List.copyOf(checks);
  }

  private static <V> Map<String, V> copy(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** What a run is called: {@code cagrad, adam, 0.001, seed 2}. */
  public static String name(Map<String, String> point, long seed) {
    return (point.isEmpty() ? "run" : String.join(", ", point.values())) + ", seed " + seed;
  }

  /** The column of a name, if there is one. */
  public Optional<Column> column(String key) {
    return columns.stream().filter(column -> column.key().equals(key)).findFirst();
  }

  /** The content of {@value #FILE}. */
  public String toJson() {
    return SweepResultsFile.write(this);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param file its name, for messages
   * @throws LogFormatException if it is damaged or of a later format
   */
  public static SweepResults parse(String json, String file) {
    return SweepResultsFile.parse(json, file);
  }
}
