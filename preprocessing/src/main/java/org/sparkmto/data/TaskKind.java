package org.sparkmto.data;

import java.util.Locale;

/** What a task asks of a sample, hence which loss and metrics fit it. */
public enum TaskKind {
  /** One of {@code classes} classes for the whole sample. */
  CLASSIFICATION(true, false),
  /** Yes or no for the whole sample; two classes, one output. */
  BINARY(true, false),
  /** Yes or no for each of {@code classes} labels of the whole sample. */
  MULTI_LABEL(true, false),
  /** {@code classes} real numbers for the whole sample. */
  REGRESSION(false, false),
  /** One of {@code classes} classes for each pixel. */
  SEGMENTATION(true, true),
  /** Yes or no for each pixel, such as saliency or edges; two classes, one output. */
  MASK(true, true),
  /** One real number for each pixel: depth, inverse depth or disparity; {@code classes} is 1. */
  DEPTH(false, true),
  /** A unit vector for each pixel, x right, y down, z forward; {@code classes} is 3. */
  NORMALS(false, true),
  /** {@code classes} real numbers for each pixel, such as the way to an instance's centre. */
  VECTORS(false, true);

  private final boolean labels;
  private final boolean pixels;

  TaskKind(boolean labels, boolean pixels) {
    this.labels = labels;
    this.pixels = pixels;
  }

  /** Whether the target holds labels 0, 1, ... rather than real numbers. */
  public boolean hasLabels() {
    return labels;
  }

  /** Whether the target is a map (channels, height, width or height, width) over the image. */
  public boolean hasPixels() {
    return pixels;
  }

  /** The name in a manifest: {@code multi-label}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The kind of this name.
   *
   * @throws DataContractException if there is none
   */
  public static TaskKind ofLabel(String label) {
    for (TaskKind kind : values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    throw new DataContractException("task kind '" + label + "' is not one this version knows");
  }
}
