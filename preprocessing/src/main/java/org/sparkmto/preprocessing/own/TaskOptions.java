package org.sparkmto.preprocessing.own;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;
import org.sparkmto.options.Registry;
import org.sparkmto.preprocessing.ImageSize;

/**
 * What can be set of a task of own data; it depends on the task's kind.
 *
 * @param kind of the task
 * @param summary what the column holds
 * @param options all that can be set, those of every kind first
 */
public record TaskOptions(TaskKind kind, String summary, List<Option> options)
    implements Documented {
  /** Most labels or numbers of one task. */
  static final int MOST_VALUES = 100_000;

  /** What an empty cell of a list of labels says. */
  enum Empty {
    /** Nobody has looked. */
    MISSING,
    /** No label holds. */
    NONE
  }

  /** The option by which messages name a task. */
  static final Option NAME =
      Option.required("name", TableKinds.TEXT, "name of the task; all are different");

  /** The option on which it depends which others there are. */
  static final Option KIND = Option.required("kind", TableKinds.TASK_KIND, "what is learned");

  private static final List<Option> COMMON =
      List.of(
          NAME,
          KIND,
          Option.orAbsent(
              "inputs", TableKinds.TEXTS, "names of the inputs it looks at; without it all"),
          Option.orAbsent(
              "loss",
              TableKinds.LOSS,
              "another loss than the usual one of its kind: a name, or { name = focal, gamma = 2"
                  + " }"));

  private static final Option COLUMN =
      Option.required("column", TableKinds.TEXT, "column of the table");
  private static final Option COLUMN_OR_COLUMNS =
      Option.orAbsent("column", TableKinds.TEXT, "column of the table, unless 'columns' is given");
  private static final Option SEPARATOR =
      Option.of(
          "separator",
          TableKinds.SEPARATOR,
          ";",
          "what stands between the elements of a list in one cell");
  private static final Option SIZE =
      Option.orAbsent(
          "size", ImageSize.KIND, "stored size of the map; without it that of its image");
  private static final Option CLASSES =
      Option.required(
          "classes",
          TableKinds.classes(2, ClassLabels.MOST),
          "how many classes, or their names in the order of their labels");
  private static final Option TWO_CLASSES =
      Option.orAbsent("classes", TableKinds.TWO_NAMES, "what 'no' and 'yes' are called");
  private static final Option VALUES =
      Option.orAbsent(
          "values",
          TableKinds.WHOLE_NUMBERS,
          "the number in the file for each class, in order; without it 0, 1, 2, ...");
  private static final Option IGNORED_TEXTS =
      Option.orAbsent("ignore", TableKinds.TEXTS, "cells that say that there is no label");
  private static final Option SCALE =
      Option.of("scale", TableKinds.FACTOR, 1, "a value is number * scale + offset");
  private static final Option OFFSET =
      Option.of("offset", TableKinds.NUMBER, 0, "a value is number * scale + offset");
  private static final Option UNIT = Option.orAbsent("unit", Option.text(), "unit of the values");
  private static final Option RANGE =
      Option.orAbsent(
          "range",
          TableKinds.RANGE,
          "smallest and largest value; a sample with others is set aside");

  private static final Registry<TaskOptions> KNOWN =
      Registry.of(
          "kind of task",
          List.of(
              of(
                  TaskKind.CLASSIFICATION,
                  "one of several classes: a name or a number",
                  COLUMN,
                  CLASSES,
                  IGNORED_TEXTS),
              of(
                  TaskKind.BINARY,
                  "yes or no: yes/no, true/false, 1/0, or two names",
                  COLUMN,
                  TWO_CLASSES,
                  IGNORED_TEXTS),
              of(
                  TaskKind.MULTI_LABEL,
                  "any of several labels: columns of yes or no, or a list in one cell",
                  COLUMN_OR_COLUMNS,
                  Option.orAbsent("columns", TableKinds.TEXTS, "two or more columns of yes or no"),
                  Option.orAbsent(
                      "classes",
                      TableKinds.classes(2, MOST_VALUES),
                      "how many labels, or their names; needed for a list in one cell"),
                  SEPARATOR,
                  Option.of(
                      "empty",
                      Option.choice(Empty.class),
                      "missing",
                      "what an empty list says: missing (nobody has looked) or none (no label"
                          + " holds)"),
                  IGNORED_TEXTS),
              of(
                  TaskKind.REGRESSION,
                  "a number, several columns of numbers, or a list in one cell",
                  COLUMN_OR_COLUMNS,
                  Option.orAbsent("columns", TableKinds.TEXTS, "one or more columns of numbers"),
                  Option.orAbsent(
                      "classes",
                      Option.whole(1, MOST_VALUES),
                      "how many numbers the list in one cell has; without it 1"),
                  SEPARATOR,
                  SCALE,
                  OFFSET,
                  UNIT,
                  RANGE,
                  ignoredNumbers("")),
              of(
                  TaskKind.SEGMENTATION,
                  "a class for each pixel: a PNG of one channel, or .npy of whole numbers",
                  COLUMN,
                  SIZE,
                  CLASSES,
                  VALUES,
                  Option.orAbsent(
                      "ignore",
                      TableKinds.WHOLE_NUMBERS,
                      "numbers of pixels without a label; without it 255, unless that is a"
                          + " class")),
              of(
                  TaskKind.MASK,
                  "yes or no for each pixel: a PNG of one channel, or .npy of whole numbers",
                  COLUMN,
                  SIZE,
                  TWO_CLASSES,
                  VALUES,
                  Option.orAbsent(
                      "ignore", TableKinds.WHOLE_NUMBERS, "numbers of pixels without a label")),
              of(
                  TaskKind.DEPTH,
                  "a number from 0 on for each pixel: a PNG of 16 bits, or .npy",
                  COLUMN,
                  SIZE,
                  SCALE,
                  OFFSET,
                  UNIT,
                  RANGE,
                  ignoredNumbers("; without it 0")),
              of(
                  TaskKind.NORMALS,
                  "a unit vector for each pixel: .npy; (0, 0, 0) and nan say that there is none",
                  COLUMN,
                  SIZE),
              of(
                  TaskKind.VECTORS,
                  "several numbers for each pixel: .npy",
                  COLUMN,
                  SIZE,
                  Option.required("classes", Option.whole(1, 64), "how many numbers a pixel has"),
                  SCALE,
                  OFFSET,
                  UNIT,
                  RANGE,
                  ignoredNumbers(""))));

  public TaskOptions {
    options = List.copyOf(options);
  }

  @Override
  public String name() {
    return kind.label();
  }

  /** All kinds of tasks, in the order in which {@link TaskKind} has them. */
  public static Registry<TaskOptions> known() {
    return KNOWN;
  }

  /** Everything that can be set of a task of a kind. */
  static List<Option> of(TaskKind kind) {
    return KNOWN.entry(kind.label()).options();
  }

  private static TaskOptions of(TaskKind kind, String summary, Option... own) {
    List<Option> options = new ArrayList<>(COMMON);
    options.addAll(Arrays.asList(own));
    return new TaskOptions(kind, summary, options);
  }

  private static Option ignoredNumbers(String usual) {
    return Option.orAbsent(
        "ignore", TableKinds.NUMBERS, "numbers that say that there is no value" + usual);
  }
}
