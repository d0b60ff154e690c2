package org.sparkmto.architecture;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;

/** Maps of features, samples by channels, height and width. */
final class Maps {
  private Maps() {}

  /** Bilinear interpolation with centres aligned by halves of pixels, as PyTorch's default is. */
  static Tensor sized(Tensor x, long height, long width) {
    if (x.size(2) == height && x.size(3) == width) {
      return x;
    }
    return Functional.upsampleBilinear2d(x, height, width, false);
  }

  /** Bilinear interpolation to the size of another map, with the centres of corners aligned. */
  static Tensor stretchedLike(Tensor x, Tensor other) {
    return Functional.upsampleBilinear2d(x, other.size(2), other.size(3), true);
  }

  /** The same as {@link #sized}, to the size of another map. */
  static Tensor sizedLike(Tensor x, Tensor other) {
    return sized(x, other.size(2), other.size(3));
  }

  /** The channels of several maps of one size, one map's after the other's. */
  static Tensor beside(Tensor... maps) {
    return Functional.cat(List.of(maps));
  }
}
