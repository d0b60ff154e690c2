package org.sparkmto.preprocessing;

import java.util.Locale;

/** Why a sample was set aside. */
public enum Reason {
  /** Its name, or a link of that name, leads out of the directory of the raw data. */
  UNSAFE_NAME,
  /** A table names it twice, so its labels or its split are not certain. */
  DUPLICATE,
  /** No row of the attribute table. */
  NO_ATTRIBUTES,
  /** Its row of the attribute table cannot be understood. */
  BAD_ATTRIBUTES,
  /** No row of the partition table. */
  NO_PARTITION,
  /** Its row of the partition table cannot be understood. */
  BAD_PARTITION,
  /** Its row of a table has another number of fields, or a field that cannot be understood. */
  BAD_ROW,
  /** It is assigned to a split that does not exist. */
  BAD_SPLIT,
  /** A label outside the classes of its task. */
  BAD_LABEL,
  /** A target that is no label holds a number outside of its range. */
  BAD_TARGET,
  /** One of its targets is not there. */
  NO_TARGET,
  /** None of its targets has an element with a value. */
  NO_LABELS,
  /** An image, or a target, has not the size that the rest of its sample has. */
  WRONG_SIZE,
  /** The tables name it, but there is no image file. */
  NO_IMAGE,
  /** The file is not of the format that the data set promises. */
  WRONG_FORMAT,
  /** The file ends before the image does. */
  TRUNCATED,
  /** The decoder found wrong content in the file. */
  DAMAGED,
  /** The file, or the image that its header announces, is larger than is decoded. */
  TOO_LARGE;

  /**
   * The reason of a {@linkplain #label() name}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Reason ofLabel(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** The name in tables and manifests: {@code no-image}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
