package org.sparkmto.preprocessing.corruption;

/** How bright a pixel looks: ITU-R BT.601, as JPEG and OpenCV have it. */
final class Luma {
  private Luma() {}

  /** Of a pixel of red, green and blue, or of one channel. */
  static double of(Planes planes, int row, int column) {
    return planes.channels() == 1
        ? planes.at(0, row, column)
        : 0.299 * planes.at(0, row, column)
            + 0.587 * planes.at(1, row, column)
            + 0.114 * planes.at(2, row, column);
  }
}
