package org.sparkmto.network;

import java.util.Arrays;
import java.util.List;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * What the registry knows of a loss.
 *
 * @param name how a configuration names it
 * @param summary one line for people
 * @param kinds the kinds of tasks that can be trained with it
 * @param options what can be set
 * @param factory makes it for a task
 */
public record LossEntry(
    String name, String summary, List<TaskKind> kinds, List<Option> options, Factory factory)
    implements Documented {

  /** An option that has this value is computed from the labels of the training split. */
  static final String BALANCED = "balanced";

  /** Makes a loss. */
  @FunctionalInterface
  public interface Factory {
    /**
     * The loss.
     *
     * @param options complete and checked one by one, with numbers where {@link #BALANCED} stood
     * @throws IllegalArgumentException if they do not fit the task; the message says what is wrong,
     *     without the task's name
     */
    TaskLoss make(Options options, Task task);
  }

  public LossEntry {
    kinds = List.copyOf(kinds);
    options = List.copyOf(options);
  }

  /** The entry of a loss without options. */
  public static LossEntry of(String name, String summary, TaskLoss loss, TaskKind... kinds) {
    return of(name, summary, loss, List.of(kinds));
  }

  /** The same for a list of kinds. */
  public static LossEntry of(String name, String summary, TaskLoss loss, List<TaskKind> kinds) {
    return new LossEntry(name, summary, kinds, List.of(), (options, task) -> loss);
  }

  /** The kinds whose targets are real numbers. */
  public static List<TaskKind> realNumbers() {
    return Arrays.stream(TaskKind.values()).filter(kind -> !kind.hasLabels()).toList();
  }
}
