package org.sparkmto.preprocessing.image;

/**
 * Which pixel is the nearest one when a map changes its size. All targets of a sample must use the
 * same rule, else they shift against each other by half a pixel.
 */
public enum NearestPixel {
  /** The pixel under the centre, {@code floor((i + 0.5) in/out)}: Pillow, {@code nearest-exact}. */
  CENTRE {
    @Override
    int source(int in, int out, int i) {
      return (int) ((2L * i + 1) * in / (2L * out));
    }
  },
  /** The pixel under the first edge, {@code floor(i in/out)}: OpenCV, PyTorch's {@code nearest}. */
  FLOOR {
    @Override
    int source(int in, int out, int i) {
      return (int) ((long) i * in / out);
    }
  };

  abstract int source(int in, int out, int i);

  int[] sources(int in, int out) {
    int[] sources = new int[out];
    for (int i = 0; i < out; i++) {
      sources[i] = source(in, out, i);
    }
    return sources;
  }
}
