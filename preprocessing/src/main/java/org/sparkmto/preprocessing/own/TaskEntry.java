package org.sparkmto.preprocessing.own;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.naming.Nearest;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.own.TableKinds.Classes;

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

  /**
   * Reads an entry.
   *
   * @param inputs names of all inputs
   * @param decimal what stands before the fraction of numbers
   * @throws org.sparkmto.preprocessing.PreprocessingException if a key is unknown or wrong
   */
  static TaskEntry of(Section entry, List<String> inputs, Own.Decimal decimal) {
    String name = entry.readOnly(TaskOptions.NAME).text("name");
    Section section = entry.at("task '" + name + "'");
    TaskKind kind = section.readOnly(TaskOptions.KIND).value("kind", TaskKind.class);
    Options options = section.read(TaskOptions.of(kind));
    List<String> used = options.has("inputs") ? options.texts("inputs") : inputs;
    for (String input : used) {
      if (!inputs.contains(input)) {
        throw section.wrong("inputs", "among the inputs " + inputs + Nearest.hint(input, inputs));
      }
    }
    if (used.isEmpty() || new HashSet<>(used).size() != used.size()) {
      throw section.wrong("inputs", "one or more of the inputs " + inputs + ", each once");
    }
    return switch (kind) {
      case CLASSIFICATION, BINARY, MULTI_LABEL -> labels(section, options, kind, used);
      case REGRESSION -> reals(section, options, used, decimal);
      case SEGMENTATION, MASK -> labelMap(section, options, kind, used);
      case DEPTH, NORMALS, VECTORS -> realMap(section, options, kind, used);
    };
  }

  private static TaskEntry labels(
      Section section, Options options, TaskKind kind, List<String> inputs) {
    String name = options.text("name");
    List<String> columns = columns(section, options, kind == TaskKind.MULTI_LABEL);
    Classes classes = classes(options);
    List<String> names = classes.names();
    if (section.has("columns")) {
      if (columns.size() < 2) {
        throw section.wrong("columns", "two columns or more; for one label there is kind binary");
      }
      section.refuse("separator", "a list in one column");
      section.refuse("empty", "a list in one column");
      if (section.has("classes") && names.size() != columns.size()) {
        throw section.wrong("classes", "a name for each of " + columns.size() + " columns");
      }
      CellTarget target =
          new CellTarget.LabelColumns(columns, ClassLabels.binary(section, options));
      Task task = Task.of(name, kind, inputs, name, columns.size());
      return cells(section, options, task.named(names.isEmpty() ? columns : names), target);
    }
    if (kind == TaskKind.BINARY) {
      ClassLabels words =
          names.isEmpty()
              ? ClassLabels.binary(section, options)
              : ClassLabels.of(section, options, 2, names);
      Task task = Task.of(name, kind, inputs, name, 2).named(names);
      return cells(section, options, task, new CellTarget.Label(columns.get(0), words));
    }
    if (!section.has("classes")) {
      throw section.needs("classes");
    }
    int count = classes.count();
    ClassLabels words = ClassLabels.of(section, options, count, names);
    Task task = Task.of(name, kind, inputs, name, count).named(names);
    CellTarget target =
        kind == TaskKind.CLASSIFICATION
            ? new CellTarget.Label(columns.get(0), words)
            : new CellTarget.LabelList(
                columns.get(0), options.text("separator"), count, words, emptyMeansNone(options));
    return cells(section, options, task, target);
  }

  private static boolean emptyMeansNone(Options options) {
    return options.choice("empty", TaskOptions.Empty.class) == TaskOptions.Empty.NONE;
  }

  private static TaskEntry reals(
      Section section, Options options, List<String> inputs, Own.Decimal decimal) {
    String name = options.text("name");
    List<String> columns = columns(section, options, true);
    int count = options.optionalCount("classes").orElse(columns.size());
    if (section.has("columns")) {
      section.refuse("separator", "a list in one column");
      section.refuse("classes", "a list in one column");
    }
    RealScale scale = new RealScale(options, Double.NEGATIVE_INFINITY, List.of()).written(decimal);
    Task task = Task.of(name, TaskKind.REGRESSION, inputs, name, count);
    if (section.has("columns")) {
      task = task.named(columns);
    }
    return cells(
        section,
        options,
        task,
        new CellTarget.Reals(columns, options.text("separator"), count, scale));
  }

  private static TaskEntry labelMap(
      Section section, Options options, TaskKind kind, List<String> inputs) {
    boolean mask = kind == TaskKind.MASK;
    String name = options.text("name");
    Classes classes = classes(options);
    int count = mask ? 2 : classes.count();
    List<Integer> values =
        section.has("values")
            ? whole(options, "values")
            : IntStream.range(0, count).boxed().toList();
    if (values.size() != count || new HashSet<>(values).size() != count) {
      throw section.wrong("values", "a different whole number for each of " + count + " classes");
    }
    List<Integer> ignored = whole(options, "ignore");
    if (!section.has("ignore") && !mask && !values.contains(Task.MISSING)) {
      ignored = List.of(Task.MISSING);
    }
    if (ignored.stream().anyMatch(values::contains)) {
      throw section.wrong("ignore", "a number that is no class");
    }
    Task task = Task.of(name, kind, inputs, name, count).named(classes.names());
    return map(section, options, task, new MapTarget.Labels(values, ignored));
  }

  private static TaskEntry realMap(
      Section section, Options options, TaskKind kind, List<String> inputs) {
    String name = options.text("name");
    if (kind == TaskKind.NORMALS) {
      return map(section, options, Task.of(name, kind, inputs, name, 3), new MapTarget.Normals());
    }
    boolean depth = kind == TaskKind.DEPTH;
    int count = depth ? 1 : options.count("classes");
    RealScale scale =
        new RealScale(
            options, depth ? 0 : Double.NEGATIVE_INFINITY, depth ? List.of(0.0) : List.of());
    return map(
        section,
        options,
        Task.of(name, kind, inputs, name, count),
        new MapTarget.Reals(depth ? 0 : count, scale));
  }

  private static TaskEntry cells(Section section, Options options, Task task, CellTarget target) {
    return new TaskEntry(
        section,
        withLoss(options, task),
        Optional.of(target),
        Optional.empty(),
        "",
        Optional.empty(),
        unit(options, task));
  }

  private static TaskEntry map(Section section, Options options, Task task, MapTarget target) {
    return new TaskEntry(
        section,
        withLoss(options, task),
        Optional.empty(),
        Optional.of(target),
        options.text("column"),
        options.optional("size", ImageSize.class),
        unit(options, task));
  }

  /** Labels and vectors of length 1 have no unit. */
  private static String unit(Options options, Task task) {
    boolean measured = !task.kind().hasLabels() && task.kind() != TaskKind.NORMALS;
    return measured ? options.optional("unit", String.class).orElse("") : "";
  }

  private static Task withLoss(Options options, Task task) {
    return options.optional("loss", String.class).map(task::withLoss).orElse(task);
  }

  private static List<String> columns(Section section, Options options, boolean many) {
    if (!many || !section.has("columns")) {
      if (!section.has("column")) {
        throw section.needs("column");
      }
      return List.of(options.text("column"));
    }
    section.refuse("column", "a task without 'columns'; one of them is enough");
    List<String> columns = options.texts("columns");
    if (columns.isEmpty() || new HashSet<>(columns).size() != columns.size()) {
      throw section.wrong("columns", "names of columns, each once");
    }
    return columns;
  }

  private static Classes classes(Options options) {
    return options.optional("classes", Classes.class).orElse(new Classes(0, List.of()));
  }

  private static List<Integer> whole(Options options, String key) {
    return options.optionalNumbers(key).orElse(List.of()).stream().map(Double::intValue).toList();
  }
}
