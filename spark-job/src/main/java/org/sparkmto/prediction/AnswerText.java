package org.sparkmto.prediction;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.sparkmto.data.Task;

/** Answers about whole samples in words. */
final class AnswerText {
  /** Classes that are named with their probabilities. */
  private static final int MOST_CLASSES = 3;

  private AnswerText() {}

  /** A paragraph for each task of whole samples; all attributes in one. */
  static List<String> of(List<TaskColumn> columns, Row row) {
    List<String> paragraphs = new ArrayList<>();
    List<String> yes = new ArrayList<>();
    boolean attributes = false;
    for (TaskColumn column : columns) {
      Task task = column.task();
      int at = row.fieldIndex(column.name());
      switch (task.kind()) {
        case BINARY -> {
          attributes = true;
          Row answer = row.getStruct(at);
          if (!answer.isNullAt(0) && answer.getBoolean(0)) {
            yes.add(task.name() + " " + percent(answer.getFloat(1)));
          }
        }
        case CLASSIFICATION ->
            paragraphs.add(task.name() + ": " + classes(task, row.getStruct(at)));
        case MULTI_LABEL -> {
          Row answer = row.getStruct(at);
          List<Integer> set = answer.getList(0);
          List<Float> probabilities = answer.getList(answer.size() - 1);
          List<String> labels =
              set.stream().map(k -> name(task, k) + " " + percent(probabilities.get(k))).toList();
          paragraphs.add(
              task.name() + ": " + (labels.isEmpty() ? "none" : String.join(", ", labels)));
        }
        case REGRESSION -> {
          List<Float> numbers = task.classes() == 1 ? List.of(row.getFloat(at)) : row.getList(at);
          paragraphs.add(task.name() + ": " + numbers(task, numbers, column.unit()));
        }
        case SEGMENTATION, MASK, DEPTH, NORMALS, VECTORS -> {}
      }
    }
    if (attributes) {
      paragraphs.add(yes.isEmpty() ? "no attribute" : "yes: " + String.join(", ", yes));
    }
    return paragraphs;
  }

  private static String classes(Task task, Row answer) {
    if (answer.isNullAt(0)) {
      return "not a number";
    }
    List<Float> probabilities = answer.getList(answer.size() - 1);
    return String.join(
        ", ",
        IntStream.range(0, probabilities.size())
            .boxed()
            .sorted(Comparator.comparing(probabilities::get).reversed())
            .limit(MOST_CLASSES)
            .filter(k -> probabilities.get(k) >= 0.01)
            .map(k -> name(task, k) + " " + percent(probabilities.get(k)))
            .toList());
  }

  private static String name(Task task, int label) {
    return label < task.classNames().size() ? task.classNames().get(label) : "class " + label;
  }

  private static String numbers(Task task, List<Float> numbers, String unit) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      String number =
          String.format(Locale.ROOT, "%.3g", numbers.get(i)) + (unit.isEmpty() ? "" : " " + unit);
      words.add(i < task.classNames().size() ? task.classNames().get(i) + " " + number : number);
    }
    return String.join(", ", words);
  }

  private static String percent(float probability) {
    return Math.round(100 * probability) + "%";
  }
}
