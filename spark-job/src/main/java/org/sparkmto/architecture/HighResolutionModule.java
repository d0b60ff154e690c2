package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.ParameterBook;

/**
 * A module of {@link HighResolutionEncoder}: basic blocks on maps of several sizes, each half as
 * fine as the one before, and then for each size the sum of all of them. A coarser map comes to a
 * finer one by a 1x1 convolution and interpolation, a finer one to a coarser by 3x3 convolutions
 * that halve.
 */
final class HighResolutionModule {
  private final List<List<ResidualBlock>> branches = new ArrayList<>();

  /** By the size that is reached, then by the branch; nothing for a branch's own size. */
  private final List<List<List<NormalisedConvolution>>> paths = new ArrayList<>();

  /**
   * Declares the parameters.
   *
   * @param channels of the maps, the finest first
   * @param blocks basic blocks of a branch
   */
  HighResolutionModule(
      ParameterBook.Section section, String name, List<Long> channels, long blocks) {
    for (int branch = 0; branch < channels.size(); branch++) {
      long width = channels.get(branch);
      List<ResidualBlock> list = new ArrayList<>();
      for (int i = 0; i < blocks; i++) {
        String block = name + ".branches." + branch + "." + i;
        list.add(ResidualBlock.basic(section, block, width, width, 1, 1, 1));
      }
      branches.add(list);
    }
    for (int to = 0; to < channels.size(); to++) {
      List<List<NormalisedConvolution>> row = new ArrayList<>();
      for (int from = 0; from < channels.size(); from++) {
        row.add(path(section, name + ".fuse_layers." + to + "." + from, channels, from, to));
      }
      paths.add(row);
    }
  }

  private static List<NormalisedConvolution> path(
      ParameterBook.Section section, String name, List<Long> channels, int from, int to) {
    long in = channels.get(from);
    long out = channels.get(to);
    if (from > to) {
      return List.of(NormalisedConvolution.listed(section, name, 0, in, out, 1, 1));
    }
    List<NormalisedConvolution> halvings = new ArrayList<>();
    for (int i = 0; i < to - from; i++) {
      String halving = name + "." + i;
      long reached = i == to - from - 1 ? out : in;
      halvings.add(
          NormalisedConvolution.of(section, halving + ".0", halving + ".1", in, reached, 3, 2, 1));
    }
    return halvings;
  }

  /** Maps of the same sizes. */
  List<Tensor> apply(List<Tensor> maps, boolean training) {
    List<Tensor> own = new ArrayList<>();
    for (int branch = 0; branch < branches.size(); branch++) {
      Tensor x = maps.get(branch);
      for (ResidualBlock block : branches.get(branch)) {
        x = block.apply(x, training);
      }
      own.add(x);
    }
    List<Tensor> fused = new ArrayList<>();
    for (int to = 0; to < own.size(); to++) {
      Tensor sum = brought(own, 0, to, training);
      for (int from = 1; from < own.size(); from++) {
        sum = Functional.add(sum, brought(own, from, to, training));
      }
      fused.add(Functional.reluInPlace(sum));
    }
    return fused;
  }

  private Tensor brought(List<Tensor> maps, int from, int to, boolean training) {
    List<NormalisedConvolution> path = paths.get(to).get(from);
    Tensor x = maps.get(from);
    for (int i = 0; i < path.size(); i++) {
      boolean last = i == path.size() - 1;
      x = last ? path.get(i).apply(x, training) : path.get(i).rectified(x, training);
    }
    return Maps.sizedLike(x, maps.get(to));
  }
}
