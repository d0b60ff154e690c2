package org.sparkmto.preprocessing.image;

/**
 * How an image changes its size. Libraries differ here, and a network that was trained with one
 * filter sees other images through another; targets are never filtered, see {@link NearestPixel}.
 */
public enum Filter {
  /**
   * Linear interpolation whose triangle widens with the scale on downscaling: Pillow's {@code
   * BILINEAR}, bit for bit, and {@code torchvision} with {@code antialias=True}.
   */
  ANTIALIASED {
    @Override
    Image resize(Image image, int height, int width) {
      return image.resized(height, width);
    }
  },
  /**
   * Linear interpolation between the two nearest pixels whatever the scale, at {@code (i + 0.5)
   * in/out - 0.5}, the border pixel repeated: OpenCV's {@code INTER_LINEAR} and PyTorch's {@code
   * bilinear} with {@code align_corners=False}. Rounded to the nearest integer, half up; OpenCV's
   * weights of 11 bits may differ from that by 1.
   */
  BILINEAR {
    @Override
    Image resize(Image image, int height, int width) {
      return Interpolation.resize(image, height, width);
    }
  },
  /** {@link NearestPixel#CENTRE}. */
  NEAREST_CENTRE {
    @Override
    Image resize(Image image, int height, int width) {
      return nearest(image, height, width, NearestPixel.CENTRE);
    }
  },
  /** {@link NearestPixel#FLOOR}. */
  NEAREST_FLOOR {
    @Override
    Image resize(Image image, int height, int width) {
      return nearest(image, height, width, NearestPixel.FLOOR);
    }
  };

  abstract Image resize(Image image, int height, int width);

  private static Image nearest(Image image, int height, int width, NearestPixel rule) {
    int[] rows = rule.sources(image.height(), height);
    int[] columns = rule.sources(image.width(), width);
    byte[] from = image.samples();
    byte[] to = new byte[image.channels() * height * width];
    int next = 0;
    for (int c = 0; c < image.channels(); c++) {
      for (int y = 0; y < height; y++) {
        int line = (c * image.height() + rows[y]) * image.width();
        for (int x = 0; x < width; x++) {
          to[next++] = from[line + columns[x]];
        }
      }
    }
    return new Image(image.channels(), height, width, to);
  }
}
