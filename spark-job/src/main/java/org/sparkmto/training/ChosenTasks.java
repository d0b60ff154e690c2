package org.sparkmto.training;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.naming.Nearest;
import org.sparkmto.network.TaskLosses;
import org.sparkmto.options.ConfigurationException;

/**
 * Which tasks of a data set are trained, and how: all that a configuration says about tasks by
 * their names.
 *
 * @param names those to train; empty for all
 * @param losses other losses than those of the data set, by task
 * @param edges tasks whose masks are edges
 * @param counted tasks and kinds of tasks whose figures in Delta_m are chosen
 */
record ChosenTasks(
    List<String> names, Map<String, String> losses, Set<String> edges, Set<String> counted) {
  private static final String LOSS = ConfigurationKeys.LOSS.name();
  private static final String EDGES = "metrics.edges";

  /**
   * The tasks to train, in the order of the data set.
   *
   * @throws ConfigurationException if one is not of the data set
   */
  List<Task> in(DatasetManifest manifest) {
    Set<String> wanted = new HashSet<>(names);
    requireTasks("data.tasks", wanted, manifest);
    requireTasks(LOSS, losses.keySet(), manifest);
    requireMasks(edges, manifest);
    requireTasksOrKinds(counted, manifest);
    return manifest.tasks().stream()
        .filter(task -> wanted.isEmpty() || wanted.contains(task.name()))
        .map(task -> losses.containsKey(task.name()) ? with(task, losses.get(task.name())) : task)
        .toList();
  }

  private static Task with(Task task, String loss) {
    return ConfigurationSection.checked(LOSS, () -> TaskLosses.checked(task.withLoss(loss)));
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
