package org.sparkmto.preprocessing.shard;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Remark;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/**
 * Which classes of every task occur in the rows of a split, and which tasks have no label there.
 */
public final class Occurrences implements Serializable {
  private static final long serialVersionUID = 1;

  private static final int MOST_SHOWN = 5;

  private final ArrayList<Task> tasks;
  private final ArrayList<TaskElements> elements = new ArrayList<>();

  /** By task: whether each class occurs, or each label of a multi-label task is ever a yes. */
  private final boolean[][] seen;

  /** By task: how many of these are still to be met. */
  private final int[] open;

  /** By task: whether any element has a label or a value. */
  private final boolean[] labelled;

  /** Occurrences in no rows. */
  public Occurrences(List<Column> columns, List<Task> tasks) {
    this.tasks = new ArrayList<>(tasks);
    tasks.forEach(task -> elements.add(TaskElements.of(task, columns)));
    seen = new boolean[tasks.size()][];
    open = new int[tasks.size()];
    labelled = new boolean[tasks.size()];
    for (int t = 0; t < seen.length; t++) {
      seen[t] = new boolean[tasks.get(t).kind().hasLabels() ? tasks.get(t).classes() : 0];
      open[t] = seen[t].length;
    }
  }

  /**
   * Adds a row.
   *
   * @param content of every column, which {@link ContentCheck} accepts
   */
  void add(List<byte[]> content) {
    for (int t = 0; t < seen.length; t++) {
      if (open[t] == 0 && labelled[t]) {
        continue; // nothing more can be learned of it
      }
      TaskElements its = elements.get(t);
      byte[] target = content.get(its.position());
      for (int i = its.first(); i < its.end() && (open[t] > 0 || !labelled[t]); i++) {
        add(t, its.type(), target, i);
      }
    }
  }

  private void add(int t, ElementType type, byte[] content, int element) {
    Task task = tasks.get(t);
    double value = type.at(content, element);
    if (!task.kind().hasLabels()) {
      labelled[t] |= !type.isMissing(value);
    } else if (value != task.missing()) {
      labelled[t] = true;
      if (task.kind() != TaskKind.MULTI_LABEL) {
        see(t, (int) value);
      } else if (value == 1) {
        see(t, (element - task.firstElement()) % task.classes());
      }
    }
  }

  private void see(int t, int label) {
    if (!seen[t][label]) {
      seen[t][label] = true;
      open[t]--;
    }
  }

  /** Adds the rows of others of the same columns and tasks. */
  public void add(Occurrences other) {
    for (int t = 0; t < seen.length; t++) {
      labelled[t] |= other.labelled[t];
      for (int label = 0; label < seen[t].length; label++) {
        if (other.seen[t][label]) {
          see(t, label);
        }
      }
    }
  }

  /** A sentence for every task that misses something in these rows. */
  public List<String> remarks(String split) {
    List<String> remarks = new ArrayList<>();
    for (int t = 0; t < seen.length; t++) {
      Task task = tasks.get(t);
      if (!labelled[t]) {
        String hence = split.equals("train") ? "nothing can be learned of it" : "";
        remarks.add(Remark.of("task '" + task.name() + "' has no label", split, hence).words());
      } else if (open[t] > 0) {
        String absent = absent(task, seen[t], task.kind() == TaskKind.MULTI_LABEL);
        remarks.add(Remark.of("task '%s': %s".formatted(task.name(), absent), split, "").words());
      }
    }
    return remarks;
  }

  private static String absent(Task task, boolean[] seen, boolean many) {
    List<String> names = new ArrayList<>();
    for (int label = 0; label < seen.length; label++) {
      if (!seen[label]) {
        names.add(
            "'"
                + (task.classNames().isEmpty()
                    ? String.valueOf(label)
                    : task.classNames().get(label))
                + "'");
      }
    }
    String what = many ? "label" : "class";
    String never = many ? "never a yes" : "";
    int more = names.size() - MOST_SHOWN;
    String all =
        String.join(", ", names.subList(0, Math.min(MOST_SHOWN, names.size())))
            + (more > 0 ? " and " + more + " more" : "");
    if (names.size() == 1) {
      return what + " " + all + (many ? " is " + never : " never occurs");
    }
    return (many ? "labels " : "classes ") + all + (many ? " are " + never : " never occur");
  }
}
