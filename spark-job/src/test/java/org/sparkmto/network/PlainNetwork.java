package org.sparkmto.network;

import java.util.HashMap;
import java.util.Map;

/** Networks written down once more on {@link PlainMaps}, by the names of their parameters. */
final class PlainNetwork {
  private final Map<String, Parameter> parameters = new HashMap<>();
  private final boolean training;

  /** With the values that are bound in a book. */
  PlainNetwork(ParameterBook book, boolean training) {
    Tiny.parameters(book).forEach(parameter -> parameters.put(parameter.name(), parameter));
    book.buffers().forEach(buffer -> parameters.put(buffer.name(), buffer));
    this.training = training;
  }

  private PlainMaps weight(String name) {
    return PlainMaps.of(parameters.get(name + ".weight").tensor());
  }

  private double[] numbers(String name) {
    return PlainMaps.numbers(parameters.get(name).tensor());
  }

  PlainMaps convolution(PlainMaps x, String name, int stride, int dilation) {
    PlainMaps kernel = weight(name);
    PlainMaps y = x.convolved(kernel, stride, dilation * (kernel.height / 2), dilation);
    return parameters.containsKey(name + ".bias") ? y.biased(numbers(name + ".bias")) : y;
  }

  PlainMaps norm(PlainMaps x, String name) {
    double[] weight = numbers(name + ".weight");
    double[] bias = numbers(name + ".bias");
    return training
        ? x.normalised(weight, bias)
        : x.normalised(
            weight, bias, numbers(name + ".running_mean"), numbers(name + ".running_var"));
  }

  /** Convolution, normalisation and ReLU that stand at two places of a list. */
  PlainMaps listed(PlainMaps x, String list, int at, int dilation) {
    return norm(convolution(x, list + "." + at, 1, dilation), list + "." + (at + 1)).rectified();
  }

  /** MTAN's mask: two of them, the second with a sigmoid in place of the ReLU. */
  PlainMaps mask(PlainMaps x, String list) {
    PlainMaps y = convolution(listed(x, list, 0, 1), list + ".3", 1, 1);
    return norm(y, list + ".4").sigmoid();
  }

  PlainMaps basicBlock(PlainMaps x, String name, int stride, int first, int second) {
    PlainMaps y = convolution(x, name + ".conv1", stride, first);
    y = convolution(norm(y, name + ".bn1").rectified(), name + ".conv2", 1, second);
    return norm(y, name + ".bn2").plus(around(x, name, stride)).rectified();
  }

  PlainMaps bottleneck(PlainMaps x, String name, int stride, int dilation) {
    PlainMaps y = norm(convolution(x, name + ".conv1", 1, 1), name + ".bn1").rectified();
    y = norm(convolution(y, name + ".conv2", stride, dilation), name + ".bn2").rectified();
    y = norm(convolution(y, name + ".conv3", 1, 1), name + ".bn3");
    return y.plus(around(x, name, stride)).rectified();
  }

  private PlainMaps around(PlainMaps x, String name, int stride) {
    String shortcut = name + ".downsample";
    return parameters.containsKey(shortcut + ".0.weight")
        ? norm(convolution(x, shortcut + ".0", stride, 1), shortcut + ".1")
        : x;
  }

  PlainMaps stem(PlainMaps x, String name) {
    return norm(convolution(x, name + ".conv1", 2, 1), name + ".bn1").rectified().greatestOfThree();
  }

  PlainMaps atrousPyramid(PlainMaps x, String name, int first, int second, int third) {
    String branch = name + ".convs.";
    PlainMaps mean = listed(x.means(1, 1), branch + 4, 1, 1);
    PlainMaps all =
        listed(x, branch + 0, 0, 1)
            .beside(listed(x, branch + 1, 0, first))
            .beside(listed(x, branch + 2, 0, second))
            .beside(listed(x, branch + 3, 0, third))
            .beside(mean.sized(x.height, x.width));
    return listed(all, name + ".project", 0, 1);
  }

  PlainMaps pyramidPooling(PlainMaps x, String name) {
    int[] bins = {1, 2, 3, 6};
    PlainMaps all = x;
    for (int i = 0; i < bins.length; i++) {
      PlainMaps reduced = listed(x.means(bins[i], bins[i]), name + "." + i, 1, 1);
      all = all.beside(reduced.sized(x.height, x.width));
    }
    return all;
  }
}
