package org.sparkmto.preprocessing.own;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkmto.preprocessing.DirectoryNames;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * What the cells of a row are: turns rows into samples.
 *
 * <p>The labels of a sample are the stored bytes of all targets that stand in the table, then the
 * path of each file, as modified UTF-8 with a length, empty where the cell is, then the place of
 * the row in the same form.
 *
 * @param columns of the table that are read
 * @param id the column of the identity, or empty: then it is the path of the first input, or the
 *     place of the row where the input is embedded
 * @param split column or empty
 * @param splits which split its values stand for
 * @param group column or empty
 * @param files inputs first, then the maps of targets
 * @param cells targets that stand in the table
 * @param images how paths are named in the directory of them all
 */
record RowLayout(
    List<String> columns,
    String id,
    String split,
    Spellings<String> splits,
    String group,
    List<FileCell> files,
    List<CellTarget> cells,
    DirectoryNames images)
    implements Serializable {

  /** Longest identity, path, split or group, in characters. */
  static final int LONGEST = 1_024;

  /**
   * A cell that names or holds an encoded file.
   *
   * @param column of the table
   * @param input whether it is an image that must be there, or a target that may be missing
   * @param embedded its place in {@link RawSample#embedded()}, or {@link #PATH}
   */
  record FileCell(String column, boolean input, int embedded) implements Serializable {
    static final int PATH = -1;

    boolean isPath() {
      return embedded == PATH;
    }
  }

  /**
   * Reads a row.
   *
   * @param values of {@link #columns()}
   * @param rowId identity of the row where the table has no other
   * @param place of the row, for messages
   * @param source the table
   * @param row number of the row in that file, 0 and up
   */
  Listed listed(List<?> values, String rowId, String place, String source, long row) {
    String name = rowId;
    try {
      Optional<FileCell> embedded = files.stream().filter(file -> !file.isPath()).findAny();
      if (!id.isEmpty()) {
        name = bounded(cell(id, values));
        if (name.isEmpty()) {
          name = rowId;
          throw new UnreadableSampleException(Reason.BAD_ROW, "column '" + id + "' is empty");
        }
      }
      List<String> paths = new ArrayList<>();
      for (FileCell file : files) {
        String path = "";
        if (file.isPath()) {
          Cell cell = cell(file.column(), values);
          if (id.isEmpty() && paths.isEmpty() && !cell.text().isEmpty()) {
            name = bounded(cell);
          }
          path = path(cell, file);
          if (id.isEmpty() && paths.isEmpty()) {
            name = path; // in plain form, so that an image that stands twice is seen
          }
        }
        paths.add(path);
      }
      byte[] labels = labels(values, paths, place);
      String imageSource = embedded.isPresent() ? source : images.directory() + "/" + paths.get(0);
      RawSample sample =
          new RawSample(name, "", imageSource, embedded.isPresent() ? row : 0, labels);
      String named = "train";
      if (!split.isEmpty()) {
        Cell cell = cell(split, values);
        Optional<String> meaning = splits.meaning(cell);
        if (meaning.isEmpty()) {
          String detail = cell.shown() + ", none of " + splits.words() + splits.otherSpelling(cell);
          return Listed.refused(name, place, imageSource, Reason.BAD_SPLIT, detail);
        }
        named = meaning.get();
      }
      String its = group.isEmpty() ? "" : bounded(cell(group, values));
      return new Listed(name, place, sample, null, named, its);
    } catch (UnreadableSampleException e) {
      return Listed.refused(name, place, source, e.reason(), e.getMessage());
    }
  }

  /** Stored bytes of the targets in a row. */
  long labelBytes() {
    return cells.stream().mapToLong(cell -> (long) cell.count() * cell.type().bytes()).sum();
  }

  /** The row that a sample comes from, for messages. */
  String place(RawSample sample) throws IOException {
    try (var labels = new DataInputStream(new ByteArrayInputStream(sample.labels()))) {
      labels.skipNBytes(labelBytes());
      for (FileCell file : files) {
        if (file.isPath()) {
          labels.readUTF();
        }
      }
      return labels.readUTF();
    }
  }

  /** Targets that stand in the table, as they are stored. */
  static byte[] cells(RawSample sample, int length) {
    return Arrays.copyOf(sample.labels(), length);
  }

  /** Targets that stand in the table, in front, the paths, and the place of the row. */
  private byte[] labels(List<?> values, List<String> paths, String place)
      throws UnreadableSampleException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean labelled = cells.isEmpty() && files.stream().allMatch(FileCell::input);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (CellTarget target : cells) {
        List<Cell> its = new ArrayList<>();
        for (String column : target.columns()) {
          its.add(cell(column, values));
        }
        byte[] stored = target.stored(its);
        labelled |= target.isLabelled(stored);
        out.write(stored);
      }
      for (int i = 0; i < files.size(); i++) {
        FileCell file = files.get(i);
        if (file.isPath()) {
          out.writeUTF(paths.get(i));
        }
        labelled |= !file.input() && !(file.isPath() && paths.get(i).isEmpty());
      }
      out.writeUTF(place);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory", e);
    }
    if (!labelled) {
      throw new UnreadableSampleException(Reason.NO_LABELS, "no task has a label");
    }
    return bytes.toByteArray();
  }

  private String path(Cell cell, FileCell file) throws UnreadableSampleException {
    String text = cell.text();
    if (text.isEmpty()) {
      if (file.input()) {
        throw new UnreadableSampleException(
            Reason.NO_IMAGE, "column '" + cell.column() + "' names no file");
      }
      return text;
    }
    SafePath path = SafePath.of(images.relative(text));
    if (!path.trouble().isEmpty()) {
      throw new UnreadableSampleException(
          Reason.UNSAFE_NAME,
          cell.shown()
              + ", not a path within the directory of the images: it is "
              + path.trouble());
    }
    return path.plain();
  }

  private static String bounded(Cell cell) throws UnreadableSampleException {
    String text = cell.text();
    if (text.length() > LONGEST) {
      throw new UnreadableSampleException(
          Reason.BAD_ROW, cell.shown() + ", longer than " + LONGEST + " characters");
    }
    return text;
  }

  private Cell cell(String column, List<?> values) {
    return new Cell(column, values.get(columns.indexOf(column)));
  }
}
