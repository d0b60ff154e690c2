package org.sparkmto.preprocessing.own;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.DatasetOption;
import org.sparkmto.preprocessing.DatasetOptions;
import org.sparkmto.preprocessing.EmbeddedBytes;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.image.NearestPixel;

/**
 * Your own data: a table, in CSV or Parquet, with a row for each sample, and a list of tasks in the
 * configuration. Images are files that the table names, or stand encoded in Parquet cells. {@code
 * conf/own.conf} is an example with all keys.
 *
 * <p>The table decides what a sample is: files that no row names are not looked at. A sample may
 * have labels for some tasks only. Tasks of kind classification and binary share one column {@code
 * labels}; every other task has a column of its name.
 */
public final class Own implements RawDataset {
  private static final String LABELS = "labels";

  /** Columns that every shard has. */
  private static final List<String> TAKEN = List.of("sample_id", "rank", LABELS);

  @Override
  public String summary() {
    return "Your own: a CSV or Parquet table with images and a list of tasks; see conf/own.conf.";
  }

  @Override
  public List<DatasetOption> options() {
    return List.of(
        new DatasetOption(
            "table", "", "The table: a CSV or Parquet file, or a directory of Parquet files."),
        new DatasetOption("format", "auto", "csv, parquet, or auto: by the first bytes."),
        new DatasetOption("separator", ",", "What stands between the fields of a CSV table."),
        new DatasetOption(
            "images", "", "Directory in which the paths of the table start; usually the root."),
        new DatasetOption(
            "id",
            "",
            "Column with a unique name for each sample; usually the path of the first input, or"
                + " FILE#ROW where images stand in Parquet."),
        new DatasetOption(
            "split",
            "",
            "Keys column, train, val, test: which values of a column stand for which split."),
        new DatasetOption(
            "group",
            "",
            "Column of the person, patient or video: samples of one group share a split."),
        new DatasetOption(
            "validation-share",
            "0.2",
            "Share of the training samples, or groups, held out where no value stands for val."),
        new DatasetOption(
            "test-share",
            "0",
            "Share of the training samples, or groups, held out where no value stands for test."),
        new DatasetOption("validation-seed", "0", "Seed of what is held out."),
        new DatasetOption(
            "size", "", "Stored size HxW of the images; the aspect ratio is not kept."),
        new DatasetOption(
            "nearest", "centre", "Rule by which maps change their size: centre or floor."),
        new DatasetOption(
            "inputs", "", "List of images: column, and name, channels (3 or 1), size."),
        new DatasetOption(
            "tasks", "", "List of tasks: name, kind, column or columns, and keys of the kind."));
  }

  @Override
  public RawContents list(Path root, RawFiles files, DatasetOptions options) throws IOException {
    try {
      return new Listing(root, files, options).contents();
    } catch (ConfigException e) {
      throw PreprocessingException.wrongUsage(
          "the configuration is not complete: " + e.getMessage());
    }
  }

  private enum Format {
    AUTO,
    CSV,
    PARQUET
  }

  /** An image of every sample. */
  private record Input(String place, String name, String column, int channels, ImageSize size) {}

  /** What is read of the options, and of the table. */
  private static final class Listing {
    private final Path root;
    private final RawFiles files;
    private final DatasetOptions options;
    private final Splits splits;
    private final List<Input> inputs = new ArrayList<>();
    private final List<TaskEntry> tasks = new ArrayList<>();

    Listing(Path root, RawFiles files, DatasetOptions options) {
      this.root = root;
      this.files = files;
      this.options = options;
      this.splits = new Splits(options);
      inputs();
      tasks();
    }

    private void inputs() {
      Set<String> names = new HashSet<>(TAKEN);
      for (Section section : sections("inputs", "{ column = image }")) {
        section.allow(List.of("name", "column", "channels", "size"));
        String column = section.text("column");
        String name = section.text("name", column);
        int channels = section.has("channels") ? section.integer("channels", 1, 3) : 3;
        if (channels == 2) {
          throw section.wrong("channels", "3 (colours) or 1 (gray)");
        }
        if (!names.add(name)) {
          throw PreprocessingException.wrongUsage(
              section.place() + " needs another name than '" + name + "', which is taken");
        }
        ImageSize size = section.size("size").orElseGet(this::usualSize);
        inputs.add(new Input(section.place(), name, column, channels, size));
      }
    }

    private ImageSize usualSize() {
      return options
          .sizeIfGiven("size")
          .orElseThrow(
              () ->
                  PreprocessingException.wrongUsage(
                      "size is not given: the stored height and width of images, such as 128x256"));
    }

    private void tasks() {
      Set<String> names = new HashSet<>(TAKEN);
      List<String> inputNames = inputs.stream().map(Input::name).toList();
      names.addAll(inputNames);
      for (Section section : sections("tasks", "{ name = age, kind = regression, column = age }")) {
        TaskEntry task = TaskEntry.of(section, inputNames);
        if (!names.add(task.task().name())) {
          throw PreprocessingException.wrongUsage(
              task.section().place() + " needs another name, that one is taken");
        }
        tasks.add(task);
      }
    }

