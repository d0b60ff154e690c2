package org.sparkmto.preprocessing;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A sample that the driver found in the lists of a raw data set: where it is and what is already
 * known about it, but none of its pixels. Hundreds of thousands of them fit into the driver.
 */
public final class RawSample implements Serializable {
  private static final long serialVersionUID = 1;

  private final String id;
  private final String split;
  private final String source;
  private final long index;
  private final byte[] labels;
  private final ArrayList<byte[]> embedded; // null if there are none: most samples have none

  /**
   * @param id unique in the data set and the same in every run
   * @param split {@code train}, {@code val} or {@code test}
   * @param source the file that holds the image
   * @param index position inside a file of many images, otherwise 0
   * @param labels what the lists say about the sample, in a form of the data set's own; not copied
   */
  public RawSample(String id, String split, String source, long index, byte[] labels) {
    this(id, split, source, index, labels, List.of());
  }

  private RawSample(
      String id, String split, String source, long index, byte[] labels, List<byte[]> embedded) {
    this.id = id;
    this.split = split;
    this.source = source;
    this.index = index;
    this.labels = labels;
    this.embedded = embedded.isEmpty() ? null : new ArrayList<>(embedded);
  }

  /**
   * This sample with its encoded files.
   *
   * @param files one for each column of the columns that hold files, null where a cell is empty
   */
  public RawSample carrying(List<byte[]> files) {
    return new RawSample(id, split, source, index, labels, new ArrayList<>(files));
  }

  /** Unique in the data set and the same in every run. */
  public String id() {
    return id;
  }

  /** The split it belongs to. */
  public String split() {
    return split;
  }

  /** The file that holds the image. */
  public String source() {
    return source;
  }

  /** Position inside a file of many images. */
  public long index() {
    return index;
  }

  /** What the lists say about the sample; not a copy. */
  public byte[] labels() {
    return labels;
  }

  /** Its encoded files, in the order of the columns; not a copy. */
  public List<byte[]> embedded() {
    return embedded == null ? List.of() : embedded;
  }
}
