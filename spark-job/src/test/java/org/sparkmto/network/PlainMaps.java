package org.sparkmto.network;

import java.util.HashMap;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Layers once more as plain loops over doubles, by the parameters of a book. */
final class PlainMaps {
  private final HashMap<String, double[]> parameters = new HashMap<>();

  PlainMaps(ParameterBook book) {
    for (Parameter parameter : Tiny.parameters(book)) {
      parameters.put(parameter.name(), SegnetTest.values(parameter.tensor()));
    }
  }

  /** Samples by channels, height and width. */
  @SuppressWarnings("ArrayRecordComponent") // read at once where it is made
  record Map(int samples, int channels, int height, int width, double[] values) {
    static Map empty(int samples, int channels, int height, int width) {
      return new Map(
          samples, channels, height, width, new double[samples * channels * height * width]);
    }

    int at(int sample, int channel, int row, int column) {
      return ((sample * channels + channel) * height + row) * width + column;
    }

    double value(int sample, int channel, int row, int column) {
      boolean inside = row >= 0 && row < height && column >= 0 && column < width;
      return inside ? values[at(sample, channel, row, column)] : 0;
    }

    Map times(Map other) {
      Map product = empty(samples, channels, height, width);
      for (int i = 0; i < values.length; i++) {
        product.values[i] = values[i] * other.values[i];
      }
      return product;
    }

    Map beside(Map other) {
      Map both = empty(samples, channels + other.channels, height, width);
      for (int i = 0; i < samples; i++) {
        for (int c = 0; c < both.channels; c++) {
          for (int place = 0; place < height * width; place++) {
            both.values[both.at(i, c, 0, 0) + place] =
                c < channels
                    ? values[at(i, c, 0, 0) + place]
                    : other.values[other.at(i, c - channels, 0, 0) + place];
          }
        }
      }
      return both;
    }

    Map pooled() {
      Map half = empty(samples, channels, height / 2, width / 2);
      for (int i = 0; i < samples; i++) {
        for (int c = 0; c < channels; c++) {
          for (int y = 0; y < half.height; y++) {
            for (int x = 0; x < half.width; x++) {
              half.values[half.at(i, c, y, x)] =
                  Math.max(
                      Math.max(value(i, c, 2 * y, 2 * x), value(i, c, 2 * y, 2 * x + 1)),
                      Math.max(value(i, c, 2 * y + 1, 2 * x), value(i, c, 2 * y + 1, 2 * x + 1)));
            }
          }
        }
      }
      return half;
    }

    /** Corners stay where they are; in between the numbers run evenly. */
    Map stretched(int toHeight, int toWidth) {
      Map large = empty(samples, channels, toHeight, toWidth);
      for (int i = 0; i < samples; i++) {
        for (int c = 0; c < channels; c++) {
          for (int y = 0; y < toHeight; y++) {
            for (int x = 0; x < toWidth; x++) {
              double row = (double) y * (height - 1) / (toHeight - 1);
              double column = (double) x * (width - 1) / (toWidth - 1);
              double sum = 0;
              for (int r = 0; r < height; r++) {
                for (int k = 0; k < width; k++) {
                  double share =
                      Math.max(0, 1 - Math.abs(row - r)) * Math.max(0, 1 - Math.abs(column - k));
                  sum += share * value(i, c, r, k);
                }
              }
              large.values[large.at(i, c, y, x)] = sum;
            }
          }
        }
      }
      return large;
    }
  }

  static Map of(Tensor tensor) {
    List<Integer> shape = CentralDifferences.shape(tensor);
    return new Map(
        shape.get(0), shape.get(1), shape.get(2), shape.get(3), SegnetTest.values(tensor));
  }

  Map convolution(String name, Map x, int kernel) {
    double[] weight = parameters.get(name + ".weight");
    double[] bias = parameters.get(name + ".bias");
    Map y = Map.empty(x.samples(), bias.length, x.height(), x.width());
    int half = kernel / 2;
    for (int i = 0; i < y.samples(); i++) {
      for (int out = 0; out < y.channels(); out++) {
        for (int row = 0; row < y.height(); row++) {
          for (int column = 0; column < y.width(); column++) {
            double sum = bias[out];
            for (int in = 0; in < x.channels(); in++) {
              for (int place = 0; place < kernel * kernel; place++) {
                sum +=
                    weight[(out * x.channels() + in) * kernel * kernel + place]
                        * x.value(
                            i, in, row + place / kernel - half, column + place % kernel - half);
              }
            }
            y.values()[y.at(i, out, row, column)] = sum;
          }
        }
      }
    }
    return y;
  }

  private Map normalised(String name, Map x) {
    double[] weight = parameters.get(name + ".weight");
    double[] bias = parameters.get(name + ".bias");
    Map y = Map.empty(x.samples(), x.channels(), x.height(), x.width());
    int places = x.height() * x.width();
    double count = (double) x.samples() * places;
    for (int c = 0; c < x.channels(); c++) {
      double mean = 0;
      double square = 0;
      for (int n = 0; n < count; n++) {
        mean += x.values()[x.at(n / places, c, 0, n % places)] / count;
      }
      for (int n = 0; n < count; n++) {
        square += Math.pow(x.values()[x.at(n / places, c, 0, n % places)] - mean, 2) / count;
      }
      for (int n = 0; n < count; n++) {
        int at = x.at(n / places, c, 0, n % places);
        y.values()[at] = (x.values()[at] - mean) / Math.sqrt(square + 1e-5) * weight[c] + bias[c];
      }
    }
    return y;
  }

  /** Convolution, batch normalisation, ReLU. */
  Map block(String name, Map x, int kernel) {
    Map y = normalised(name + ".1", convolution(name + ".0", x, kernel));
    for (int i = 0; i < y.values().length; i++) {
      y.values()[i] = Math.max(0, y.values()[i]);
    }
    return y;
  }

  /** A block of 1x1, then the same with a sigmoid instead of the ReLU. */
  Map mask(String name, Map x) {
    Map y = normalised(name + ".4", convolution(name + ".3", block(name, x, 1), 1));
    for (int i = 0; i < y.values().length; i++) {
      y.values()[i] = 1 / (1 + Math.exp(-y.values()[i]));
    }
    return y;
  }
}
