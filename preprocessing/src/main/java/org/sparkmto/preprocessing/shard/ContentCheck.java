package org.sparkmto.preprocessing.shard;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.Reason;

/**
 * What the elements of a sample may be. What preprocessing writes passes this check, and what it
 * does not pass is found by validation.
 *
 * <ul>
 *   <li>Labels: one of the task's classes, or missing; yes or no for each label of a multi-label
 *       task.
 *   <li>Probabilities of a labelled element: adding up to one.
 *   <li>Depth: finite and not negative, or missing.
 *   <li>Normals: of length one within the rounding of the stored numbers, or all three missing.
 *   <li>Vectors of pixels: finite, or missing in all channels; regressions: finite, or missing.
 *   <li>Groups: 0..{@value #MAX_GROUP}. Inputs of real numbers: finite.
 * </ul>
 */
public final class ContentCheck implements Serializable {
  private static final long serialVersionUID = 1;

  /** Largest number of a group. */
  static final int MAX_GROUP = 65_535;

  /** Half a step of each component, and something for numbers that were real before. */
  private static final double ROUNDING = 1e-3;

  private final ArrayList<Column> columns;
  private final ArrayList<Task> tasks;
  private final ArrayList<Integer> targets = new ArrayList<>();

  /** Something that must not be. */
  public record Complaint(Reason reason, String detail) {}

  /** A check of samples with these columns and tasks. */
  public ContentCheck(List<Column> columns, List<Task> tasks) {
    this.columns = new ArrayList<>(columns);
    this.tasks = new ArrayList<>(tasks);
    for (Task task : tasks) {
      targets.add(Column.position(columns, task.target()));
    }
  }

  /**
   * The first thing that is wrong with a sample.
   *
   * @param content the bytes of every column, of the right lengths
   */
  public Optional<Complaint> complaint(List<byte[]> content) {
    for (int c = 0; c < columns.size(); c++) {
      Column column = columns.get(c);
      String trouble =
          switch (column.role()) {
            case INPUT -> input(column, content.get(c));
            case GROUP -> group(column, content.get(c));
            case TARGET -> null;
          };
      if (trouble != null) {
        Reason reason = column.role() == Column.Role.INPUT ? Reason.DAMAGED : Reason.BAD_LABEL;
        return Optional.of(new Complaint(reason, "column '" + column.name() + "': " + trouble));
      }
    }
    for (int t = 0; t < targets.size(); t++) {
      Task task = tasks.get(t);
      int c = targets.get(t);
      String trouble = target(task, columns.get(c), content.get(c));
      if (trouble == null && task.isSoft()) {
        int soft = Column.position(columns, task.soft());
        trouble = probabilities(task, columns.get(c), content, columns.get(soft), soft, c);
      }
      if (trouble != null) {
        Reason reason = task.kind().hasLabels() ? Reason.BAD_LABEL : Reason.BAD_TARGET;
        return Optional.of(new Complaint(reason, "task '" + task.name() + "': " + trouble));
      }
    }
    return Optional.empty();
  }

  private static String input(Column column, byte[] content) {
    if (column.type() == ElementType.FLOAT32) {
      for (int i = 0; i < column.elements(); i++) {
        if (!Double.isFinite(column.type().at(content, i))) {
          return "element " + i + " is " + column.type().at(content, i);
        }
      }
    }
    return null;
  }

  private static String group(Column column, byte[] content) {
    double group = column.type().at(content, 0);
    return group >= 0 && group <= MAX_GROUP && group == Math.rint(group)
        ? null
        : "group " + number(group) + " is not in 0.." + MAX_GROUP;
  }

  private static String target(Task task, Column column, byte[] content) {
    return switch (task.kind()) {
      case CLASSIFICATION, BINARY, SEGMENTATION, MASK ->
          labels(task, column, content, task.classes());
      case MULTI_LABEL -> labels(task, column, content, 2);
      case DEPTH -> depths(column, content);
      case NORMALS -> vectors(column, content, true);
      case VECTORS -> vectors(column, content, false);
      case REGRESSION -> numbers(task, column, content);
    };
  }

  private static String labels(Task task, Column column, byte[] content, int classes) {
    for (int i = task.firstElement(); i < task.endElement(column); i++) {
      double label = column.type().at(content, i);
      if (label != task.missing()
          && !(label >= 0 && label < classes && label == Math.rint(label))) {
        return "label "
            + number(label)
            + at(column, i)
            + " is neither one of the "
            + classes
            + " classes nor "
            + task.missing();
      }
    }
    return null;
  }

  /** Those of the classes of a labelled element add up to one but for their rounding. */
  private static String probabilities(
      Task task, Column target, List<byte[]> content, Column soft, int at, int labels) {
    int classes = task.probabilities();
    int places = soft.elements() / classes;
    for (int place = 0; classes > 1 && place < places; place++) {
      if (target.type().at(content.get(labels), task.firstElement() + place) == task.missing()) {
        continue;
      }
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        sum += soft.type().at(content.get(at), k * places + place);
      }
      if (Math.abs(sum - Targets.CERTAIN) > classes) {
        return "the probabilities"
            + at(target, task.firstElement() + place)
            + " add up to "
            + number(sum / Targets.CERTAIN);
      }
    }
    return null;
  }

  private static String depths(Column column, byte[] content) {
    ElementType type = column.type();
    for (int i = 0; i < column.elements(); i++) {
      double stored = type.at(content, i);
      double depth = column.value(stored);
      // A scale and an offset that meet at zero may miss it by a rounding.
      if (!type.isMissing(stored)
          && !(depth >= -1e-9 * Math.abs(column.offset()) && Double.isFinite(depth))) {
        return "depth " + number(depth) + at(column, i) + " is negative or not finite";
      }
    }
    return null;
  }

  private static String vectors(Column column, byte[] content, boolean unit) {
    ElementType type = column.type();
    int channels = channels(column);
    int area = column.elements() / channels;
    double tolerance = ROUNDING + (type == ElementType.FLOAT32 ? 0 : Math.abs(column.scale()));
    for (int i = 0; i < area; i++) {
      int missing = 0;
      double square = 0;
      for (int c = 0; c < channels; c++) {
        double stored = type.at(content, c * area + i);
        double value = column.value(stored);
        missing += type.isMissing(stored) ? 1 : 0;
        square += value * value;
      }
      if (missing == channels) {
        continue;
      }
      if (missing > 0) {
        return "the value" + at(column, i) + " is missing in some channels only";
      }
      if (!Double.isFinite(square)) {
        return "the value" + at(column, i) + " is not finite";
      }
      if (unit && Math.abs(Math.sqrt(square) - 1) > tolerance) {
        return "the normal" + at(column, i) + " has length " + number(Math.sqrt(square));
      }
    }
    return null;
  }

  private static String numbers(Task task, Column column, byte[] content) {
    for (int i = task.firstElement(); i < task.endElement(column); i++) {
      double stored = column.type().at(content, i);
      if (Double.isInfinite(stored)) {
        return "number " + i + " is not finite";
      }
    }
    return null;
  }

  /** Channels of a map: (channels, height, width), or (height, width) for one. */
  static int channels(Column column) {
    return column.shape().size() == 3 ? column.shape().get(0) : 1;
  }

  private static String at(Column column, int index) {
    int axes = column.shape().size();
    if (axes < 2) {
      return " at element " + index;
    }
    int width = column.shape().get(axes - 1);
    int row = index / width % column.shape().get(axes - 2);
    return " at row " + row + ", column " + index % width;
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.6g", value);
  }
}
