package org.sparkmto.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Networks written down once more on {@link PlainMaps}, by the names of their parameters. */
public final class PlainNetwork {
  private final Map<String, Parameter> parameters = new HashMap<>();
  private final boolean training;

  /** With the values that are bound in a book. */
  public PlainNetwork(ParameterBook book, boolean training) {
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

  public PlainMaps convolution(PlainMaps x, String name, int stride, int dilation) {
    PlainMaps kernel = weight(name);
    PlainMaps y = x.convolved(kernel, stride, dilation * (kernel.height / 2), dilation);
    return parameters.containsKey(name + ".bias") ? y.biased(numbers(name + ".bias")) : y;
  }

  /** A linear layer on maps of one place. */
  public double[] linear(PlainMaps x, String name) {
    double[] weight = numbers(name + ".weight");
    double[] bias = numbers(name + ".bias");
    double[] y = new double[x.samples * bias.length];
    for (int i = 0; i < y.length; i++) {
      int out = i % bias.length;
      y[i] = bias[out];
      for (int in = 0; in < x.channels; in++) {
        y[i] += weight[out * x.channels + in] * x.at(i / bias.length, in, 0, 0);
      }
    }
    return y;
  }

  /** A head that goes from the coarsest of three maps or more to the finest. */
  public PlainMaps topDown(List<PlainMaps> maps, String head) {
    PlainMaps sum = null;
    for (int i = maps.size() - 1; i >= 0; i--) {
      PlainMaps lateral = convolution(maps.get(i), head + ".lateral." + i, 1, 1);
      sum = sum == null ? lateral : lateral.plus(sum.sized(lateral.height, lateral.width));
    }
    return convolution(listed(sum, head, 0, 1), head + ".3", 1, 1);
  }

  public PlainMaps norm(PlainMaps x, String name) {
    double[] weight = numbers(name + ".weight");
    double[] bias = numbers(name + ".bias");
    return training
        ? x.normalised(weight, bias)
        : x.normalised(
            weight, bias, numbers(name + ".running_mean"), numbers(name + ".running_var"));
  }

  /** Convolution, normalisation and ReLU that stand at two places of a list. */
  public PlainMaps listed(PlainMaps x, String list, int at, int dilation) {
    return norm(convolution(x, list + "." + at, 1, dilation), list + "." + (at + 1)).rectified();
  }

  /** MTAN's mask: two of them, the second with a sigmoid in place of the ReLU. */
  public PlainMaps mask(PlainMaps x, String list) {
    PlainMaps y = convolution(listed(x, list, 0, 1), list + ".3", 1, 1);
    return norm(y, list + ".4").sigmoid();
  }

  public PlainMaps basicBlock(PlainMaps x, String name, int stride, int first, int second) {
    PlainMaps y = convolution(x, name + ".conv1", stride, first);
    y = convolution(norm(y, name + ".bn1").rectified(), name + ".conv2", 1, second);
    return norm(y, name + ".bn2").plus(around(x, name, stride)).rectified();
  }

  public PlainMaps bottleneck(PlainMaps x, String name, int stride, int dilation) {
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

  public PlainMaps stem(PlainMaps x, String name) {
    return norm(convolution(x, name + ".conv1", 2, 1), name + ".bn1").rectified().greatestOfThree();
  }

  /** Convolution, normalisation and ReLU. */
  PlainMaps unit(PlainMaps x, String convolution, String norm, int stride) {
    return norm(convolution(x, convolution, stride, 1), norm).rectified();
  }

  /** HRNet's module: basic blocks on each map, then for each size the sum of all. */
  List<PlainMaps> highResolutionModule(List<PlainMaps> maps, String name, int blocks) {
    List<PlainMaps> own = new ArrayList<>();
    for (PlainMaps map : maps) {
      PlainMaps y = map;
      for (int i = 0; i < blocks; i++) {
        y = basicBlock(y, name + ".branches." + own.size() + "." + i, 1, 1, 1);
      }
      own.add(y);
    }
    List<PlainMaps> sums = new ArrayList<>();
    for (int to = 0; to < own.size(); to++) {
      PlainMaps sum = own.get(to);
      for (int from = 0; from < own.size(); from++) {
        String way = name + ".fuse_layers." + to + "." + from;
        PlainMaps y = own.get(from);
        if (from > to) {
          y = norm(convolution(y, way + ".0", 1, 1), way + ".1").sized(sum.height, sum.width);
        }
        for (int i = 0; i < to - from; i++) {
          y = norm(convolution(y, way + "." + i + ".0", 2, 1), way + "." + i + ".1");
          y = i < to - from - 1 ? y.rectified() : y;
        }
        sum = from == to ? sum : sum.plus(y);
      }
      sums.add(sum.rectified());
    }
    return sums;
  }

  /** HRNet with two blocks in a branch, and one task's head, without the last interpolation. */
  public PlainMaps highResolution(PlainMaps x, String name, String head) {
    PlainMaps y = unit(x, name + ".conv1", name + ".bn1", 2);
    y = unit(y, name + ".conv2", name + ".bn2", 2);
    y = bottleneck(y, name + ".layer1.0", 1, 1);
    y = bottleneck(y, name + ".layer1.1", 1, 1);
    String first = name + ".transition1.0.";
    String halving = name + ".transition1.1.0.";
    List<PlainMaps> maps =
        List.of(unit(y, first + "0", first + "1", 1), unit(y, halving + "0", halving + "1", 2));
    maps = highResolutionModule(maps, name + ".stage2.0", 2);
    maps = withCoarser(maps, name + ".transition2.2.0.");
    for (int i = 0; i < 3; i++) {
      maps = highResolutionModule(maps, name + ".stage3." + i, 2);
    }
    maps = withCoarser(maps, name + ".transition3.3.0.");
    for (int i = 0; i < 2; i++) {
      maps = highResolutionModule(maps, name + ".stage4." + i, 2);
    }
    PlainMaps finest = maps.get(0);
    PlainMaps all = finest;
    for (PlainMaps map : maps.subList(1, maps.size())) {
      all = all.beside(map.sized(finest.height, finest.width));
    }
    return convolution(listed(all, head, 0, 1), head + ".3", 1, 1);
  }

  private List<PlainMaps> withCoarser(List<PlainMaps> maps, String name) {
    List<PlainMaps> more = new ArrayList<>(maps);
    more.add(unit(maps.get(maps.size() - 1), name + "0", name + "1", 2));
    return more;
  }

  public PlainMaps atrousPyramid(PlainMaps x, String name, int first, int second, int third) {
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

  public PlainMaps pyramidPooling(PlainMaps x, String name) {
    int[] bins = {1, 2, 3, 6};
    PlainMaps all = x;
    for (int i = 0; i < bins.length; i++) {
      PlainMaps reduced = listed(x.means(bins[i], bins[i]), name + "." + i, 1, 1);
      all = all.beside(reduced.sized(x.height, x.width));
    }
    return all;
  }
}
