package org.sparkmto.network;

import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The largest of each 2x2 places, and the way back. A last row or column of an odd number is left
 * out, and is zero when a map is put back.
 *
 * @param largest the largest numbers
 * @param places where in their map they were
 * @param height rows of the map that was pooled
 * @param width its columns
 */
record Pooling(Tensor largest, Tensor places, long height, long width) {
  private static final long[] TWO = {2, 2};
  private static final long[] NONE = {0, 0};
  private static final long[] ONE = {1, 1};

  /** Pools and remembers where the largest were. */
  static Pooling of(Tensor x) {
    T_TensorTensor_T both = torch.max_pool2d_with_indices(x, TWO, TWO, NONE, ONE, false);
    return new Pooling(both.get0(), both.get1(), x.size(2), x.size(3));
  }

  /** Pools. */
  static Tensor halved(Tensor x) {
    return torch.max_pool2d(x, TWO, TWO, NONE, ONE, false);
  }

  /** Puts numbers back to where the largest were; all others are zero. */
  Tensor undone(Tensor x) {
    return torch.max_unpool2d(x, places, height, width);
  }
}
