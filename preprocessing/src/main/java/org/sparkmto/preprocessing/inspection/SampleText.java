package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;

/** The targets of whole samples in words. */
final class SampleText {
  private SampleText() {}

  /** The name of a class, or its number where classes have no names. */
  static String label(Task task, int label) {
    return label < task.classNames().size()
        ? task.classNames().get(label)
        : (task.classNames().isEmpty() ? "class " : "label ") + label;
  }

  /** Of tasks that have images of their own, all others are not labelled on a sample. */
  private static final int NAMED = 4;

  /**
   * One paragraph for each target that is no picture; all attributes in one, and all tasks without
   * a label.
   */
  static List<String> of(DatasetManifest manifest, SampleRow row) {
    List<String> paragraphs = new ArrayList<>();
    List<String> yes = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    boolean attributes = false;
    for (int c = 0; c < manifest.columns().size(); c++) {
      Column column = manifest.columns().get(c);
      if (column.role() == Column.Role.GROUP) {
        paragraphs.add(
            column.name() + ": " + Amounts.text(column.type().at(row.content().get(c), 0)));
      }
    }
    for (Task task : manifest.tasks()) {
      int c = Column.position(manifest.columns(), task.target());
      Column column = manifest.columns().get(c);
      byte[] content = row.content().get(c);
      int first = task.firstElement();
      switch (task.kind()) {
        case BINARY -> {
          attributes = true;
          double label = column.type().at(content, first);
          if (label == task.missing()) {
            unknown.add(task.name());
          } else if (label == 1) {
            yes.add(task.name());
          }
        }
        case CLASSIFICATION -> {
          double label = column.type().at(content, first);
          if (label == task.missing()) {
            unknown.add(task.name());
          } else {
            paragraphs.add(task.name() + ": " + label(task, (int) label));
          }
        }
        case MULTI_LABEL -> paragraphs.add(task.name() + ": " + labels(task, column, content));
        case REGRESSION -> paragraphs.add(task.name() + ": " + numbers(task, column, content));
        case SEGMENTATION, MASK, DEPTH, NORMALS, VECTORS -> {
          if (!TaskPainter.paints(task, column)) {
            paragraphs.add(task.name() + ": not shown");
          }
        }
      }
    }
    if (attributes) {
      paragraphs.add(yes.isEmpty() ? "no attribute" : "yes: " + String.join(", ", yes));
    }
    if (!unknown.isEmpty()) {
      int more = unknown.size() - NAMED;
      paragraphs.add(
          "not labelled: "
              + (more <= 0
                  ? String.join(", ", unknown)
                  : String.join(", ", unknown.subList(0, NAMED)) + " and " + more + " more"));
    }
    return paragraphs;
  }

  private static String labels(Task task, Column column, byte[] content) {
    List<String> yes = new ArrayList<>();
    int missing = 0;
    int first = task.firstElement();
    int count = task.endElement(column) - first;
    for (int k = 0; k < count; k++) {
      double label = column.type().at(content, first + k);
      if (label == task.missing()) {
        missing++;
      } else if (label == 1) {
        yes.add(label(task, k));
      }
    }
    String text = yes.isEmpty() ? "none" : String.join(", ", yes);
    return missing == count
        ? "not labelled"
        : missing == 0 ? text : text + " (" + missing + " not labelled)";
  }

  private static String numbers(Task task, Column column, byte[] content) {
    List<String> numbers = new ArrayList<>();
    int first = task.firstElement();
    for (int i = first; i < task.endElement(column); i++) {
      double stored = column.type().at(content, i);
      String number =
          column.type().isMissing(stored) ? "?" : Amounts.text(column.value(stored), column.unit());
      int k = i - first;
      numbers.add(k < task.classNames().size() ? task.classNames().get(k) + " " + number : number);
    }
    return String.join(", ", numbers);
  }
}
