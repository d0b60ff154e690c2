package org.sparkmto.input;

import org.sparkmto.data.Column;

/**
 * Unit normals, x right, y down, z forward: the mean direction of the neighbouring pixels that have
 * one, weighted bilinearly and of length 1 again, then mirrored and turned with the image. There is
 * none where the nearest pixel has none, where the neighbours' mean is shorter than half their
 * length (surfaces that face away from each other have no mean direction), and outside.
 *
 * <p>A zoom leaves normals as they are: see {@link DepthRule#GEOMETRIC}. The reference interpolates
 * without making them unit vectors again.
 */
final class NormalMap implements PixelMap {
  private static final int AXES = 3;
  private static final double SHORTEST_MEAN = 0.5;

  private final Column column;
  private final MapSize size;
  private final StoredNumbers stored;
  private final double[] source;
  private final double[] target;
  private double meanX;
  private double meanY;
  private double meanZ;

  /**
   * @throws IllegalArgumentException if the column does not have three channels
   */
  NormalMap(Column column) {
    this.column = column;
    size = MapSize.of(column);
    if (size.channels() != AXES) {
      throw new IllegalArgumentException(
          "normals '%s' have %d channels instead of 3".formatted(column.name(), size.channels()));
    }
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
    int plane = size.pixels();
    Grid grid = view.of(size.height(), width);
    View.Turn turn = view.directions();
    stored.read(bytes, sample, source);
    for (int i = 0; i < source.length; i++) {
      source[i] = stored.value(source[i]);
    }
    for (int row = 0; row < size.height(); row++) {
      for (int column = 0; column < width; column++) {
        look(grid, grid.x(column, row), grid.y(column, row));
        int to = row * width + column;
        target[to] = stored.stored(turn.right(meanX, meanY));
        target[to + plane] = stored.stored(turn.down(meanX, meanY));
        target[to + 2 * plane] = stored.stored(meanZ);
      }
    }
    stored.write(target, bytes, sample);
  }

  private void look(Grid grid, double x, double y) {
    meanX = 0;
    meanY = 0;
    meanZ = 0;
    int nearest = grid.nearest(x, y);
    if (nearest == Grid.OUTSIDE || Double.isNaN(source[nearest])) {
      meanX = Double.NaN;
      meanY = Double.NaN;
      meanZ = Double.NaN;
      return;
    }
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    double fromRight = x - left;
    double fromBelow = y - top;
    if (fromRight == 0 && fromBelow == 0) {
      // Exactly a pixel: as it was, to the last bit.
      add(nearest, 1);
      return;
    }
    double weight =
        add(grid, left, top, (1 - fromRight) * (1 - fromBelow))
            + add(grid, left + 1, top, fromRight * (1 - fromBelow))
            + add(grid, left, top + 1, (1 - fromRight) * fromBelow)
            + add(grid, left + 1, top + 1, fromRight * fromBelow);
    double length = Math.sqrt(meanX * meanX + meanY * meanY + meanZ * meanZ);
    double unit = length < SHORTEST_MEAN * weight ? Double.NaN : 1 / length;
    meanX *= unit;
    meanY *= unit;
    meanZ *= unit;
  }

  /** Adds a neighbour if there is one; returns the weight it took part with. */
  private double add(Grid grid, int x, int y, double weight) {
    if (weight == 0 || x < 0 || y < 0 || x >= grid.width() || y >= grid.height()) {
      return 0;
    }
    int at = y * grid.width() + x;
    if (Double.isNaN(source[at])) {
      return 0;
    }
    add(at, weight);
    return weight;
  }

  private void add(int at, double weight) {
    int plane = size.pixels();
    meanX += weight * source[at];
    meanY += weight * source[at + plane];
    meanZ += weight * source[at + 2 * plane];
  }
}
