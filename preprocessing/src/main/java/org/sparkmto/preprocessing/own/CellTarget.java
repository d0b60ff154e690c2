package org.sparkmto.preprocessing.own;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.naming.Counted;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** A target that stands in the table itself. */
sealed interface CellTarget extends Serializable {

  /** The columns of the table that it needs. */
  List<String> columns();

  /**
   * What is stored for a sample.
   *
   * @param cells of {@link #columns()}, in order
   * @throws UnreadableSampleException if a cell cannot be understood: {@link Reason#BAD_LABEL}, or
   *     {@link Reason#BAD_TARGET} for numbers
   */
  byte[] stored(List<Cell> cells) throws UnreadableSampleException;

  /** Type of what is stored. */
  default ElementType type() {
    return ElementType.UINT8;
  }

  /** Whether a column of Parquet may hold lists. */
  default boolean takesLists() {
    return false;
  }

  /** Numbers that are stored. */
  int count();

  /** Whether something stored holds any label. */
  default boolean isLabelled(byte[] stored) {
    return Stored.hasValue(type(), stored);
  }

  /** One label in one column. */
  record Label(String column, ClassLabels classes) implements CellTarget {
    @Override
    public int count() {
      return 1;
    }

    @Override
    public List<String> columns() {
      return List.of(column);
    }

    @Override
    public byte[] stored(List<Cell> cells) throws UnreadableSampleException {
      Cell cell = single(cells.get(0), Reason.BAD_LABEL);
      return new byte[] {(byte) classes.label(cell)};
    }
  }

  /** Yes or no in a column for each label. */
  record LabelColumns(List<String> columns, ClassLabels yesOrNo) implements CellTarget {
    public LabelColumns {
      columns = List.copyOf(columns);
    }

    @Override
    public int count() {
      return columns.size();
    }

    @Override
    public byte[] stored(List<Cell> cells) throws UnreadableSampleException {
      byte[] labels = new byte[cells.size()];
      for (int i = 0; i < labels.length; i++) {
        Cell cell = single(cells.get(i), Reason.BAD_LABEL);
        labels[i] = (byte) yesOrNo.label(cell);
      }
      return labels;
    }
  }

  /**
   * The labels that hold, in one column: a list of Parquet, or a text with separators.
   *
   * @param emptyMeansNone whether an empty text says that no label holds; otherwise nobody has
   *     looked. An empty list of Parquet always says that none holds
   */
  record LabelList(
      String column, String separator, int count, ClassLabels classes, boolean emptyMeansNone)
      implements CellTarget {
    @Override
    public List<String> columns() {
      return List.of(column);
    }

    @Override
    public boolean takesLists() {
      return true;
    }

    @Override
    public byte[] stored(List<Cell> cells) throws UnreadableSampleException {
      Cell cell = cells.get(0);
      byte[] labels = new byte[count];
      List<Cell> entries = entries(cell, separator);
      if (!cell.isList()) {
        boolean missing = cell.text().isEmpty() ? !emptyMeansNone : classes.isMissing(cell);
        if (missing || cell.value() == null) {
          Arrays.fill(labels, (byte) Task.MISSING);
          return labels;
        }
      }
      for (Cell entry : entries) {
        int label = classes.label(entry);
        if (label == Task.MISSING) {
          throw new UnreadableSampleException(
              Reason.BAD_LABEL, cell.shown() + ", a list with a label that says nothing");
        }
        labels[label] = 1;
      }
      return labels;
    }
  }

  /**
   * Real numbers: one in each column, or all in one, as a list of Parquet or a text with
   * separators.
   */
  record Reals(List<String> columns, String separator, int count, RealScale scale)
      implements CellTarget {
    public Reals {
      columns = List.copyOf(columns);
    }

    @Override
    public ElementType type() {
      return ElementType.FLOAT32;
    }

    @Override
    public boolean takesLists() {
      return count > 1 && columns.size() == 1;
    }

    @Override
    public byte[] stored(List<Cell> cells) throws UnreadableSampleException {
      ByteBuffer numbers = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
      if (columns.size() > 1 || count == 1) {
        for (Cell cell : cells) {
          Cell single = single(cell, Reason.BAD_TARGET);
          numbers.putFloat(scale.value(single));
        }
        return numbers.array();
      }
      Cell cell = cells.get(0);
      List<Cell> entries = entries(cell, separator);
      boolean nothing = entries.isEmpty() && !cell.isList();
      if (!nothing && entries.size() != count) {
        throw new UnreadableSampleException(
            Reason.BAD_TARGET,
            cell.shown() + ", which is " + Counted.of(entries.size(), "number") + ", not " + count);
      }
      for (int i = 0; i < count; i++) {
        numbers.putFloat(nothing ? Float.NaN : scale.value(entries.get(i)));
      }
      return numbers.array();
    }
  }

  private static Cell single(Cell cell, Reason reason) throws UnreadableSampleException {
    if (cell.isList()) {
      throw new UnreadableSampleException(reason, cell.shown() + ", a list");
    }
    return cell;
  }

  private static List<Cell> entries(Cell cell, String separator) {
    if (cell.isList()) {
      return cell.elements();
    }
    String text = cell.text();
    List<Cell> entries = new ArrayList<>();
    if (!text.isEmpty()) {
      int from = 0;
      for (int at; (at = text.indexOf(separator, from)) >= 0; from = at + separator.length()) {
        entries.add(new Cell(cell.column(), text.substring(from, at)));
      }
      entries.add(new Cell(cell.column(), text.substring(from)));
    }
    return entries;
  }
}
