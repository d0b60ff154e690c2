package org.sparkmto.preprocessing.image;

/** Where the pixels of one direction lie between the two input pixels beside them. */
final class Interpolation {
  private final int[] before;
  private final int[] after;
  private final double[] share;

  private Interpolation(int in, int out) {
    before = new int[out];
    after = new int[out];
    share = new double[out];
    for (int i = 0; i < out; i++) {
      double place = Math.max(0, (i + 0.5) * in / out - 0.5);
      before[i] = Math.min(in - 1, (int) place);
      after[i] = Math.min(in - 1, before[i] + 1);
      share[i] = place - before[i];
    }
  }

  static Image resize(Image image, int height, int width) {
    Interpolation down = new Interpolation(image.height(), height);
    Interpolation across = new Interpolation(image.width(), width);
    byte[] from = image.samples();
    byte[] to = new byte[image.channels() * height * width];
    int next = 0;
    for (int c = 0; c < image.channels(); c++) {
      for (int y = 0; y < height; y++) {
        int upper = (c * image.height() + down.before[y]) * image.width();
        int lower = (c * image.height() + down.after[y]) * image.width();
        for (int x = 0; x < width; x++) {
          double top = across.between(from, upper, x);
          double bottom = across.between(from, lower, x);
          to[next++] = (byte) (top + (bottom - top) * down.share[y] + 0.5);
        }
      }
    }
    return new Image(image.channels(), height, width, to);
  }

  private double between(byte[] samples, int line, int i) {
    int first = samples[line + before[i]] & 0xff;
    int second = samples[line + after[i]] & 0xff;
    return first + (second - first) * share[i];
  }
}
