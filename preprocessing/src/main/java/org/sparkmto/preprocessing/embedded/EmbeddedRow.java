package org.sparkmto.preprocessing.embedded;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** The encoded files of one row. */
public final class EmbeddedRow implements Serializable {
  private static final long serialVersionUID = 1;

  private final String source;
  private final long index;
  private final ArrayList<byte[]> cells;

  /**
   * @param source as {@link org.sparkmto.preprocessing.RawSample#source()} names it
   * @param index number of the row there
   * @param cells one for each column, null where a cell is empty; not copied
   */
  public EmbeddedRow(String source, long index, List<byte[]> cells) {
    this.source = source;
    this.index = index;
    this.cells = new ArrayList<>(cells);
  }

  /** The file, or whatever else has this row. */
  public String source() {
    return source;
  }

  /** Number of the row there. */
  public long index() {
    return index;
  }

  /** The encoded files, null where a cell is empty. */
  public List<byte[]> cells() {
    return cells;
  }
}
