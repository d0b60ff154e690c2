package org.sparkmto.preprocessing.fashion;

import java.io.Serializable;

/** Images of garments, 28x28 gray, with their classes. */
public final class Garments implements Serializable {
  /** Height and width of an image. */
  public static final int SIDE = 28;

  private static final long serialVersionUID = 1;
  private static final int AREA = SIDE * SIDE;

  private final byte[] images;
  private final byte[] labels;

  Garments(byte[] images, byte[] labels) {
    if (images.length != labels.length * AREA) {
      throw new IllegalArgumentException(images.length + " pixels, " + labels.length + " labels");
    }
    this.images = images;
    this.labels = labels;
  }

  /** How many there are. */
  public int count() {
    return labels.length;
  }

  /** A copy of the pixels of an image, row by row. */
  public byte[] image(int index) {
    byte[] image = new byte[AREA];
    System.arraycopy(images, index * AREA, image, 0, AREA);
    return image;
  }

  /** The class of an image, 0..9. */
  public int label(int index) {
    return labels[index];
  }

  Garments chosen(int[] order, int from, int to) {
    byte[] pixels = new byte[(to - from) * AREA];
    byte[] classes = new byte[to - from];
    for (int i = from; i < to; i++) {
      System.arraycopy(images, order[i] * AREA, pixels, (i - from) * AREA, AREA);
      classes[i - from] = labels[order[i]];
    }
    return new Garments(pixels, classes);
  }
}
