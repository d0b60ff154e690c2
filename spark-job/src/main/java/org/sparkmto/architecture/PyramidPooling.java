package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.ParameterBook;

/**
 * Pyramid pooling (Zhao et al., CVPR 2017, section 3.2): means over 1x1, 2x2, 3x3 and 6x6 regions,
 * each reduced by a 1x1 convolution and brought back to the size of the map beside the map itself.
 */
final class PyramidPooling {
  private static final List<Integer> BINS = List.of(1, 2, 3, 6);

  private final List<NormalisedConvolution> reductions = new ArrayList<>();
  private final long channels;

  /**
   * Declares the parameters.
   *
   * @param reduced channels of each of the four pooled maps
   */
  PyramidPooling(ParameterBook.Section section, String name, long in, long reduced) {
    for (int i = 0; i < BINS.size(); i++) {
      reductions.add(NormalisedConvolution.listed(section, name + "." + i, 1, in, reduced, 1, 1));
    }
    channels = in + BINS.size() * reduced;
  }

  /** How many channels come out. */
  long channels() {
    return channels;
  }

  /** The map with the four pooled ones behind it, all of its size. */
  Tensor apply(Tensor x, boolean training) {
    List<Tensor> maps = new ArrayList<>(List.of(x));
    for (int i = 0; i < BINS.size(); i++) {
      Tensor means = Functional.adaptiveAvgPool2d(x, BINS.get(i), BINS.get(i));
      maps.add(Maps.sizedLike(reductions.get(i).rectified(means, training), x));
    }
    return Maps.beside(maps.toArray(Tensor[]::new));
  }
}
