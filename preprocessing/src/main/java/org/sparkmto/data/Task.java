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
 * @param classes number of classes, labels run from 0 to {@code classes - 1}; for real numbers, how
 *     many of them a sample or pixel has
 * @param missing the label that says "not labelled"; never counted in a loss or a metric. Targets
 *     of real numbers say it with {@link ElementType#missing()} instead
 * @param loss name of the loss the data set is used with; empty for the usual one of its kind
 * @param classNames names of the classes in order, or none
 * @param soft the column of probabilities of a task that has them beside its labels: of every class
 *     of a sample or pixel, or of yes; empty if labels are all there is
 */
public record Task(
    String name,
    TaskKind kind,
    List<String> inputs,
    String target,
    int element,
    int classes,
    int missing,
    String loss,
    List<String> classNames,
    String soft)
    implements Serializable {

  /** {@link #element} of a task whose target is the whole column. */
  public static final int WHOLE = -1;

  /** The usual number that says "not labelled". */
  public static final int MISSING = 255;

  /** A task of labels or numbers alone. */
  public Task(
      String name,
      TaskKind kind,
      List<String> inputs,
      String target,
      int element,
      int classes,
      int missing,
      String loss,
      List<String> classNames) {
    this(name, kind, inputs, target, element, classes, missing, loss, classNames, "");
  }

  /** A task with the usual loss of its kind and numbered classes. */
  public Task(
      String name,
      TaskKind kind,
      List<String> inputs,
      String target,
      int element,
      int classes,
      int missing) {
    this(name, kind, inputs, target, element, classes, missing, "", List.of());
  }

  /** A task of one column, with the usual loss of its kind. */
  public static Task of(
      String name, TaskKind kind, List<String> inputs, String target, int classes) {
    return new Task(name, kind, inputs, target, WHOLE, classes, MISSING);
  }

  /** This task with names for its classes. */
  public Task named(List<String> names) {
    return new Task(name, kind, inputs, target, element, classes, missing, loss, names, soft);
  }

  /** This task with a loss other than the usual one of its kind. */
  public Task withLoss(String newLoss) {
    return new Task(
        name, kind, inputs, target, element, classes, missing, newLoss, classNames, soft);
  }

  /** This task with probabilities beside its labels, in a column of their own. */
  public Task withSoft(String column) {
    return new Task(
        name, kind, inputs, target, element, classes, missing, loss, classNames, column);
  }

  /** Whether it has probabilities beside its labels. */
  public boolean isSoft() {
    return !soft.isEmpty();
  }

  /**
   * The columns that say what is true: the target, and that of probabilities where there is one.
   */
  public List<String> truths() {
    return isSoft() ? List.of(target, soft) : List.of(target);
  }

  /** How many probabilities a labelled element has: one of each class, or that of yes. */
  public int probabilities() {
    return switch (kind) {
      case CLASSIFICATION, SEGMENTATION -> classes;
      case BINARY, MASK, MULTI_LABEL -> 1;
      case REGRESSION, DEPTH, NORMALS, VECTORS -> 0;
    };
  }

  /** Index of the first element of the target. */
  public int firstElement() {
    return element == WHOLE ? 0 : element;
  }

  /**
   * Index behind the last element of the target.
   *
   * @param column the target column
   */
  public int endElement(Column column) {
    return element == WHOLE ? column.elements() : element + 1;
  }

  public Task {
    if (name.isBlank()) {
      throw new DataContractException("a task has no name");
    }
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty()) {
      throw new DataContractException("task '" + name + "' has no input");
    }
    boolean fits =
        switch (kind) {
          case CLASSIFICATION, SEGMENTATION -> classes >= 2;
          case BINARY, MASK -> classes == 2;
          case DEPTH -> classes == 1;
          case NORMALS -> classes == 3;
          case MULTI_LABEL, REGRESSION, VECTORS -> classes >= 1;
        };
    if (!fits) {
      throw new DataContractException(
          "task '" + name + "' of kind " + kind.label() + " cannot have classes = " + classes);
    }
    classNames = List.copyOf(classNames);
    if (!classNames.isEmpty() && classNames.size() != classes) {
      throw new DataContractException(
          "task '" + name + "' has " + classNames.size() + " names for " + classes + " classes");
    }
    if (!soft.isEmpty() && !kind.hasLabels()) {
      throw new DataContractException(
          "task '" + name + "' of kind " + kind.label() + " cannot have probabilities");
    }
    if (element < WHOLE) {
      throw new DataContractException("task '" + name + "' points at element " + element);
    }
    if (kind.hasLabels()
        && missing >= 0
        && missing < (kind == TaskKind.MULTI_LABEL ? 2 : classes)) {
      throw new DataContractException(
          "task '" + name + "' uses label " + missing + " both as a class and as 'missing'");
    }
  }
}
