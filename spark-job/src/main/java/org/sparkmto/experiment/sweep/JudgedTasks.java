package org.sparkmto.experiment.sweep;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.naming.Nearest;
import org.sparkmto.options.ConfigurationException;

/**
 * The tasks that the tables of a sweep are about, and that are the primary one in turn; others are
 * trained along, as the pseudo tasks of IAL ("Unprejudiced Training Auxiliary Tasks Makes Primary
 * Better"), tables IV to VI.
 *
 * @param tasks in the order of the data set
 */
record JudgedTasks(List<Task> tasks) {

  /**
   * Those that are asked for.
   *
   * @param asked their names; empty for all
   * @param trained the tasks of every run
   * @throws ConfigurationException if one is asked for that is not trained
   */
  static JudgedTasks of(List<String> asked, List<Task> trained) {
    List<String> names = trained.stream().map(Task::name).toList();
    for (String name : asked) {
      if (!names.contains(name)) {
        throw new ConfigurationException(
            "sweep.judged: no task '%s' is trained%s".formatted(name, Nearest.hint(name, names)));
      }
    }
    return new JudgedTasks(
        trained.stream().filter(task -> asked.isEmpty() || asked.contains(task.name())).toList());
  }

  /** Of what is said of tasks, by name, what is said of these. */
  <T> Map<String, T> of(Map<String, T> byTask) {
    Map<String, T> its = new LinkedHashMap<>(byTask);
    its.keySet().retainAll(tasks.stream().map(Task::name).toList());
    return its;
  }

  /** What runs are compared by. */
  Judgement judgement(String by, SplitEvaluation evaluation, boolean byTask) {
    return new Judgement(
        by, of(evaluation.figures()), new CountedFigures(of(evaluation.counted().tasks())), byTask);
  }
}
