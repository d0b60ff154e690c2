package org.sparkmto.preprocessing.nyuv2;

/**
 * A camera without distortion that looks along z, with x to the right and y downwards: the pixel in
 * row {@code y} and column {@code x}, counted from 0, sees the points {@code Z (rayX(x), rayY(y),
 * 1)}.
 *
 * @param focalX focal length in pixel widths
 * @param focalY focal length in pixel heights
 * @param centreX column that looks straight ahead, counted from 0
 * @param centreY row that looks straight ahead, counted from 0
 */
public record PinholeCamera(double focalX, double focalY, double centreX, double centreY) {
  private static final int KINECT_WIDTH = 640;
  private static final int KINECT_HEIGHT = 480;

  /**
   * The colour camera of NYUv2, to which its depths are projected; calibration of the data set's
   * toolbox, which counts pixels from 1.
   *
   * @param height of the image, of which the original one had 480 rows
   * @param width of the image, of which the original one had 640 columns
   */
  public static PinholeCamera kinect(int height, int width) {
    double scaleX = (double) width / KINECT_WIDTH;
    double scaleY = (double) height / KINECT_HEIGHT;
    // A pixel is a square: what scales is the distance from the image's edge, half a pixel from
    // the first centre, and so half a pixel less than a count from 1.
    return new PinholeCamera(
        518.8579011745019 * scaleX,
        519.4696111212749 * scaleY,
        (325.58244941119034 - 0.5) * scaleX - 0.5,
        (253.73616633400465 - 0.5) * scaleY - 0.5);
  }

  /** How far to the right a column looks, per metre of depth. */
  public double rayX(double column) {
    return (column - centreX) / focalX;
  }

  /** How far down a row looks, per metre of depth. */
  public double rayY(double row) {
    return (row - centreY) / focalY;
  }

  /** The camera of the mirrored image. */
  public PinholeCamera mirrored(int width) {
    return new PinholeCamera(focalX, focalY, width - 1 - centreX, centreY);
  }
}
