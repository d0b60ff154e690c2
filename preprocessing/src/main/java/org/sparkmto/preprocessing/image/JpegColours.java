package org.sparkmto.preprocessing.image;

import java.awt.image.Raster;

/**
 * What the numbers of a JPEG's pixel mean, and how they become red, green and blue: in libjpeg's
 * fixed-point arithmetic, so that a file gives the same bytes here as in Pillow, OpenCV and
 * torchvision.
 */
enum JpegColours {
  /** One channel. */
  GRAY(1) {
    @Override
    void line(int[] numbers, int width, byte[] samples, int at, int area) {
      for (int x = 0; x < width; x++) {
        byte gray = (byte) numbers[x];
        samples[at + x] = gray;
        samples[area + at + x] = gray;
        samples[2 * area + at + x] = gray;
      }
    }
  },
  /** Red, green and blue themselves. */
  RGB(3) {
    @Override
    void line(int[] numbers, int width, byte[] samples, int at, int area) {
      for (int x = 0; x < width; x++) {
        samples[at + x] = (byte) numbers[3 * x];
        samples[area + at + x] = (byte) numbers[3 * x + 1];
        samples[2 * area + at + x] = (byte) numbers[3 * x + 2];
      }
    }
  },
  /** Luma and two colour differences of ITU-R BT.601, full range. */
  YCC(3) {
    @Override
    void line(int[] numbers, int width, byte[] samples, int at, int area) {
      for (int x = 0; x < width; x++) {
        int luma = numbers[3 * x];
        int blue = numbers[3 * x + 1];
        int red = numbers[3 * x + 2];
        samples[at + x] = (byte) red(luma, red);
        samples[area + at + x] = (byte) green(luma, blue, red);
        samples[2 * area + at + x] = (byte) blue(luma, blue);
      }
    }
  },
  /** Inks as Adobe stores them: 255 is no ink. */
  CMYK(4) {
    @Override
    void line(int[] numbers, int width, byte[] samples, int at, int area) {
      for (int x = 0; x < width; x++) {
        int key = numbers[4 * x + 3];
        samples[at + x] = printed(numbers[4 * x], key);
        samples[area + at + x] = printed(numbers[4 * x + 1], key);
        samples[2 * area + at + x] = printed(numbers[4 * x + 2], key);
      }
    }
  },
  /** Inks, of which the first three went through the transform of {@link #YCC}. */
  YCCK(4) {
    @Override
    void line(int[] numbers, int width, byte[] samples, int at, int area) {
      for (int x = 0; x < width; x++) {
        int luma = numbers[4 * x];
        int blue = numbers[4 * x + 1];
        int red = numbers[4 * x + 2];
        int key = numbers[4 * x + 3];
        samples[at + x] = printed(255 - red(luma, red), key);
        samples[area + at + x] = printed(255 - green(luma, blue, red), key);
        samples[2 * area + at + x] = printed(255 - blue(luma, blue), key);
      }
    }
  };

  private static final int HALF = 1 << 15;

  private final int channels;

  JpegColours(int channels) {
    this.channels = channels;
  }

  /**
   * Converts decoded numbers.
   *
   * @param raster as many bands as this has channels
   */
  Image image(Raster raster) {
    int height = raster.getHeight();
    int width = raster.getWidth();
    int area = height * width;
    byte[] samples = new byte[3 * area];
    int[] numbers = new int[channels * width];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, numbers);
      line(numbers, width, samples, y * width, area);
    }
    return new Image(3, height, width, samples);
  }

  int channels() {
    return channels;
  }

  /** Converts a line of interleaved numbers into three planes of {@code area} bytes. */
  abstract void line(int[] numbers, int width, byte[] samples, int at, int area);

  private static int red(int luma, int red) {
    return clipped(luma + ((91881 * (red - 128) + HALF) >> 16)); // 1.402
  }

  private static int green(int luma, int blue, int red) { // 0.34414 and 0.71414
    return clipped(luma + ((-22554 * (blue - 128) - 46802 * (red - 128) + HALF) >> 16));
  }

  private static int blue(int luma, int blue) {
    return clipped(luma + ((116130 * (blue - 128) + HALF) >> 16)); // 1.772
  }

  private static int clipped(int value) {
    return Math.max(0, Math.min(255, value));
  }

  /** Light that ink and black let through, as Pillow's conversion of CMYK to RGB. */
  private static byte printed(int ink, int key) {
    int product = (255 - ink) * key + 128;
    return (byte) clipped(key - ((product + (product >> 8)) >> 8));
  }
}
