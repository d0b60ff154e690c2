package org.sparkmto.input;

import org.sparkmto.data.Column;

/** An image: interpolated bilinearly, the border continued by half a pixel, 0 outside. */
final class PictureMap implements PixelMap {
  private final Column column;
  private final MapSize size;
  private final StoredNumbers stored;
  private final double[] source;
  private final double[] target;

  PictureMap(Column column) {
    this.column = column;
    size = MapSize.of(column);
    stored = new StoredNumbers(column);
    source = new double[column.elements()];
    target = new double[column.elements()];
  }

  @Override
  public Column column() {
    return column;
  }

  @Override
  public void show(View view, byte[] bytes, int sample) {
    int width = size.width();
    int height = size.height();
    int plane = size.pixels();
    Grid grid = view.of(height, width);
    stored.read(bytes, sample, source);
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        double x = grid.x(column, row);
        double y = grid.y(column, row);
        int to = row * width + column;
        if (grid.nearest(x, y) == Grid.OUTSIDE) {
          for (int at = to; at < target.length; at += plane) {
            target[at] = 0;
          }
          continue;
        }
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double fromRight = x - left;
        double fromBelow = y - top;
        int right = Math.min(left + 1, width - 1);
        int above = Math.max(top, 0) * width;
        int below = Math.min(top + 1, height - 1) * width;
        left = Math.max(left, 0);
        for (int channel = 0; channel < target.length; channel += plane) {
          double upper =
              mixed(source[channel + above + left], source[channel + above + right], fromRight);
          double lower =
              mixed(source[channel + below + left], source[channel + below + right], fromRight);
          target[channel + to] = mixed(upper, lower, fromBelow);
        }
      }
    }
    stored.write(target, bytes, sample);
  }

  private static double mixed(double first, double second, double share) {
    return first + share * (second - first);
  }
}
