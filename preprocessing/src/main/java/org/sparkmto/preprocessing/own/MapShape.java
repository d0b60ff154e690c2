package org.sparkmto.preprocessing.own;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * What the dimensions of an array of maps mean: rows, columns, and channels before or behind them.
 *
 * @param channelsLast whether the channels of a pixel lie side by side
 */
record MapShape(int height, int width, boolean channelsLast) {

  /**
   * Understands a shape. A batch of one is passed over. Where the shape can be read in two ways,
   * the one of the image's size holds, and channels come first if both have it or neither.
   *
   * @param height rows of the image
   * @param width columns of the image
   * @throws UnreadableSampleException {@link Reason#WRONG_SIZE} if it is no map of so many channels
   */
  static MapShape of(int[] shape, int channels, int height, int width)
      throws UnreadableSampleException {
    int batch = shape.length == 4 && shape[0] == 1 ? 1 : 0;
    int[] map = Arrays.copyOfRange(shape, batch, shape.length);
    List<MapShape> possible = new ArrayList<>();
    if (map.length == 2 && channels == 1) {
      possible.add(new MapShape(map[0], map[1], false));
    }
    if (map.length == 3 && map[0] == channels) {
      possible.add(new MapShape(map[1], map[2], false));
    }
    if (map.length == 3 && map[2] == channels) {
      possible.add(new MapShape(map[0], map[1], true));
    }
    if (possible.isEmpty() || Arrays.stream(map).anyMatch(length -> length < 1)) {
      throw new UnreadableSampleException(
          Reason.WRONG_SIZE,
          "the array has the shape "
              + Arrays.toString(shape)
              + ", not one of "
              + channels
              + " channels, rows and columns");
    }
    return possible.stream()
        .filter(one -> one.height == height && one.width == width)
        .findFirst()
        .orElse(possible.get(0));
  }
}
