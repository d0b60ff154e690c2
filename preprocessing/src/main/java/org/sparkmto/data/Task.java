package org.sparkmto.data;

import java.io.Serializable;
import java.util.List;

/**
 * One task of a data set: which inputs it looks at and where its target stands.
 *
 * @param name unique in the data set
 * @param kind what it asks
 * @param inputs input columns the task needs, in the order a network expects; most data sets have
 *     one image for all tasks, but a task may name its own
 * @param target the target column
 * @param element index of the task's element in the target column, or {@link #WHOLE} when the whole
 *     column is the target; many-task data sets keep all labels in one column
 * @param classes number of classes, labels run from 0 to {@code classes - 1}
 * @param missing the label that says "not labelled"; never counted in a loss or a metric
 */
public record Task(
    String name,
    TaskKind kind,
    List<String> inputs,
    String target,
    int element,
    int classes,
    int missing)
    implements Serializable {

  /** {@link #element} of a task whose target is the whole column. */
  public static final int WHOLE = -1;

  public Task {
    if (name.isBlank()) {
      throw new DataContractException("a task has no name");
    }
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty()) {
      throw new DataContractException("task '" + name + "' has no input");
    }
    if (classes < 2 || (kind == TaskKind.BINARY && classes != 2)) {
      throw new DataContractException("task '" + name + "' has " + classes + " classes");
    }
    if (element < WHOLE) {
      throw new DataContractException("task '" + name + "' points at element " + element);
    }
    if (missing >= 0 && missing < classes) {
      throw new DataContractException(
          "task '" + name + "' uses label " + missing + " both as a class and as 'missing'");
    }
  }
}
