package org.sparkmto.preprocessing.own;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkmto.options.OptionException;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.DirectoryNames;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;

/**
 * The images that a table names or holds, without labels: what a trained network is asked about.
 * The table is of any form that {@link Own} reads, and rows that cannot be used are refused as
 * there.
 *
 * @param samples the images, in the order of the table; identities are unique
 * @param refused rows that are none
 * @param embedded where the images stand, if the table holds them
 * @param column where they are in a row
 */
public record ImageTable(
    List<RawSample> samples,
    List<RefusedSample> refused,
    Optional<EmbeddedRows> embedded,
    ImageColumn column) {
  public ImageTable {
    samples = List.copyOf(samples);
    refused = List.copyOf(refused);
  }

  /**
   * A table that somebody named.
   *
   * @param name a CSV or Parquet file, a directory of Parquet files, tar files of WebDataset, or a
   *     table that Spark knows
   * @param image column of paths or of encoded files
   * @param id column of identities; without it, the path of the image, FILE#ROW or FILE#KEY
   * @param separator between fields of a CSV file, if it is not a comma
   * @param encoding of a CSV file, as {@link Own} names it, if it is not the usual one
   */
  public record Named(
      String name,
      String image,
      Optional<String> id,
      Optional<String> separator,
      Optional<String> encoding) {
    /** The directory in which the table lies: {@code .} where the name has none. */
    public String directory() {
      return cut() == 0 ? "." : name.substring(0, cut());
    }

    private int cut() {
      String plain = name.replaceFirst("/+$", "");
      return plain.lastIndexOf('/') + 1;
    }

    private Options options() {
      Map<String, Object> given =
          new TreeMap<>(Map.of(OpenedTable.TABLE.name(), name.substring(cut())));
      separator.ifPresent(value -> given.put(OpenedTable.SEPARATOR.name(), value));
      encoding.ifPresent(value -> given.put(OpenedTable.ENCODING.name(), value));
      try {
        return Options.read(
            "--table",
            List.of(
                OpenedTable.TABLE, OpenedTable.FORMAT, OpenedTable.SEPARATOR, OpenedTable.ENCODING),
            given);
      } catch (OptionException e) {
        throw PreprocessingException.wrongUsage(e.getMessage());
      }
    }
  }

  /** Where the image of a row is. */
  public static final class ImageColumn implements Serializable {
    private static final long serialVersionUID = 1;

    private final RowLayout layout;

    private ImageColumn(RowLayout layout) {
      this.layout = layout;
    }

    /**
     * The encoded file.
     *
     * @param files access to the directory in which paths start
     * @param most bytes of it
     * @throws UnreadableSampleException if it is not there, or too large
     */
    public byte[] read(RawSample sample, RawFiles files, int most)
        throws UnreadableSampleException, IOException {
      try (var labels = new DataInputStream(new ByteArrayInputStream(sample.labels()))) {
        String path = layout.files().get(0).isPath() ? labels.readUTF() : "";
        return new RowFiles(layout, files, most).read(0, sample, path);
      }
    }

    /** The row, as people find it: {@code line 7 of table.csv}. */
    public String place(RawSample sample) throws IOException {
      return layout.place(sample);
    }
  }

  /**
   * Reads a table.
   *
   * @param links local directories to which links in the table's directory may lead
   * @param images directory in which its paths start
   * @throws PreprocessingException if there is no such table, or it lacks a column
   */
  public static ImageTable read(
      Named table, List<String> links, RawRoot images, Configuration hadoop) throws IOException {
    RawRoot root = RawRoot.of(table.directory(), links, hadoop);
    OpenedTable opened =
        OpenedTable.read(
            table.options(), root.path(), root.files(hadoop), images.path(), new Wanted(table));
    RepeatedRows repeated = RepeatedRows.of(opened.rows());
    List<RawSample> samples = new ArrayList<>();
    List<RefusedSample> refused = new ArrayList<>();
    for (Listed row : opened.rows()) {
      if (repeated.contains(row)) {
        refused.add(repeated.refused(row));
      } else if (row.refused() != null) {
        refused.add(row.refused());
      } else {
        samples.add(row.sample());
      }
    }
    return new ImageTable(samples, refused, opened.embedded(), new ImageColumn(opened.layout()));
  }

  /** An image, and an identity where there is a column of that. */
  private record Wanted(Named table) implements OpenedTable.Reader {
    @Override
    public List<TableUser> users() {
      List<TableUser> users = new ArrayList<>();
      users.add(new TableUser(table.image(), "--column", false, true));
      table.id().ifPresent(id -> users.add(new TableUser(id, "--id", false, false)));
      return users;
    }

    @Override
    public RowLayout layout(Predicate<String> isBytes, List<String> embedded, Path images) {
      Set<String> columns = new LinkedHashSet<>(users().stream().map(TableUser::column).toList());
      columns.removeIf(isBytes);
      return new RowLayout(
          new ArrayList<>(columns),
          table.id().orElse(""),
          "",
          new Spellings<>(),
          "",
          new ArrayList<>(List.of(OwnTasks.fileCell(table.image(), true, isBytes, embedded))),
          new ArrayList<>(),
          DirectoryNames.of(images));
    }
  }
}
