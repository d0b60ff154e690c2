package org.sparkmto.preprocessing.samples;

import java.awt.image.BufferedImage;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** What a camera makes of a drawing: its size, sharpness, exposure and noise. */
final class Photograph {
  private static final double BLUR = 4;
  private static final double NOISE = 5;

  private final int width;
  private final int height;

  private Photograph(BufferedImage drawing) {
    width = drawing.getWidth() / Sketch.OVERSAMPLING;
    height = drawing.getHeight() / Sketch.OVERSAMPLING;
  }

  /** A picture of a sketch, out of focus or not. */
  static Image of(Sketch sketch, boolean blurry, Draws noise) {
    Photograph photograph = new Photograph(sketch.drawing());
    float[] light = photograph.reduced(sketch.drawing());
    return photograph.developed(blurry ? photograph.blurred(light) : light, noise);
  }

  /** A nearly normal number, sum of four uniform ones: exact arithmetic on every machine. */
  static double bell(long bits) {
    long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
    return (sum / 65_536.0 - 2) * Math.sqrt(3); // the variance of a uniform number is 1/12
  }

  static int clamped(int value) {
    return Math.max(0, Math.min(255, value));
  }

  /** The drawing at its final size: means of squares of pixels, channel by channel. */
  private float[] reduced(BufferedImage canvas) {
    float[] light = new float[3 * height * width];
    int[] line = new int[Sketch.OVERSAMPLING * width];
    for (int row = 0; row < Sketch.OVERSAMPLING * height; row++) {
      canvas.getRaster().getDataElements(0, row, line.length, 1, line);
      for (int column = 0; column < line.length; column++) {
        int at = row / Sketch.OVERSAMPLING * width + column / Sketch.OVERSAMPLING;
        for (int c = 0; c < 3; c++) {
          light[c * height * width + at] +=
              (line[column] >> (16 - 8 * c) & 0xff)
                  / (float) (Sketch.OVERSAMPLING * Sketch.OVERSAMPLING);
        }
      }
    }
    return light;
  }

  /** A Gaussian filter with a standard deviation of {@value #BLUR} pixels. */
  private float[] blurred(float[] light) {
    int radius = (int) (3 * BLUR);
    float[] weights = new float[2 * radius + 1];
    float sum = 0;
    for (int i = -radius; i <= radius; i++) {
      weights[i + radius] = (float) StrictMath.exp(-i * i / (2 * BLUR * BLUR));
      sum += weights[i + radius];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    float[] across = new float[light.length];
    float[] result = new float[light.length];
    for (int row = 0; row < 3 * height; row++) {
      filter(light, row * width, 1, width, weights, across);
    }
    for (int c = 0; c < 3; c++) {
      for (int column = 0; column < width; column++) {
        filter(across, c * height * width + column, width, height, weights, result);
      }
    }
    return result;
  }

  private static void filter(
      float[] from, int start, int step, int length, float[] weights, float[] to) {
    int radius = weights.length / 2;
    for (int i = 0; i < length; i++) {
      float sum = 0;
      for (int k = -radius; k <= radius; k++) {
        int neighbour = Math.max(0, Math.min(length - 1, i + k));
        sum += weights[k + radius] * from[start + neighbour * step];
      }
      to[start + i * step] = sum;
    }
  }

  /** Exposure and noise of a camera. */
  private Image developed(float[] light, Draws noise) {
    double gain = 0.8 + 0.35 * noise.of("gain").uniform(0);
    byte[] samples = new byte[light.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) clamped((int) Math.rint(light[i] * gain + NOISE * bell(noise.bits(i))));
    }
    return new Image(3, height, width, samples);
  }
}