    private List<Section> sections(String name, String example) {
      ConfigValue value =
          options
              .structure(name)
              .orElseThrow(
                  () ->
                      PreprocessingException.wrongUsage(
                          name + " is not given; write " + name + " = [" + example + "]"));
      List<Section> sections = Section.list(name, value);
      if (sections.isEmpty()) {
        throw PreprocessingException.wrongUsage(name + " is an empty list");
      }
      return sections;
    }

    RawContents contents() throws IOException {
      Path table = below("table");
      Path images = below("images");
      if (options.text("table").isEmpty()) {
        throw PreprocessingException.wrongUsage("table is not given: the path of a CSV or Parquet");
      }
      boolean directory = files.isDirectory(table);
      if (!directory && !files.isFile(table)) {
        throw PreprocessingException.wrongUsage("table: there is no " + table);
      }
      Format format = options.choice("format", Format.class);
      if (format == Format.AUTO) {
        format = directory || ParquetTable.isParquet(table, files) ? Format.PARQUET : Format.CSV;
      }
      if (format == Format.PARQUET && !directory && !ParquetTable.isParquet(table, files)) {
        throw PreprocessingException.wrongUsage("format is parquet, but " + table + " is none");
      }
      List<Listed> rows;
      RowLayout layout;
      List<List<String>> embedded = new ArrayList<>();
      List<String> tableFiles = List.of();
      if (format == Format.CSV) {
        CsvTable csv = csv(table, directory);
        users().forEach(user -> csv.require(user.column(), user.place()));
        layout = layout(column -> false, new ArrayList<>(), images);
        rows = csv.listed(layout);
      } else {
        ParquetTable parquet = ParquetTable.open(table, files);
        Set<String> bytes = new HashSet<>();
        for (User user : users()) {
          if (parquet.require(user.column(), user.place(), user.lists(), user.file())) {
            bytes.add(user.column());
          }
        }
        List<String> order = new ArrayList<>();
        layout = layout(bytes::contains, order, images);
        rows = parquet.listed(layout);
        order.forEach(column -> embedded.add(parquet.path(column)));
        tableFiles = parquet.files();
      }
      List<RawSample> samples = new ArrayList<>();
      List<RefusedSample> refused = new ArrayList<>();
      splits.assign(rows, samples, refused);
      OwnReader.Plan plan = plan(layout);
      return new RawContents(
          plan.columns(),
          orderedTasks(),
          samples,
          refused,
          opened -> new OwnReader(plan, opened),
          embedded.isEmpty()
              ? Optional.empty()
              : Optional.of(new EmbeddedBytes(tableFiles, embedded)));
    }

    private CsvTable csv(Path table, boolean directory) throws IOException {
      String separator = options.text("separator");
      String plain = separator.equals("\\t") ? "\t" : separator;
      if (plain.length() != 1 || plain.equals("\"") || plain.equals("\n") || plain.equals("\r")) {
        throw PreprocessingException.wrongUsage(
            "separator is '" + separator + "', not one character such as , or ; or \\t");
      }
      if (directory) {
        throw PreprocessingException.wrongUsage(table + " is a directory, not a CSV file");
      }
      return CsvTable.open(table, files, plain.charAt(0));
    }

    /** Who needs a column, and what may stand in it. */
    private record User(String column, String place, boolean lists, boolean file) {}

    private List<User> users() {
      List<User> users = new ArrayList<>();
      for (Input input : inputs) {
        users.add(new User(input.column(), input.place(), false, true));
      }
      for (TaskEntry task : tasks) {
        String place = task.section().place();
        if (task.map().isPresent()) {
          users.add(new User(task.mapColumn(), place, false, true));
        }
        task.cells()
            .ifPresent(
                cells -> {
                  for (String column : cells.columns()) {
                    users.add(new User(column, place, cells.takesLists(), false));
                  }
                });
      }
      for (String option : List.of("id", "group")) {
        if (!options.text(option).isEmpty()) {
          users.add(new User(options.text(option), option, false, false));
        }
      }
      if (!splits.column().isEmpty()) {
        users.add(new User(splits.column(), "split", false, false));
      }
      return users;
    }

    private RowLayout layout(Predicate<String> isBytes, List<String> embedded, Path images) {
      List<RowLayout.FileCell> fileCells = new ArrayList<>();
      inputs.forEach(input -> fileCells.add(fileCell(input.column(), true, isBytes, embedded)));
      for (TaskEntry task : tasks) {
        if (task.map().isPresent()) {
          fileCells.add(fileCell(task.mapColumn(), false, isBytes, embedded));
        }
      }
      Set<String> columns = new LinkedHashSet<>(users().stream().map(User::column).toList());
      columns.removeIf(isBytes);
      return new RowLayout(
          new ArrayList<>(columns),
          options.text("id"),
          splits.column(),
          options.text("group"),
          fileCells,
          new ArrayList<>(cellTasks().stream().map(task -> task.cells().orElseThrow()).toList()),
          images.toString());
    }

    private static RowLayout.FileCell fileCell(
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

    private OwnReader.Plan plan(RowLayout layout) {
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

    private List<Task> orderedTasks() {
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

    private Path below(String option) {
      String name = options.text(option);
      if (name.isEmpty()) {
        return root;
      }
      return new Path(
          root,
          SafePath.relative(name)
              .orElseThrow(
                  () ->
                      PreprocessingException.wrongUsage(
                          String.format(
                              Locale.ROOT,
                              "%s is '%s', not a path within %s",
                              option,
                              name,
                              root))));
    }
  }
}
