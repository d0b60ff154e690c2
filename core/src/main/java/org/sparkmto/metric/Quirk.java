package org.sparkmto.metric;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.sparkmto.naming.Nearest;

/**
 * A definition of published code that differs from the one used here. A figure keeps its name, so
 * that a table reads like the paper's; figures of runs with different quirks do not compare.
 */
public enum Quirk {
  /**
   * {@code mean-iou} is the plain mean over all classes: NaN if one occurs neither in the truth nor
   * in the predictions, as in MTAN and LibMTL.
   */
  PLAIN_MEAN_IOU(
      "mean-iou over all classes: undefined if one occurs neither in the truth nor in the"
          + " predictions (MTAN, LibMTL)"),
  /**
   * {@code mean-iou} is the mean over images of each image's mean over the classes that occur in
   * it, as older papers have it.
   */
  PER_IMAGE_IOU("mean-iou of each image, averaged over the images (older papers)"),
  /**
   * A normal counts if its components do not add up to 0, rather than if its length is above 0, as
   * in MTAN and LibMTL.
   */
  NORMALS_BY_SUM(
      "normals whose components add up to 0 do not count (MTAN, LibMTL); otherwise those of length"
          + " 0 do not"),
  /** A depth or disparity of exactly 0 does not count, as in MTAN and LibMTL. */
  ZERO_IS_MISSING("depths and disparities of exactly 0 do not count (MTAN, LibMTL)"),
  /** Yes-or-no tasks of whole samples are judged by F1 alone, as in the CelebA table of FAMO. */
  BINARY_F1("yes-or-no tasks of whole samples are judged by F1 alone (CelebA in FAMO)");

  private final String words;

  Quirk(String words) {
    this.words = words;
  }

  /** What it does, for people. */
  public String words() {
    return words;
  }

  /** The name in a configuration: {@code per-image-iou}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The quirk of this name.
   *
   * @throws IllegalArgumentException if there is none, naming the nearest
   */
  public static Quirk ofLabel(String label) {
    List<String> known = Arrays.stream(values()).map(Quirk::label).toList();
    int at = known.indexOf(label);
    if (at < 0) {
      throw new IllegalArgumentException(
          "there is no quirk '" + label + "'" + Nearest.hint(label, known));
    }
    return values()[at];
  }
}
