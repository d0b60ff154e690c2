package org.sparkmto.network;

import java.util.function.DoubleUnaryOperator;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Tensor;

/**
 * Maps of features and what networks do with them as plain loops over doubles, written from the
 * definitions: the second implementation that the parts on libtorch are compared with. Also holds
 * the weights of a convolution, as out, in, height and width.
 */
public final class PlainMaps {
  public final int samples;
  public final int channels;
  public final int height;
  public final int width;
  private final double[] values;

  public PlainMaps(int samples, int channels, int height, int width) {
    this.samples = samples;
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.values = new double[samples * channels * height * width];
  }

  /** A copy of a double tensor of four axes. */
  public static PlainMaps of(Tensor tensor) {
    PlainMaps maps =
        new PlainMaps(
            (int) tensor.size(0), (int) tensor.size(1), (int) tensor.size(2), (int) tensor.size(3));
    numbers(tensor, maps.values);
    return maps;
  }

  /** A copy of a double tensor. */
  public static double[] numbers(Tensor tensor) {
    double[] values = new double[(int) tensor.numel()];
    numbers(tensor, values);
    return values;
  }

  private static void numbers(Tensor tensor, double[] into) {
    Tensor dense = tensor.contiguous();
    DoublePointer data = dense.data_ptr_double().capacity(into.length);
    data.get(into);
  }

  public double[] values() {
    return values.clone();
  }

  /** Maps of this form with other numbers. */
  public PlainMaps with(double[] numbers) {
    PlainMaps maps = new PlainMaps(samples, channels, height, width);
    System.arraycopy(numbers, 0, maps.values, 0, maps.values.length);
    return maps;
  }

  private int index(int sample, int channel, int y, int x) {
    return ((sample * channels + channel) * height + y) * width + x;
  }

  public double at(int sample, int channel, int y, int x) {
    return values[index(sample, channel, y, x)];
  }

  /** The value, or another one outside the map. */
  private double within(int sample, int channel, int y, int x, double outside) {
    boolean inside = y >= 0 && y < height && x >= 0 && x < width;
    return inside ? at(sample, channel, y, x) : outside;
  }

  private interface Element {
    double at(int sample, int channel, int y, int x);
  }

