package org.sparkmto.input;

import java.util.Arrays;
import java.util.Set;
import org.sparkmto.data.Column;

/**
 * What becomes of a depth, inverse depth or disparity when {@code scale-crop} enlarges a part of
 * the image by {@code s} (in x and y alike). Flips and rotations change none of them.
 */
public enum DepthRule {
  /**
   * Every value is divided by {@code s}, whatever it measures: the rule of MTAN's released code
   * (Liu et al., CVPR 2019) and of all that descends from it (CAGrad, LibMTL, Aligned-MTL). For
   * depths it reads as "the camera is the same and the scene came nearer", which holds on the
   * optical axis only; for inverse depths and disparities it has the wrong direction, and is kept
   * because papers report numbers with it. Normals stay.
   */
  PAPER("paper") {
    @Override
    double factor(Column column, double zoom) {
      return 1 / zoom;
    }
  },
  /**
   * The enlarged part is what a camera of focal length {@code s f} (in pixels) with a moved
   * principal point sees from the same place. A point (X, Y, Z) of the camera's frame stands at
   * {@code u = f X / Z + cx} before and at {@code s (u - left)} afterwards, so neither Z nor any
   * direction in the camera's frame changes: depths in metres and inverse depths in 1/m stay, and
   * so do normals. A disparity {@code d = f B / Z} counts pixels and becomes {@code s d}.
   *
   * <p>This is exact for every crop and needs no intrinsics. A network that assumes one fixed
   * camera cannot tell depth from zoom under it, which is why the papers divide.
   */
  GEOMETRIC("geometric") {
    @Override
    double factor(Column column, double zoom) {
      if (LENGTHS.contains(column.unit())) {
        return 1;
      }
      if (DISPARITIES.contains(column.unit())) {
        return zoom;
      }
      throw new IllegalArgumentException(
          "depth-rule geometric must know what target '%s' measures, but its unit is '%s' and none of"
                  .formatted(column.name(), column.unit())
              + " m, 1/m (which stay) and px (which grow); preprocess it with one of them, or use"
              + " depth-rule paper");
    }
  };

  private static final Set<String> LENGTHS = Set.of("m", "dm", "cm", "mm", "1/m");

  /** In pixels, or proportional to pixels in the units of Cityscapes papers. */
  private static final Set<String> DISPARITIES = Set.of("px", "mtan-inverse-depth", "sener-scaled");

  private final String label;

  DepthRule(String label) {
    this.label = label;
  }

  /**
   * What the values of a column are multiplied with.
   *
   * @throws IllegalArgumentException if the column's unit does not tell
   */
  abstract double factor(Column column, double zoom);

  /** The name in a configuration. */
  public String label() {
    return label;
  }

  /**
   * The rule of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DepthRule ofLabel(String label) {
    return Arrays.stream(values())
        .filter(rule -> rule.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "depth-rule = " + label + " is neither paper nor geometric"));
  }
}
