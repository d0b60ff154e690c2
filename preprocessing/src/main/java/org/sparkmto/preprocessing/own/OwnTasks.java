package org.sparkmto.preprocessing.own;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.DirectoryNames;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.NearestPixel;

/** What the configuration of own data asks for: images, tasks, and the columns they need. */
final class OwnTasks implements OpenedTable.Reader {
  private static final String LABELS = "labels";

  /** Columns that every shard has. */
  private static final List<String> TAKEN = List.of("sample_id", "rank", LABELS);

  /** Keys of an entry of the option {@code inputs}. */
  private static final List<Option> INPUT =
      List.of(
          Option.required("column", TableKinds.TEXT, "column of the table"),
          Option.orAbsent("name", TableKinds.TEXT, "column of the shards; usually the same"),
          Option.of("channels", Option.oneOf(3, 1), 3, "3 (colours) or 1 (gray)"),
          Option.orAbsent("size", ImageSize.KIND, "stored size, if other than the usual one"));

  private final Options options;
  private final Splits splits;
  private final List<Input> inputs = new ArrayList<>();
  private final List<TaskEntry> tasks = new ArrayList<>();

  /**
   * Reads the lists of inputs and tasks.
   *
   * @throws PreprocessingException if something is missing in them, or is not as it should be
   */
  OwnTasks(Options options, Splits splits) {
    this.options = options;
    this.splits = splits;
    readInputs();
    readTasks();
  }

  /** An image of every sample. */
  private record Input(String place, String name, String column, int channels, ImageSize size) {}

  private void readInputs() {
    Set<String> names = new HashSet<>(TAKEN);
    for (Section section : sections("inputs")) {
      Options input = section.read(INPUT);
      String column = input.text("column");
      String name = input.optional("name", String.class).orElse(column);
      if (!names.add(name)) {
        throw PreprocessingException.wrongUsage(
            section.place() + " needs another name than '" + name + "', which is taken");
      }
      ImageSize size = input.optional("size", ImageSize.class).orElseGet(this::usualSize);
      inputs.add(new Input(section.place(), name, column, input.count("channels"), size));
    }
  }

  private ImageSize usualSize() {
    return options
        .optional("size", ImageSize.class)
        .orElseThrow(
            () ->
                PreprocessingException.wrongUsage(
                    "size is not given: the stored height and width of images, such as 128x256"));
  }

  private void readTasks() {
    Set<String> names = new HashSet<>(TAKEN);
    List<String> inputNames = inputs.stream().map(Input::name).toList();
    names.addAll(inputNames);
    for (Section section : sections("tasks")) {
      TaskEntry task =
          TaskEntry.of(section, inputNames, options.choice("decimal", Own.Decimal.class));
      if (!names.add(task.task().name())) {
        throw PreprocessingException.wrongUsage(
            task.section().place() + " needs another name, that one is taken");
      }
      tasks.add(task);
    }
  }

  private List<Section> sections(String name) {
    List<Section> sections = Section.list(name, options.value(name, Object.class));
    if (sections.isEmpty()) {
      throw PreprocessingException.wrongUsage(name + " is an empty list");
    }
    return sections;
  }

  @Override
  public List<TableUser> users() {
    List<TableUser> users = new ArrayList<>();
    for (Input input : inputs) {
      users.add(new TableUser(input.column(), input.place(), false, true));
    }
    for (TaskEntry task : tasks) {
      String place = task.section().place();
      if (task.map().isPresent()) {
        users.add(new TableUser(task.mapColumn(), place, false, true));
      }
      task.cells()
          .ifPresent(
              cells -> {
                for (String column : cells.columns()) {
                  users.add(new TableUser(column, place, cells.takesLists(), false));
                }
              });
    }
    for (String option : List.of("id", "group")) {
      if (!column(option).isEmpty()) {
        users.add(new TableUser(column(option), option, false, false));
      }
    }
    if (!splits.column().isEmpty()) {
      users.add(new TableUser(splits.column(), "split", false, false));
    }
    return users;
  }

  private String column(String option) {
    return options.optional(option, String.class).orElse("");
  }

