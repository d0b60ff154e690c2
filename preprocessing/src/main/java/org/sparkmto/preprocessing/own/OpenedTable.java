package org.sparkmto.preprocessing.own;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;
import org.sparkmto.preprocessing.parquet.ParquetImages;
import org.sparkmto.preprocessing.webdataset.ShardNames;

/**
 * A table that was read, of whichever form.
 *
 * @param embedded the encoded files that stand in it
 * @param isNumbered whether rows are known by their numbers in one file alone
 */
record OpenedTable(
    List<Listed> rows, RowLayout layout, Optional<EmbeddedRows> embedded, boolean isNumbered) {
  /** Where the table is. */
  static final Option TABLE =
      Option.required(
          "table",
          TableKinds.TEXT,
          "The table: a CSV or Parquet file, a directory of Parquet files, tar files of"
              + " WebDataset (train-{000..146}.tar, train-*.tar.gz), or the name of a"
              + " table that Spark knows (catalog.db.t).");

  /** What it is. */
  static final Option FORMAT =
      Option.of(
          "format",
          Option.choice(Format.class),
          "auto",
          "csv, parquet, webdataset, table (a name in Spark's catalogs), or auto: by names"
              + " and first bytes.");

  /** Between the fields of text. */
  static final Option SEPARATOR =
      Option.of(
          "separator",
          Option.text(),
          ",",
          "What stands between the fields of a CSV table; a line sep=; above the header"
              + " says it, too.");

  /** Of text. */
  static final Option ENCODING =
      Option.of(
          "encoding",
          Option.choice(CsvText.Encoding.class),
          "auto",
          "Encoding of a CSV table: auto (UTF-8, or UTF-16 with a byte order mark),"
              + " latin-1, windows-1252, utf-16le or utf-16be.");

  private enum Format {
    AUTO,
    CSV,
    PARQUET,
    WEBDATASET,
    TABLE
  }

  /** Who reads a table: what is needed of it. */
  interface Reader {
    /** All columns that are needed. */
    List<TableUser> users();

    /**
     * Where things stand in a row.
     *
     * @param isBytes whether a column holds the files themselves and not their paths
     * @param embedded receives the columns that do, in their order
     * @param images directory in which paths start
     */
    RowLayout layout(Predicate<String> isBytes, List<String> embedded, Path images);
  }

  /**
   * Reads the rows; encoded files in them are passed over.
   *
   * @param options with {@link #TABLE}, {@link #FORMAT}, {@link #SEPARATOR} and {@link #ENCODING}
   * @param root directory in which the name of the table starts
   * @param files access to it
   * @param images directory in which the paths of the table start
   * @throws PreprocessingException if there is no such table, or it lacks a column
   */
  static OpenedTable read(Options options, Path root, RawFiles files, Path images, Reader reader)
      throws IOException {
    return new Reading(options, root, files, images, reader).read();
  }

  private record Reading(Options options, Path root, RawFiles files, Path images, Reader reader) {

    OpenedTable read() throws IOException {
      Format format = options.choice("format", Format.class);
      String name = options.text("table");
      if (format == Format.WEBDATASET || (format == Format.AUTO && ShardNames.areNamedBy(name))) {
        return tar(name);
      }
      if (format == Format.TABLE) {
        return spark(SparkTable.open(name, true).orElseThrow());
      }
      Path table = SafePath.within(root, TABLE.name(), name);
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

    OpenedTable spark(SparkTable table) {
      Set<String> bytes = new HashSet<>();
      for (TableUser user : reader.users()) {
        if (table.require(user)) {
          bytes.add(user.column());
        }
      }
      List<String> order = new ArrayList<>();
      RowLayout layout = reader.layout(bytes::contains, order, images);
      List<Listed> rows = table.listed(layout, order);
      return new OpenedTable(
          rows,
          layout,
          order.isEmpty() ? Optional.empty() : Optional.of(table.images(layout, order)),
          false);
    }

    OpenedTable tar(String pattern) throws IOException {
      TarTable tar = TarTable.open(pattern, root, files);
      List<String> order = new ArrayList<>();
      Set<String> bytes = new HashSet<>();
      reader.users().stream()
          .filter(user -> user.file() && TarTable.holdsFiles(user.column()))
          .forEach(user -> bytes.add(user.column()));
      RowLayout layout = reader.layout(bytes::contains, order, images);
      List<Listed> rows = tar.listed(layout, reader.users());
      return new OpenedTable(
          rows, layout, order.isEmpty() ? Optional.empty() : Optional.of(tar.images(order)), false);
    }

    OpenedTable parquet(Path table, boolean directory) throws IOException {
      ParquetTable parquet = ParquetTable.open(table, files);
      Set<String> bytes = new HashSet<>();
      for (TableUser user : reader.users()) {
        if (parquet.require(user.column(), user.place(), user.lists(), user.file())) {
          bytes.add(user.column());
        }
      }
      List<String> order = new ArrayList<>();
      RowLayout layout = reader.layout(bytes::contains, order, images);
      List<Listed> rows = parquet.listed(layout);
      List<List<String>> embedded = new ArrayList<>();
      order.forEach(column -> embedded.add(parquet.path(column)));
      return new OpenedTable(
          rows,
          layout,
          embedded.isEmpty()
              ? Optional.empty()
              : Optional.of(new ParquetImages(parquet.files(), embedded)),
          !embedded.isEmpty() && !directory);
    }

    OpenedTable csv(Path table, boolean directory) throws IOException {
      CsvTable csv = csvTable(table, directory);
      reader.users().forEach(user -> csv.require(user.column(), user.place()));
      RowLayout layout = reader.layout(column -> false, new ArrayList<>(), images);
      return new OpenedTable(csv.listed(layout), layout, Optional.empty(), false);
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
  }
}
