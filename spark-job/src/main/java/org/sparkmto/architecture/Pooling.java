package org.sparkmto.architecture;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;

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

  /** Pools and remembers where the largest were. */
  static Pooling of(Tensor x) {
    List<Tensor> both = Functional.maxPool2dWithIndices(x, 2);
    return new Pooling(both.get(0), both.get(1), x.size(2), x.size(3));
  }

  /** Pools. */
  static Tensor halved(Tensor x) {
    return Functional.maxPool2d(x, 2, 2, 0);
  }

  /** Puts numbers back to where the largest were; all others are zero. */
  Tensor undone(Tensor x) {
    return Functional.maxUnpool2d(x, places, 2, height, width);
  }
}
