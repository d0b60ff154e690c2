package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.NetworkShape;

/**
 * How z is made of an encoder's maps, and what heads find in it. z is one tensor that all heads of
 * a network read. Where a task is of pixels it holds the maps: the only one as it is, several as
 * {@link PackedMaps}. Where all tasks are of whole images it holds no more than the means that
 * their heads read; gradients there have the Gram matrix of those at a map, times its number of
 * places.
 */
final class Representation {
  private final List<PackedMaps.Size> sizes;
  private final List<Integer> ends;
  private final PackedMaps packed;
  private final boolean holdsMaps;

  private Representation(Encoder encoder, boolean holdsMaps) {
    this.sizes = encoder.sizes();
    this.ends = encoder.ends();
    this.packed = new PackedMaps(sizes);
    this.holdsMaps = holdsMaps;
  }

  /** For the tasks of a network: maps if one of them is of pixels, else means. */
  static Representation of(Encoder encoder, NetworkShape shape) {
    return new Representation(encoder, shape.hasPixels());
  }

  /** For heads that read maps whatever their tasks are. */
  static Representation ofMaps(Encoder encoder) {
    return new Representation(encoder, true);
  }

  /** z of a batch, of what its encoder gave. */
  Tensor of(List<Tensor> maps) {
    return holdsMaps ? packed.pack(maps) : meansOf(maps);
  }

  /** Sizes of {@link #maps}. */
  List<PackedMaps.Size> sizes() {
    return sizes;
  }

  /** The encoder's maps, for heads that answer for every pixel. */
  List<Tensor> maps(Tensor z) {
    if (!holdsMaps) {
      throw new IllegalStateException("z holds means alone, since no task is of pixels");
    }
    return packed.maps(z);
  }

  /** How many {@link #means} a sample has. */
  long channels() {
    return ends.stream().mapToLong(end -> sizes.get(end).channels()).sum();
  }

  /**
   * The mean of each channel of the maps at the encoder's end, side by side, {@code samples x
   * channels}, for heads that answer for whole images.
   */
  Tensor means(Tensor z) {
    return holdsMaps ? meansOf(packed.maps(z)) : z;
  }

  /**
   * Whether z holds more than the encoder's end, so that a map on the way acts on losses in two
   * ways, of which gradients at z have one for itself.
   */
  boolean isHeuristic() {
    return holdsMaps && ends.size() < sizes.size();
  }

  private Tensor meansOf(List<Tensor> maps) {
    List<Tensor> means = new ArrayList<>();
    for (int end : ends) {
      means.add(mean(maps.get(end)));
    }
    return means.size() == 1 ? means.get(0) : Maps.beside(means.toArray(Tensor[]::new));
  }

  /** The mean of each channel of a map, {@code samples x channels}. */
  static Tensor mean(Tensor map) {
    return Functional.flatten(Functional.adaptiveAvgPool2d(map, 1, 1));
  }
}
