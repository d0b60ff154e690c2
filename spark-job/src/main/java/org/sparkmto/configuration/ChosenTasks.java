package org.sparkmto.configuration;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.naming.Nearest;
import org.sparkmto.network.TaskLosses;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * Which tasks of a data set are trained, and how: all that a configuration says about tasks by
 * their names.
 *
 * @param names those to train; empty for all
 * @param losses other losses than those of the data set, by task: names, or keys with values
 * @param multipliers what losses are multiplied by, by task
 * @param edges tasks whose masks are edges
 * @param counted tasks and kinds of tasks whose figures in Delta_m are chosen
 * @param frozen tasks whose heads are frozen
 */
record ChosenTasks(
    List<String> names,
    Map<String, Object> losses,
    Map<String, Double> multipliers,
    Set<String> edges,
    Set<String> counted,
    Set<String> frozen) {
  private static final String LOSS = ConfigurationKeys.LOSS.name();
  private static final String MULTIPLIER = ConfigurationKeys.MULTIPLIER.name();
  private static final String EDGES = "metrics.edges";

  /**
   * Reads what a configuration says about tasks.
   *
   * @throws ConfigurationException if a multiplier is not above zero
   */
  static ChosenTasks of(
      Config config, List<String> names, MetricChoices metrics, Set<String> frozen) {
    Map<String, Object> given = ConfigurationKeys.MULTIPLIER.others(config);
    List<Option> keys =
        given.keySet().stream()
            .map(task -> Option.required(task, Option.positive(), "of a task"))
            .toList();
    Options numbers =
        ConfigurationSection.checked(MULTIPLIER, () -> Options.read(MULTIPLIER, keys, given));
    Map<String, Double> multipliers = new TreeMap<>();
    given.keySet().forEach(task -> multipliers.put(task, numbers.number(task)));
    return new ChosenTasks(
        names,
        ConfigurationKeys.LOSS.others(config),
        multipliers,
        metrics.edges(),
        metrics.delta().keySet(),
        frozen);
  }

  /** A configuration without the losses of any task and what multiplies them. */
  static Config withoutLosses(Config config) {
    return config.withoutPath(LOSS).withoutPath(MULTIPLIER);
  }

  /** The loss of one task and what multiplies it, as far as a configuration says so. */
  Config lossOnly(Task task) {
    Map<String, Map<String, Object>> said = new TreeMap<>();
    said.put(LOSS, new TreeMap<>(losses));
    said.put(MULTIPLIER, new TreeMap<>(multipliers));
    said.values().forEach(values -> values.keySet().retainAll(Set.of(task.name())));
    return ConfigValueFactory.fromMap(said).toConfig();
  }

  /**
   * The tasks to train, in the order of the data set.
   *
   * @throws ConfigurationException if one is not of the data set
   */
  List<Task> in(DatasetManifest manifest) {
    Set<String> wanted = new HashSet<>(names);
    requireTasks("data.tasks", wanted, manifest);
    requireTasks(LOSS, losses.keySet(), manifest);
    requireTasks(MULTIPLIER, multipliers.keySet(), manifest);
    requireTasks(UpdateSection.FREEZE_HEADS_KEY, frozen, manifest);
    requireMasks(edges, manifest);
    requireTasksOrKinds(counted, manifest);
    return manifest.tasks().stream()
        .filter(task -> wanted.isEmpty() || wanted.contains(task.name()))
        .map(task -> losses.containsKey(task.name()) ? with(task, losses.get(task.name())) : task)
        .toList();
  }

  private static Task with(Task task, Object loss) {
    return ConfigurationSection.checked(
        LOSS + "." + task.name(), () -> TaskLosses.chosen(task, loss));
  }

  private static void requireMasks(Set<String> edges, DatasetManifest manifest) {
    requireTasks(EDGES, edges, manifest);
    for (Task task : manifest.tasks()) {
      if (edges.contains(task.name()) && task.kind() != TaskKind.MASK) {
        throw new ConfigurationException(
            "%s names '%s', a task of kind %s; edges are of kind %s"
                .formatted(EDGES, task.name(), task.kind().label(), TaskKind.MASK.label()));
      }
    }
  }

  private static void requireTasksOrKinds(Set<String> names, DatasetManifest manifest) {
    Set<String> kinds =
        manifest.tasks().stream().map(task -> task.kind().label()).collect(Collectors.toSet());
    Set<String> tasks = new TreeSet<>(names);
    tasks.removeAll(kinds);
    requireTasks(MetricsSection.DELTA, tasks, manifest);
  }

  private static void requireTasks(String key, Set<String> names, DatasetManifest manifest) {
    Set<String> known =
        manifest.tasks().stream().map(Task::name).collect(Collectors.toCollection(TreeSet::new));
    for (String name : new TreeSet<>(names)) {
      if (!known.contains(name)) {
        throw new ConfigurationException(
            "%s names '%s', which data set '%s' does not have%s"
                .formatted(key, name, manifest.dataset(), Nearest.hint(name, known)));
      }
    }
  }
}