  @Override
  public RowLayout layout(Predicate<String> isBytes, List<String> embedded, Path images) {
    List<RowLayout.FileCell> fileCells = new ArrayList<>();
    inputs.forEach(input -> fileCells.add(fileCell(input.column(), true, isBytes, embedded)));
    for (TaskEntry task : tasks) {
      if (task.map().isPresent()) {
        fileCells.add(fileCell(task.mapColumn(), false, isBytes, embedded));
      }
    }
    Set<String> columns = new LinkedHashSet<>(users().stream().map(TableUser::column).toList());
    columns.removeIf(isBytes);
    return new RowLayout(
        new ArrayList<>(columns),
        column("id"),
        splits.column(),
        splits.meanings(),
        column("group"),
        fileCells,
        new ArrayList<>(cellTasks().stream().map(task -> task.cells().orElseThrow()).toList()),
        DirectoryNames.of(images));
  }

  /**
   * A cell that names or holds an encoded file.
   *
   * @param input whether it must be there
   * @param isBytes whether a column holds the files themselves and not their paths
   * @param embedded receives the column if it does and is not there yet
   */
  static RowLayout.FileCell fileCell(
      String column, boolean input, Predicate<String> isBytes, List<String> embedded) {
    if (!isBytes.test(column)) {
      return new RowLayout.FileCell(column, input, RowLayout.FileCell.PATH);
    }
    if (!embedded.contains(column)) {
      embedded.add(column);
    }
    return new RowLayout.FileCell(column, input, embedded.indexOf(column));
  }

  /** Tasks that stand in the table: those of one label first, as they share a column. */
  private List<TaskEntry> cellTasks() {
    List<TaskEntry> ordered = new ArrayList<>(tasks.stream().filter(this::isSingle).toList());
    tasks.stream()
        .filter(task -> task.cells().isPresent() && !isSingle(task))
        .forEach(ordered::add);
    return ordered;
  }

  private boolean isSingle(TaskEntry task) {
    TaskKind kind = task.task().kind();
    return kind == TaskKind.CLASSIFICATION || kind == TaskKind.BINARY;
  }

  /** How a sample is read. */
  OwnReader.Plan plan(RowLayout layout) {
    List<Column> columns = new ArrayList<>();
    for (Input input : inputs) {
      columns.add(
          new Column(
              input.name(),
              Column.Role.INPUT,
              ElementType.UINT8,
              List.of(input.channels(), input.size().height(), input.size().width())));
    }
    int labels = (int) tasks.stream().filter(this::isSingle).count();
    if (labels > 0) {
      columns.add(new Column(LABELS, Column.Role.TARGET, ElementType.UINT8, List.of(labels)));
    }
    for (TaskEntry task : cellTasks().subList(labels, cellTasks().size())) {
      CellTarget target = task.cells().orElseThrow();
      columns.add(target(task, target.type(), List.of(target.count())));
    }
    List<OwnReader.MapPlan> maps = new ArrayList<>();
    List<String> inputNames = inputs.stream().map(Input::name).toList();
    for (TaskEntry task : tasks) {
      task.map()
          .ifPresent(
              target -> {
                int input = inputNames.indexOf(task.task().inputs().get(0));
                ImageSize size = task.size().orElse(inputs.get(input).size());
                columns.add(target(task, target.type(), target.shape(size)));
                maps.add(new OwnReader.MapPlan(target, input, size));
              });
    }
    NearestPixel nearest = options.choice("nearest", NearestPixel.class);
    return new OwnReader.Plan(layout, columns, maps, nearest);
  }

  private static Column target(TaskEntry task, ElementType type, List<Integer> shape) {
    double scale = type == ElementType.INT16 ? MapTarget.Normals.SCALE : 1;
    return new Column(task.task().name(), Column.Role.TARGET, type, shape)
        .measured(scale, 0, task.unit());
  }

  /** Columns of shards whose content stands in the table, in order. */
  List<String> cellColumns() {
    Set<String> names = new LinkedHashSet<>();
    cellTasks().forEach(task -> names.add(isSingle(task) ? LABELS : task.task().name()));
    return List.copyOf(names);
  }

  /** The tasks in their order, those of one label as elements of the column they share. */
  List<Task> tasks() {
    List<Task> settled = new ArrayList<>();
    int element = 0;
    for (TaskEntry entry : tasks) {
      Task task = entry.task();
      settled.add(
          isSingle(entry)
              ? new Task(
                  task.name(),
                  task.kind(),
                  task.inputs(),
                  LABELS,
                  element++,
                  task.classes(),
                  Task.MISSING,
                  task.loss(),
                  task.classNames())
              : task);
    }
    return settled;
  }
}
