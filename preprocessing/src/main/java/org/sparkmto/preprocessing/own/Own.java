package org.sparkmto.preprocessing.own;

import com.typesafe.config.Config;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.sparkmto.data.Task;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.GrowingDataset;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.image.ImageReading;
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
public final class Own implements GrowingDataset {
  /** Name, options and maker. */
  public static final Entry<RawDataset> ENTRY =
      RawDataset.entry(
          "own",
          "Your own: a CSV or Parquet table, or tar files, with images and tasks; see"
              + " conf/own.conf.",
          List.of(
              OpenedTable.TABLE,
              OpenedTable.FORMAT,
              OpenedTable.SEPARATOR,
              OpenedTable.ENCODING,
              Option.of(
                  "decimal",
                  Option.choice(Decimal.class),
                  "point",
                  "What stands before the fraction of numbers that are text: point or comma."),
              Option.orAbsent(
                  "images",
                  Option.text(),
                  "Directory in which the paths of the table start; usually the root."),
              Option.orAbsent(
                  "id",
                  Option.text(),
                  "Column with a unique name for each sample; usually the path of the first input,"
                      + " FILE#ROW where images stand in Parquet, FILE#KEY in WebDataset."),
              Option.orAbsent(
                  "split",
                  Option.keys("keys in braces {...}: column, train, val, test"),
                  "Keys column, train, val, test: which values of a column stand for which split."),
              Option.orAbsent(
                  "group",
                  Option.text(),
                  "Column of the person, patient or video: samples of one group share a split."),
              Option.of(
                  "validation-share",
                  Option.within(0, 1),
                  0.2,
                  "Share of the training samples, or groups, held out where no value stands for"
                      + " val."),
              Option.of(
                  "test-share",
                  Option.within(0, 1),
                  0,
                  "Share of the training samples, or groups, held out where no value stands for"
                      + " test."),
              Option.of("validation-seed", Option.count(0), 0, "Seed of what is held out."),
              Option.orAbsent(
                  "size",
                  ImageSize.KIND,
                  "Stored size HxW of the images; the aspect ratio is not kept."),
              Option.of(
                  "orientation",
                  Option.choice(Turn.class),
                  "upright",
                  "upright turns images as their EXIF or XMP data say; stored leaves them."),
              Option.of(
                  "max-pixels",
                  Option.whole(1, ImageReading.MOST_PIXELS),
                  ImageReading.USUAL.mostPixels(),
                  "Most pixels of an image or map; larger ones are set aside. An executor needs 16"
                      + " bytes of heap for each."),
              Option.orAbsent(
                  "levels",
                  TableKinds.RANGE,
                  "Which numbers of PNG images with 16 bits a channel become 0 and 255, such as [0,"
                      + " 65535]; without it such images are set aside."),
              Option.of(
                  "nearest",
                  Option.choice(NearestPixel.class),
                  "centre",
                  "Rule by which maps change their size: centre or floor."),
              Option.required(
                  "inputs",
                  Option.structure("a list of sections such as { column = image }"),
                  "List of images: column, and name, channels (3 or 1), size."),
              Option.required(
                  "tasks",
                  Option.structure(
                      "a list of sections such as { name = age, kind = regression, column = age }"),
                  "List of tasks: name, kind, column or columns, and keys of the kind.")),
          Own::new);

  /** Where samples are and into which split they go; not what becomes of them. */
  private static final Set<String> FREE =
      Set.of(
          "table",
          "format",
          "separator",
          "encoding",
          "decimal",
          "images",
          "split",
          "validation-share",
          "test-share",
          "validation-seed",
          "max-pixels");

  private final Options options;
  private final Splits splits;
  private final OwnTasks tasks;

  private Own(Options options) {
    this.options = options;
    this.splits = new Splits(options);
    this.tasks = new OwnTasks(options, splits);
  }

  @Override
  public RawContents list(Path root, RawFiles files, Map<String, String> present)
      throws IOException {
    return new Listing(root, files).contents(present);
  }

  /**
   * The tasks that options describe, in order.
   *
   * @param options as the configuration of own data has them
   * @throws PreprocessingException if an option is unknown, missing or impossible
   */
  public static List<Task> tasks(Config options) {
    if (ChosenDataset.of(ENTRY, options).dataset() instanceof Own own) {
      return own.tasks.tasks();
    }
    throw new AssertionError("own data are made by this class");
  }

  @Override
  public Set<String> freeOptions() {
    return FREE;
  }

  @Override
  public List<String> listedColumns() {
    return tasks.cellColumns();
  }

  @Override
  public byte[] listed(RawSample sample, int length) throws IOException {
    return RowLayout.cells(sample, length);
  }

  /** Which way up images are stored. */
  enum Turn {
    /** As people see them. */
    UPRIGHT,
    /** As they stand in the file. */
    STORED
  }

  /** What stands before the fraction of a number that is text. */
  enum Decimal {
    POINT,
    COMMA
  }

  /** What is read of the table. */
  private final class Listing {
    private final Path root;
    private final RawFiles files;

    Listing(Path root, RawFiles files) {
      this.root = root;
      this.files = files;
    }

    RawContents contents(Map<String, String> present) throws IOException {
      OpenedTable read = OpenedTable.read(options, root, files, images(), tasks);
      List<RawSample> samples = new ArrayList<>();
      List<RefusedSample> refused = new ArrayList<>();
      if (!present.isEmpty() && read.isNumbered() && !options.has("id")) {
        throw PreprocessingException.wrongUsage(
            "id is not given, so the rows of "
                + options.text("table")
                + " are known by their numbers alone, which do not say what is new; name a column"
                + " with a unique name for each sample");
      }
      splits.assign(read.rows(), present, samples, refused);
      OwnReader.Plan plan =
          tasks.plan(read.layout()).reading(options.choice("orientation", Turn.class), reading());
      return new RawContents(
              plan.columns(),
              tasks.tasks(),
              samples,
              refused,
              opened -> new OwnReader(plan, opened),
              read.embedded(),
              List.of())
          .expecting(
              splits.expected().stream().filter(split -> !present.containsValue(split)).toList());
    }

    private ImageReading reading() {
      ImageReading reading = ImageReading.upTo(options.count("max-pixels"));
      return options
          .optionalNumbers("levels")
          .map(levels -> reading.withLevels(levels.get(0), levels.get(1)))
          .orElse(reading);
    }

    private Path images() {
      String name = options.optional("images", String.class).orElse("");
      return name.isEmpty() ? root : SafePath.within(root, "images", name);
    }
  }
}
