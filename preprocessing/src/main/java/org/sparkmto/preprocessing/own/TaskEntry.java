package org.sparkmto.preprocessing.own;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.naming.Nearest;
import org.sparkmto.preprocessing.ImageSize;

/**
 * One entry of the list of tasks.
 *
 * @param section where it stands, for messages
 * @param task its target is not settled yet
 * @param cells the target, if it stands in the table
 * @param map the target, if it stands in a file that a column names
 * @param mapColumn that column, empty otherwise
 * @param size of the stored map, if not that of its image
 * @param unit of the values, or empty
 */
record TaskEntry(
    Section section,
    Task task,
    Optional<CellTarget> cells,
    Optional<MapTarget> map,
    String mapColumn,
    Optional<ImageSize> size,
    String unit) {

  /** Most labels or numbers of one task. */
  private static final int MOST_VALUES = 100_000;

  private static final List<String> COMMON = List.of("name", "kind", "inputs", "loss", "ignore");

  /**
   * Reads an entry.
   *
   * @param inputs names of all inputs
   * @throws org.sparkmto.preprocessing.PreprocessingException if a key is unknown or wrong
   */
  static TaskEntry of(Section entry, List<String> inputs) {
    Section section = entry.has("name") ? entry.at("task '" + entry.text("name") + "'") : entry;
    String name = section.text("name");
    TaskKind kind = kind(section);
    List<String> known = new ArrayList<>(COMMON);
    known.addAll(keys(kind));
    section.allow(known);
    List<String> used = section.has("inputs") ? section.texts("inputs") : inputs;
    for (String input : used) {
      if (!inputs.contains(input)) {
        throw section.wrong("inputs", "among the inputs " + inputs + Nearest.hint(input, inputs));
      }
    }
    if (used.isEmpty() || new HashSet<>(used).size() != used.size()) {
      throw section.wrong("inputs", "one or more of the inputs " + inputs + ", each once");
    }
    return switch (kind) {
      case CLASSIFICATION, BINARY, MULTI_LABEL -> labels(section, name, kind, used);
      case REGRESSION -> reals(section, name, used);
      case SEGMENTATION, MASK -> labelMap(section, name, kind, used);
      case DEPTH, NORMALS, VECTORS -> realMap(section, name, kind, used);
    };
  }

  private static List<String> keys(TaskKind kind) {
    return switch (kind) {
      case CLASSIFICATION, BINARY -> List.of("column", "classes");
      case MULTI_LABEL -> List.of("column", "columns", "classes", "separator", "empty");
      case REGRESSION ->
          List.of("column", "columns", "classes", "separator", "scale", "offset", "unit", "range");
      case SEGMENTATION, MASK -> List.of("column", "size", "classes", "values");
      case DEPTH -> List.of("column", "size", "scale", "offset", "unit", "range");
      case NORMALS -> List.of("column", "size");
      case VECTORS -> List.of("column", "size", "classes", "scale", "offset", "unit", "range");
    };
  }

  private static TaskKind kind(Section section) {
    String label = section.text("kind");
    List<String> labels = Arrays.stream(TaskKind.values()).map(TaskKind::label).toList();
    if (!labels.contains(label)) {
      throw section.wrong("kind", "one of " + labels + Nearest.hint(label, labels));
    }
    return TaskKind.ofLabel(label);
  }

  private static TaskEntry labels(
      Section section, String name, TaskKind kind, List<String> inputs) {
    List<String> names = names(section);
    List<String> columns = columns(section, kind == TaskKind.MULTI_LABEL);
    if (section.has("columns")) {
      if (columns.size() < 2) {
        throw section.wrong("columns", "two columns or more; for one label there is kind binary");
      }
      refuse(section, "separator", "a list in one column");
      refuse(section, "empty", "a list in one column");
      if (section.has("classes") && (names.isEmpty() || names.size() != columns.size())) {
        throw section.wrong("classes", "a name for each of " + columns.size() + " columns");
      }
      CellTarget target = new CellTarget.LabelColumns(columns, ClassLabels.binary(section));
      Task task = Task.of(name, kind, inputs, name, columns.size());
      return cells(section, task.named(names.isEmpty() ? columns : names), target);
    }
    if (kind == TaskKind.BINARY) {
      if (section.has("classes") && names.size() != 2) {
        throw section.wrong("classes", "two names: what 'no' and 'yes' are called in the table");
      }
      ClassLabels words =
          names.isEmpty() ? ClassLabels.binary(section) : ClassLabels.of(section, 2, names);
      Task task = Task.of(name, kind, inputs, name, 2).named(names);
      return cells(section, task, new CellTarget.Label(columns.get(0), words));
    }
    int most = kind == TaskKind.MULTI_LABEL ? MOST_VALUES : ClassLabels.MOST;
    int count = count(section, names, 2, most);
    ClassLabels classes = ClassLabels.of(section, count, names);
    Task task = Task.of(name, kind, inputs, name, count).named(names);
    CellTarget target =
        kind == TaskKind.CLASSIFICATION
            ? new CellTarget.Label(columns.get(0), classes)
            : new CellTarget.LabelList(
                columns.get(0), separator(section), count, classes, emptyMeansNone(section));
    return cells(section, task, target);
  }

  private static boolean emptyMeansNone(Section section) {
    return switch (section.text("empty", "missing")) {
      case "none" -> true;
      case "missing" -> false;
      default -> throw section.wrong("empty", "missing (nobody has looked) or none (no label)");
    };
  }

  private static TaskEntry reals(Section section, String name, List<String> inputs) {
    List<String> columns = columns(section, true);
    int count = columns.size();
    if (section.has("columns")) {
      refuse(section, "separator", "a list in one column");
      refuse(section, "classes", "a list in one column");
    } else if (section.has("classes")) {
      count = section.integer("classes", 1, MOST_VALUES);
    }
    RealScale scale = new RealScale(section, Double.NEGATIVE_INFINITY, List.of());
    Task task = Task.of(name, TaskKind.REGRESSION, inputs, name, count);
    if (section.has("columns")) {
      task = task.named(columns);
    }
    return cells(section, task, new CellTarget.Reals(columns, separator(section), count, scale));
  }

  private static TaskEntry labelMap(
      Section section, String name, TaskKind kind, List<String> inputs) {
    boolean mask = kind == TaskKind.MASK;
    List<String> names = names(section);
    if (mask && section.has("classes") && names.size() != 2) {
      throw section.wrong("classes", "two names");
    }
    int count = mask ? 2 : count(section, names, 2, ClassLabels.MOST);
    List<Integer> values =
        section.has("values")
            ? whole(section, "values")
            : IntStream.range(0, count).boxed().toList();
    if (values.size() != count || new HashSet<>(values).size() != count) {
      throw section.wrong("values", "a different whole number for each of " + count + " classes");
    }
    List<Integer> ignored = whole(section, "ignore");
    if (!section.has("ignore") && !mask && !values.contains(Task.MISSING)) {
      ignored = List.of(Task.MISSING);
    }
    if (ignored.stream().anyMatch(values::contains)) {
      throw section.wrong("ignore", "a number that is no class");
    }
    Task task = Task.of(name, kind, inputs, name, count).named(names);
    return map(section, task, new MapTarget.Labels(values, ignored));
  }

  private static TaskEntry realMap(
      Section section, String name, TaskKind kind, List<String> inputs) {
    if (kind == TaskKind.NORMALS) {
      refuse(section, "ignore", "another kind: a pixel without a normal is (0, 0, 0) or nan");
      return map(section, Task.of(name, kind, inputs, name, 3), new MapTarget.Normals());
    }
    boolean depth = kind == TaskKind.DEPTH;
    int count = depth ? 1 : count(section, List.of(), 1, 64);
    RealScale scale =
        new RealScale(
            section, depth ? 0 : Double.NEGATIVE_INFINITY, depth ? List.of(0.0) : List.of());
    return map(
        section,
        Task.of(name, kind, inputs, name, count),
        new MapTarget.Reals(depth ? 0 : count, scale));
  }

  private static TaskEntry cells(Section section, Task task, CellTarget target) {
    return new TaskEntry(
        section,
        withLoss(section, task),
        Optional.of(target),
        Optional.empty(),
        "",
        Optional.empty(),
        section.text("unit", ""));
  }

  private static TaskEntry map(Section section, Task task, MapTarget target) {
    return new TaskEntry(
        section,
        withLoss(section, task),
        Optional.empty(),
        Optional.of(target),
        section.text("column"),
        section.size("size"),
        section.text("unit", ""));
  }

  private static Task withLoss(Section section, Task task) {
    return section.has("loss") ? task.withLoss(section.text("loss")) : task;
  }

  private static List<String> columns(Section section, boolean many) {
    if (!many || !section.has("columns")) {
      return List.of(section.text("column"));
    }
    if (section.has("column")) {
      throw section.wrong("column", "possible beside 'columns'; one of them is enough");
    }
    List<String> columns = section.texts("columns");
    if (columns.isEmpty() || new HashSet<>(columns).size() != columns.size()) {
      throw section.wrong("columns", "names of columns, each once");
    }
    return columns;
  }

  /** Names of classes, if a list of them stands there. */
  private static List<String> names(Section section) {
    return section.isList("classes") ? section.texts("classes") : List.of();
  }

  private static int count(Section section, List<String> names, int least, int most) {
    if (!section.isList("classes")) {
      return section.integer("classes", least, most);
    }
    if (names.size() < least || names.size() > most) {
      throw section.wrong("classes", "a list of " + least + " to " + most + " names");
    }
    return names.size();
  }

  private static List<Integer> whole(Section section, String key) {
    List<Integer> numbers = new ArrayList<>();
    for (double number : section.numbers(key)) {
      if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
        throw section.wrong(key, "whole numbers");
      }
      numbers.add((int) number);
    }
    return numbers;
  }

  private static String separator(Section section) {
    String separator = section.text("separator", ";");
    if (separator.isEmpty()) {
      throw section.wrong("separator", "one character or more");
    }
    return separator;
  }

  private static void refuse(Section section, String key, String fits) {
    if (section.has(key)) {
      throw section.wrong(key, "possible here; it belongs to " + fits);
    }
  }
}
