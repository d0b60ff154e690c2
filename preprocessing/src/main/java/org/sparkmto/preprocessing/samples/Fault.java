package org.sparkmto.preprocessing.samples;

import java.util.Locale;

/** A defect that is put into generated raw data, to see what preprocessing makes of it. */
public enum Fault {
  /** One of the sample's target files is not written, or its target is empty. */
  MISSING_TARGET,
  /** The image file ends too early. */
  TRUNCATED,
  /** No target has an element with a value. */
  ALL_VOID,
  /** The image has another size than its targets. */
  ODD_SIZE;

  /** The name on a command line: {@code missing-target}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As on a command line. */
  @Override
  public String toString() {
    return label();
  }
}
