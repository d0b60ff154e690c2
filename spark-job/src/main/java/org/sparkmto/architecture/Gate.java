package org.sparkmto.architecture;

import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.ParameterBook;

/**
 * Mixes the maps of experts: for every sample a linear layer on all numbers that the gate sees, and
 * the softmax of what it gives, are the shares of the experts.
 */
final class Gate {
  private final Linear linear;
  private final int experts;

  /**
   * Declares the parameters.
   *
   * @param seen what the gate looks at
   * @param experts how many maps it mixes
   */
  Gate(ParameterBook.Section section, String name, PackedMaps.Size seen, int experts) {
    this.linear = new Linear(section, name, seen.elements(), experts);
    this.experts = experts;
  }

  /**
   * The mixture.
   *
   * @param seen what the gate looks at
   * @param maps of the experts, of one size
   */
  Tensor mix(Tensor seen, List<Tensor> maps) {
    Tensor shares = Functional.softmax(linear.apply(Functional.flatten(seen)));
    List<Tensor> share = Functional.split(shares, Collections.nCopies(experts, 1L));
    Tensor sum = null;
    for (int i = 0; i < experts; i++) {
      Tensor map = maps.get(i);
      Tensor part = Functional.mul(map, Functional.spread(share.get(i), map.size(2), map.size(3)));
      sum = sum == null ? part : Functional.addInPlace(sum, part);
    }
    return sum;
  }
}
