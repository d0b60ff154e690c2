package org.sparkmto.retraining;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.PromotedModel;
import org.sparkmto.training.RunDirectory;
import org.sparkmto.training.RunLease;

/**
 * The directory of all retrainings of one model, on any file system that Hadoop reaches.
 *
 * <p>{@code history/} has a file for each event and is the truth: it tells which model is promoted.
 * {@code promoted.json} repeats that for readers, in one file that is replaced at once. A model is
 * complete before its event is written, and an event before readers see the model, so that whoever
 * comes after a process that was killed finds out what is left to do.
 */
public final class RetrainingDirectory {
  private static final String HISTORY = "history";
  private static final String BEGUN = "begun";
  private static final String JSON = ".json";
  private static final Pattern EVENT = Pattern.compile("([0-9]{6,9})-(.+)\\.json");
  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,99}");

  private static final Set<String> OWN =
      Set.of(PromotedModel.RUNS, HISTORY, BEGUN, PromotedModel.FILE, "lease.json");

  private final RunDirectory root;

  /** Events by the names of their files, which are never changed and so read once. */
  private final Map<String, RetrainingEvent> known = new TreeMap<>();

  private RetrainingDirectory(RunDirectory root) {
    this.root = root;
  }

  /**
   * The directory of this name; nothing is created.
   *
   * @throws ConfigurationException if it holds what no retraining writes
   */
  public static RetrainingDirectory of(String name, Configuration hadoop) {
    RunDirectory root = RunDirectory.of(name, hadoop);
    for (String entry : root.names()) {
      if (!OWN.contains(entry) && !(entry.startsWith(".") && entry.endsWith(".unfinished"))) {
        throw new ConfigurationException(
            root.name()
                + " is not a directory of retrainings (it holds "
                + entry
                + "); name another directory");
      }
    }
    return new RetrainingDirectory(root);
  }

  /**
   * The same, where retrainings have been.
   *
   * @throws ConfigurationException if there are none
   */
  public static RetrainingDirectory existing(String name, Configuration hadoop) {
    RetrainingDirectory directory = of(name, hadoop);
    if (directory.events().isEmpty() && directory.underWay().isEmpty()) {
      throw new ConfigurationException(
          directory.name() + " holds no retrainings; name the directory of retrain.directory");
    }
    return directory;
  }

  /**
   * Refuses what cannot be the identity of a run.
   *
   * @throws ConfigurationException saying what can
   */
  static String requireRun(String run) {
    if (!RUN.matcher(run).matches()) {
      throw new ConfigurationException(
          "--run-id "
              + run
              + ": an identity is a name for a directory, of up to 100 letters, digits, '.', '_',"
              + " '+' and '-', such as 2026-11-29");
    }
    return run;
  }

  /** Full name of the directory. */
  public String name() {
    return root.name();
  }

  RunDirectory root() {
    return root;
  }

  /** The directory of a run. */
  public RunDirectory run(String run) {
    return root.below(PromotedModel.RUNS).below(run);
  }

  RunLease lease(boolean breakIt) throws InterruptedException {
    return RunLease.take(root, breakIt);
  }

  /** All that happened until now, in order. */
  public List<RetrainingEvent> events() {
    RunDirectory history = root.below(HISTORY);
    for (String name : history.names()) {
      if (EVENT.matcher(name).matches() && !known.containsKey(name)) {
        String where = history.name() + "/" + name;
        history.read(name).ifPresent(json -> known.put(name, RetrainingEvent.parse(json, where)));
      }
    }
    return known.values().stream()
        .sorted(Comparator.comparingInt(RetrainingEvent::number))
        .toList();
  }

  /** The decision about a run, if there is one. */
  Optional<RetrainingEvent> decision(String run) {
    return events().stream()
        .filter(event -> event.isDecision() && event.run().equals(run))
        .findFirst();
  }

  /** Runs that were begun and not decided about: under way, or interrupted. */
  public List<String> underWay() {
    Set<String> decided = new HashSet<>();
    events().stream()
        .filter(RetrainingEvent::isDecision)
        .forEach(event -> decided.add(event.run() + JSON));
    return root.below(BEGUN).names().stream()
        .filter(name -> name.endsWith(JSON) && !name.startsWith(".") && !decided.contains(name))
        .map(name -> name.substring(0, name.length() - JSON.length()))
        .toList();
  }

  /** The event by which the promoted model is what it is; absent before the first. */
  public Optional<RetrainingEvent> promotion() {
    List<RetrainingEvent> moving =
        events().stream().filter(event -> event.outcome().moves()).toList();
    return moving.isEmpty() ? Optional.empty() : Optional.of(moving.get(moving.size() - 1));
  }

  /** Whether readers see what the history says. */
  boolean isSettled() {
    return PromotedModel.in(root)
        .map(PromotedModel::event)
        .equals(promotion().map(RetrainingEvent::number));
  }

  /** Lets readers see what the history says, if a process ended before it could. */
  void settle() {
    promotion()
        .filter(event -> !isSettled())
        .ifPresent(
            event -> {
              RetrainingEvent.Judged model = event.model().orElseThrow();
              root.replace(
                  PromotedModel.FILE,
                  new PromotedModel(model.run(), model.weights(), event.number(), event.time())
                      .toJson());
            });
  }

  /** The number of the next event. */
  int nextNumber() {
    return events().stream().mapToInt(RetrainingEvent::number).max().orElse(0) + 1;
  }

  /** The time of an event that happens now. */
  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Writes an event, and lets readers see what follows from it. */
  void add(RetrainingEvent event, RunLease lease) {
    lease.requireHeld();
    String file = String.format(Locale.ROOT, "%06d-%s%s", event.number(), event.run(), JSON);
    root.below(HISTORY).replace(file, event.toJson());
    settle();
  }

  /** What a run was begun with, if it was. */
  Optional<String> begun(String run) {
    return root.below(BEGUN).read(run + JSON);
  }

  void begin(String run, String about) {
    root.below(BEGUN).replace(run + JSON, about);
  }

  void forget(String run) {
    root.below(BEGUN).delete(run + JSON);
  }

  /**
   * The models that the way back leads to from an event: the one that it promoted, the one that
   * this took the place of, and so on.
   */
  static List<RetrainingEvent.Judged> line(List<RetrainingEvent> events, RetrainingEvent from) {
    List<RetrainingEvent.Judged> line = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Optional<RetrainingEvent.Judged> next = from.model();
    while (next.isPresent() && seen.add(next.get().run())) {
      line.add(next.get());
      String run = next.get().run();
      next =
          events.stream()
              .filter(
                  event ->
                      event.outcome() == RetrainingEvent.Outcome.PROMOTED
                          && event.run().equals(run))
              .findFirst()
              .flatMap(RetrainingEvent::before);
    }
    return line;
  }

  /**
   * Deletes models and checkpoints of runs that were decided about, but for those of the newest
   * ones and those that the way back leads to.
   *
   * @return the runs that lost their models
   */
  List<String> prune(int keep) {
    List<RetrainingEvent> events = events();
    List<String> runs =
        events.stream()
            .filter(event -> event.isDecision() && event.model().isPresent())
            .map(RetrainingEvent::run)
            .toList();
    Set<String> kept = new HashSet<>(runs.subList(Math.max(0, runs.size() - keep), runs.size()));
    promotion()
        .ifPresent(
            event ->
                line(events, event).stream().limit(keep).forEach(model -> kept.add(model.run())));
    List<String> pruned = new ArrayList<>();
    for (String run : runs) {
      RunDirectory directory = run(run);
      if (!kept.contains(run) && directory.hasModel()) {
        // The manifest first: what has none is no model.
        directory.below(RunDirectory.MODEL).delete("manifest.json");
        directory.delete(RunDirectory.MODEL);
        directory.delete("checkpoints");
        pruned.add(run);
      }
    }
    return pruned;
  }
}
