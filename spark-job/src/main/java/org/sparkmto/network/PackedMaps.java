package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Several maps of features in one representation z: {@code samples x elements}, for networks whose
 * heads see more than one map of the shared part. One tensor is what the K copies of z and the Gram
 * matrix of gradients at z are made from; a product of packed maps is the sum of the products of
 * the maps.
 */
final class PackedMaps {
  private final List<Size> sizes;
  private final long[] offsets;

  /**
   * One map of a sample.
   *
   * @param channels numbers for a place
   * @param height rows
   * @param width columns
   */
  record Size(long channels, long height, long width) {
    long elements() {
      return channels * height * width;
    }
  }

  /** Packs maps of these sizes, in this order. */
  PackedMaps(List<Size> sizes) {
    this.sizes = List.copyOf(sizes);
    offsets = new long[sizes.size() + 1];
    for (int i = 0; i < sizes.size(); i++) {
      offsets[i + 1] = offsets[i] + sizes.get(i).elements();
    }
  }

  /** Elements of all maps of a sample. */
  long elements() {
    return offsets[sizes.size()];
  }

  /**
   * All maps of a batch as {@code samples x elements}.
   *
   * @param maps one {@code samples x channels x height x width} for each declared size
   * @throws IllegalArgumentException if the maps do not have the declared sizes
   */
  Tensor pack(List<Tensor> maps) {
    List<Size> given = maps.stream().map(PackedMaps::sizeOf).toList();
    if (!given.equals(sizes)) {
      throw new IllegalArgumentException("maps of " + given + " are not those declared, " + sizes);
    }
    List<Tensor> flat = new ArrayList<>();
    for (Tensor map : maps) {
      flat.add(torch.flatten(map, 1, -1));
    }
    return torch.cat(Replica.vector(flat), 1);
  }

  /** Map number {@code index} of a packed batch, a view. */
  Tensor map(Tensor packed, int index) {
    Size size = sizes.get(index);
    return packed
        .narrow(1, offsets[index], size.elements())
        .view(packed.size(0), size.channels(), size.height(), size.width());
  }

  private static Size sizeOf(Tensor map) {
    return new Size(map.size(1), map.size(2), map.size(3));
  }
}
