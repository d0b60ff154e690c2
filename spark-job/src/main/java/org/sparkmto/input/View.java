package org.sparkmto.input;

/**
 * Where the pixels of an augmented sample come from: a similarity of the image plane, perhaps
 * mirrored. Places are shares of the width and height, {@code (u, v)} in [0, 1]², so that maps of
 * any resolution are looked at alike; the centre of pixel {@code x} of {@code w} is at {@code (x +
 * 1/2) / w}. The place {@code (u, v)} shows what was at {@code (xx u + xy v + x0, yx u + yy v +
 * y0)}.
 *
 * @param zoom how many times longer things are than before
 * @param aspect width of the image divided by its height; pixels are square
 */
record View(
    double xx, double xy, double x0, double yx, double yy, double y0, double zoom, double aspect) {

  /** The sample as it is. */
  static View whole(double aspect) {
    return new View(1, 0, 0, 0, 1, 0, 1, aspect);
  }

  /** Left and right changed. */
  static View mirrored(double aspect) {
    return new View(-1, 0, 1, 0, 1, 0, 1, aspect);
  }

  /** The part from {@code (left, top)} on, a {@code scale}-th as wide and high as the whole. */
  static View enlarged(double scale, double left, double top, double aspect) {
    return new View(1 / scale, 0, left, 0, 1 / scale, top, scale, aspect);
  }

  /** What lies by these shares of the width and height to the right and below. */
  static View shifted(double right, double down, double aspect) {
    return new View(1, 0, right, 0, 1, down, 1, aspect);
  }

  /** Turned clockwise about the centre. */
  static View turned(double degrees, double aspect) {
    // StrictMath is the same on every machine, Math.cos may differ in the last bit.
    double radians = StrictMath.toRadians(degrees);
    double cos = StrictMath.cos(radians);
    double sin = StrictMath.sin(radians);
    double xy = sin / aspect;
    double yx = -sin * aspect;
    return new View(cos, xy, (1 - cos - xy) / 2, yx, cos, (1 - cos - yx) / 2, 1, aspect);
  }

  /** This view, then another of what it shows. */
  View then(View next) {
    return new View(
        xx * next.xx + xy * next.yx,
        xx * next.xy + xy * next.yy,
        xx * next.x0 + xy * next.y0 + x0,
        yx * next.xx + yy * next.yx,
        yx * next.xy + yy * next.yy,
        yx * next.x0 + yy * next.y0 + y0,
        zoom * next.zoom,
        aspect);
  }

  /** Whether every pixel stays where it is. */
  boolean isWhole() {
    return xx == 1 && xy == 0 && x0 == 0 && yx == 0 && yy == 1 && y0 == 0;
  }

  /**
   * What a vector in the image plane, in square pixels, becomes: {@code (right, down)} turns into
   * {@code (rightRight right + rightDown down, downRight right + downDown down)}.
   */
  record Turn(double rightRight, double rightDown, double downRight, double downDown) {
    // 0.0 is added because a product may be -0.0, and a flip of a flip is to be the same bytes.

    double right(double right, double down) {
      return rightRight * right + rightDown * down + 0.0;
    }

    double down(double right, double down) {
      return downRight * right + downDown * down + 0.0;
    }
  }

  /** What ways between two pixels become: turned, mirrored and enlarged. */
  Turn ways() {
    return turn(zoom * zoom);
  }

  /** What directions become: turned and mirrored; their length stays. */
  Turn directions() {
    return turn(zoom);
  }

  /**
   * In square pixels this view maps places to their sources by an orthogonal matrix divided by the
   * zoom, whose transpose is what directions do.
   */
  private Turn turn(double factor) {
    return new Turn(factor * xx, factor * yx / aspect, factor * xy * aspect, factor * yy);
  }

  /** This view of a map of a size. */
  Grid of(int height, int width) {
    double across = xy * width / height;
    double along = yx * height / width;
    return new Grid(
        height,
        width,
        xx,
        across,
        (xx + across - 1) / 2 + x0 * width,
        along,
        yy,
        (along + yy - 1) / 2 + y0 * height);
  }
}
