package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;

/**
 * Maps of features in one representation z: a single map as it is, several as {@code samples x
 * elements}, for networks whose heads see more than one map of the shared part. One tensor is what
 * the K copies of z and the Gram matrix of gradients at z are made from; a product of packed maps
 * is the sum of the products of the maps.
 */
final class PackedMaps {
  private final List<Size> sizes;

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
  }

  /** Elements of all maps of a sample. */
  long elements() {
    return sizes.stream().mapToLong(Size::elements).sum();
  }

  /**
   * All maps of a batch as {@code samples x elements}; a single one keeps its axes.
   *
   * @param maps one {@code samples x channels x height x width} for each declared size
   * @throws IllegalArgumentException if the maps do not have the declared sizes
   */
  Tensor pack(List<Tensor> maps) {
    List<Size> given = maps.stream().map(PackedMaps::sizeOf).toList();
    if (!given.equals(sizes)) {
      throw new IllegalArgumentException("maps of " + given + " are not those declared, " + sizes);
    }
    if (maps.size() == 1) {
      return maps.get(0);
    }
    List<Tensor> flat = new ArrayList<>();
    for (Tensor map : maps) {
      flat.add(Functional.flatten(map));
    }
    return Functional.cat(flat);
  }

  /** The maps of a packed batch, views in the order in which they were packed. */
  List<Tensor> maps(Tensor packed) {
    if (sizes.size() == 1) {
      return List.of(packed);
    }
    // One split rather than a view each, whose backward would write zeros of the whole size.
    List<Tensor> parts = Functional.split(packed, sizes.stream().map(Size::elements).toList());
    List<Tensor> maps = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Size size = sizes.get(i);
      maps.add(Functional.viewed(parts.get(i), size.channels(), size.height(), size.width()));
    }
    return maps;
  }

  private static Size sizeOf(Tensor map) {
    return new Size(map.size(1), map.size(2), map.size(3));
  }
}
