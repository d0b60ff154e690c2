package org.sparkmto.preprocessing.own;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.GrowingDataset;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;
import org.sparkmto.preprocessing.image.ImageReading;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.parquet.ParquetImages;
import org.sparkmto.preprocessing.webdataset.ShardNames;

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
              Option.required(
                  "table",
                  TableKinds.TEXT,
                  "The table: a CSV or Parquet file, a directory of Parquet files, tar files of"
                      + " WebDataset (train-{000..146}.tar, train-*.tar.gz), or the name of a"
                      + " table that Spark knows (catalog.db.t)."),
              Option.of(
                  "format",
                  Option.choice(Format.class),
                  "auto",
                  "csv, parquet, webdataset, table (a name in Spark's catalogs), or auto: by names"
                      + " and first bytes."),
              Option.of(
                  "separator",
                  Option.text(),
                  ",",
                  "What stands between the fields of a CSV table; a line sep=; above the header"
                      + " says it, too."),
              Option.of(
                  "encoding",
                  Option.choice(CsvText.Encoding.class),
                  "auto",
                  "Encoding of a CSV table: auto (UTF-8, or UTF-16 with a byte order mark),"
                      + " latin-1, windows-1252, utf-16le or utf-16be."),
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

  private enum Format {
    AUTO,
    CSV,
    PARQUET,
    WEBDATASET,
    TABLE
  }

  /**
   * A table that was read.
   *
   * @param embedded the images that stand in it
   * @param isNumbered whether rows are known by their numbers in one file alone
   */
  private record Read(
      List<Listed> rows, RowLayout layout, Optional<EmbeddedRows> embedded, boolean isNumbered) {}

  /** What is read of the table. */
  private final class Listing {
    private final Path root;
    private final RawFiles files;

    Listing(Path root, RawFiles files) {
      this.root = root;
      this.files = files;
    }

    RawContents contents(Map<String, String> present) throws IOException {
      Read read = read();
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

    private Read read() throws IOException {
      Format format = options.choice("format", Format.class);
      String name = options.text("table");
      if (format == Format.WEBDATASET || (format == Format.AUTO && ShardNames.areNamedBy(name))) {
        return tar(name);
      }
      if (format == Format.TABLE) {
        return spark(SparkTable.open(name, true).orElseThrow());
      }
      Path table = below("table");
      boolean directory = files.isDirectory(table);
      if (!directory && !files.isFile(table)) {
        Optional<SparkTable> named =
            format == Format.AUTO ? SparkTable.open(name, false) : Optional.empty();
        if (named.isPresent()) {
          return spark(named.get());
        }
        throw PreprocessingException.wrongUsage(
            "table: there is no " + table + ", nor does Spark know a table of that name");
      }
      boolean parquet = directory || ParquetTable.isParquet(table, files);
      if (format == Format.PARQUET && !parquet) {
        throw PreprocessingException.wrongUsage("format is parquet, but " + table + " is none");
      }
      return format == Format.PARQUET || (format == Format.AUTO && parquet)
          ? parquet(table, directory)
          : csv(table, directory);
    }

    private Read spark(SparkTable table) {
      Set<String> bytes = new HashSet<>();
      for (OwnTasks.User user : tasks.users()) {
        if (table.require(user)) {
          bytes.add(user.column());
        }
      }
      List<String> order = new ArrayList<>();
      RowLayout layout = tasks.layout(bytes::contains, order, below("images"));
      List<Listed> rows = table.listed(layout, order);
      return new Read(
          rows,
          layout,
          order.isEmpty() ? Optional.empty() : Optional.of(table.images(layout, order)),
          false);
    }

    private Read tar(String pattern) throws IOException {
      TarTable tar = TarTable.open(pattern, root, files);
      List<String> images = new ArrayList<>();
      Set<String> bytes = new HashSet<>();
      tasks.users().stream()
          .filter(user -> user.file() && TarTable.holdsFiles(user.column()))
          .forEach(user -> bytes.add(user.column()));
      RowLayout layout = tasks.layout(bytes::contains, images, below("images"));
      List<Listed> rows = tar.listed(layout, tasks.users());
      return new Read(
          rows,
          layout,
          images.isEmpty() ? Optional.empty() : Optional.of(tar.images(images)),
          false);
    }

    private Read parquet(Path table, boolean directory) throws IOException {
      ParquetTable parquet = ParquetTable.open(table, files);
      Set<String> bytes = new HashSet<>();
      for (OwnTasks.User user : tasks.users()) {
        if (parquet.require(user.column(), user.place(), user.lists(), user.file())) {
          bytes.add(user.column());
        }
      }
      List<String> order = new ArrayList<>();
      RowLayout layout = tasks.layout(bytes::contains, order, below("images"));
      List<Listed> rows = parquet.listed(layout);
      List<List<String>> embedded = new ArrayList<>();
      order.forEach(column -> embedded.add(parquet.path(column)));
      return new Read(
          rows,
          layout,
          embedded.isEmpty()
              ? Optional.empty()
              : Optional.of(new ParquetImages(parquet.files(), embedded)),
          !embedded.isEmpty() && !directory);
    }

    private Read csv(Path table, boolean directory) throws IOException {
      CsvTable csv = csvTable(table, directory);
      tasks.users().forEach(user -> csv.require(user.column(), user.place()));
      RowLayout layout = tasks.layout(column -> false, new ArrayList<>(), below("images"));
      return new Read(csv.listed(layout), layout, Optional.empty(), false);
    }

    private CsvTable csvTable(Path table, boolean directory) throws IOException {
      String separator = options.text("separator");
      boolean given = options.isGiven("separator");
      String plain = separator.equals("\\t") ? "\t" : separator;
      if (plain.length() != 1 || plain.equals("\"") || plain.equals("\n") || plain.equals("\r")) {
        throw PreprocessingException.wrongUsage(
            "separator is '" + separator + "', not one character such as , or ; or \\t");
      }
      if (directory) {
        throw PreprocessingException.wrongUsage(table + " is a directory, not a CSV file");
      }
      return CsvTable.open(
          table,
          files,
          given ? Optional.of(plain.charAt(0)) : Optional.empty(),
          options.choice("encoding", CsvText.Encoding.class));
    }

    private Path below(String option) {
      String name = options.optional(option, String.class).orElse("");
      if (name.isEmpty()) {
        return root;
      }
      SafePath path = SafePath.of(name);
      if (!path.trouble().isEmpty()) {
        throw PreprocessingException.wrongUsage(
            String.format(
                Locale.ROOT,
                "%s is '%s', not a path within %s: it is %s",
                option,
                name,
                root,
                path.trouble()));
      }
      return path.below(root);
    }
  }
}