  private static PlainMaps filled(int samples, int channels, int height, int width, Element value) {
    PlainMaps maps = new PlainMaps(samples, channels, height, width);
    for (int n = 0; n < samples; n++) {
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            maps.values[maps.index(n, c, y, x)] = value.at(n, c, y, x);
          }
        }
      }
    }
    return maps;
  }

  /** A convolution of stride, zero padding and dilation without bias. */
  PlainMaps convolved(PlainMaps kernel, int stride, int padding, int dilation) {
    int rows = (height + 2 * padding - dilation * (kernel.height - 1) - 1) / stride + 1;
    int columns = (width + 2 * padding - dilation * (kernel.width - 1) - 1) / stride + 1;
    return filled(
        samples,
        kernel.samples,
        rows,
        columns,
        (n, c, y, x) -> {
          double sum = 0;
          for (int in = 0; in < channels; in++) {
            for (int i = 0; i < kernel.height; i++) {
              for (int j = 0; j < kernel.width; j++) {
                int row = y * stride - padding + i * dilation;
                int column = x * stride - padding + j * dilation;
                sum += kernel.at(c, in, i, j) * within(n, in, row, column, 0);
              }
            }
          }
          return sum;
        });
  }

  /** Batch normalisation by the batch's own means and biased variances. */
  PlainMaps normalised(double[] weight, double[] bias) {
    double[] means = new double[channels];
    double[] variances = new double[channels];
    double count = (double) samples * height * width;
    for (int c = 0; c < channels; c++) {
      for (int pass = 0; pass < 2; pass++) {
        double sum = 0;
        for (int n = 0; n < samples; n++) {
          for (int i = 0; i < height * width; i++) {
            double value = at(n, c, i / width, i % width);
            sum += pass == 0 ? value : (value - means[c]) * (value - means[c]);
          }
        }
        (pass == 0 ? means : variances)[c] = sum / count;
      }
    }
    return normalised(weight, bias, means, variances);
  }

  /** Batch normalisation by given means and variances. */
  PlainMaps normalised(double[] weight, double[] bias, double[] means, double[] variances) {
    return filled(
        samples,
        channels,
        height,
        width,
        (n, c, y, x) ->
            (at(n, c, y, x) - means[c]) / Math.sqrt(variances[c] + 1e-5) * weight[c] + bias[c]);
  }

  public PlainMaps rectified() {
    return each(value -> Math.max(value, 0));
  }

  public PlainMaps sigmoid() {
    return each(value -> 1 / (1 + Math.exp(-value)));
  }

  /** One number more for each channel. */
  PlainMaps biased(double[] bias) {
    return filled(samples, channels, height, width, (n, c, y, x) -> at(n, c, y, x) + bias[c]);
  }

  public PlainMaps times(PlainMaps other) {
    return filled(
        samples, channels, height, width, (n, c, y, x) -> at(n, c, y, x) * other.at(n, c, y, x));
  }

  private PlainMaps each(DoubleUnaryOperator operator) {
    return filled(
        samples, channels, height, width, (n, c, y, x) -> operator.applyAsDouble(at(n, c, y, x)));
  }

  public PlainMaps plus(PlainMaps other) {
    return filled(
        samples, channels, height, width, (n, c, y, x) -> at(n, c, y, x) + other.at(n, c, y, x));
  }

  /** The greatest of each 2x2 places. */
  public PlainMaps halved() {
    return filled(
        samples,
        channels,
        height / 2,
        width / 2,
        (n, c, y, x) ->
            Math.max(
                Math.max(at(n, c, 2 * y, 2 * x), at(n, c, 2 * y, 2 * x + 1)),
                Math.max(at(n, c, 2 * y + 1, 2 * x), at(n, c, 2 * y + 1, 2 * x + 1))));
  }

  /** Bilinear interpolation between the centres of pixels, those of the corners kept. */
  public PlainMaps stretched(int rows, int columns) {
    return filled(
        samples,
        channels,
        rows,
        columns,
        (n, c, y, x) -> {
          double row = y * (height - 1.0) / (rows - 1);
          double column = x * (width - 1.0) / (columns - 1);
          double sum = 0;
          for (int i = 0; i < height * width; i++) {
            int top = i / width;
            int left = i % width;
            double down = Math.max(0, 1 - Math.abs(row - top));
            double along = Math.max(0, 1 - Math.abs(column - left));
            sum += down * along * at(n, c, top, left);
          }
          return sum;
        });
  }

  /** The greatest of 3x3 places, every second place. */
  PlainMaps greatestOfThree() {
    return filled(
        samples,
        channels,
        (height - 1) / 2 + 1,
        (width - 1) / 2 + 1,
        (n, c, y, x) -> {
          double greatest = Double.NEGATIVE_INFINITY;
          for (int i = 0; i < 9; i++) {
            int row = 2 * y - 1 + i / 3;
            int column = 2 * x - 1 + i % 3;
            greatest = Math.max(greatest, within(n, c, row, column, Double.NEGATIVE_INFINITY));
          }
          return greatest;
        });
  }

  /**
   * Means of rows by columns regions: region i of r covers from the floor of i/r to the ceiling of
   * (i+1)/r of the axis, so that neighbours may overlap.
   */
  public PlainMaps means(int rows, int columns) {
    return filled(
        samples,
        channels,
        rows,
        columns,
        (n, c, y, x) -> {
          int top = y * height / rows;
          int bottom = ((y + 1) * height + rows - 1) / rows;
          int left = x * width / columns;
          int right = ((x + 1) * width + columns - 1) / columns;
          double sum = 0;
          for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
              sum += at(n, c, row, column);
            }
          }
          return sum / ((bottom - top) * (right - left));
        });
  }

  /** Bilinear interpolation between the centres of pixels, constant outside of them. */
  public PlainMaps sized(int rows, int columns) {
    return filled(
        samples,
        channels,
        rows,
        columns,
        (n, c, y, x) -> {
          double row = Math.max(0, (y + 0.5) * height / rows - 0.5);
          double column = Math.max(0, (x + 0.5) * width / columns - 0.5);
          int top = (int) row;
          int left = (int) column;
          int bottom = Math.min(top + 1, height - 1);
          int right = Math.min(left + 1, width - 1);
          double down = row - top;
          double along = column - left;
          return (1 - down) * (1 - along) * at(n, c, top, left)
              + (1 - down) * along * at(n, c, top, right)
              + down * (1 - along) * at(n, c, bottom, left)
              + down * along * at(n, c, bottom, right);
        });
  }

  /** Two of its channels. */
  public PlainMaps channels(int first, int second) {
    return filled(samples, 2, height, width, (n, c, y, x) -> at(n, c == 0 ? first : second, y, x));
  }

  /** The channels of this and then those of another map of the same size. */
  public PlainMaps beside(PlainMaps other) {
    return filled(
        samples,
        channels + other.channels,
        height,
        width,
        (n, c, y, x) -> c < channels ? at(n, c, y, x) : other.at(n, c - channels, y, x));
  }
}
