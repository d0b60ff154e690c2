package org.sparkmto.preprocessing.inspection;

import java.util.List;

/**
 * What the colours of a picture mean.
 *
 * @param title the tasks it is about
 * @param entries in order
 */
record Legend(String title, List<Entry> entries) {
  /** In place of a colour: the lines of pixels without a value. */
  static final int HATCH = -1;

  /** In place of a colour: none, only text. */
  static final int TEXT = -2;

  /** Stands before the colours of amounts where no number does. */
  static final String LEAST = "least";

  /** Stands behind them. */
  static final String GREATEST = "greatest";

  /**
   * A colour and its meaning.
   *
   * @param colour 0xRRGGBB, {@link #HATCH} or {@link #TEXT}
   * @param label may be empty, as inside a scale
   */
  record Entry(int colour, String label) {}
}
