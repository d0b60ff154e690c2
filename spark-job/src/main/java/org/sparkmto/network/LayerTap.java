package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Remembers what goes into and comes out of the convolutions and linear layers that {@link
 * Functional} computes on this thread while it is open.
 */
final class LayerTap {
  private static final ThreadLocal<LayerTap> OPEN = new ThreadLocal<>();

  private final PointerScope scope;
  private final List<Met> met = new ArrayList<>();

  private record Met(
      Tensor weight,
      Tensor in,
      Tensor out,
      LayerFactors.Window window,
      long inVersion,
      long version) {
    boolean isAsItWas() {
      return in.__dispatch__version() == inVersion && out.__dispatch__version() == version;
    }
  }

  private LayerTap(PointerScope scope) {
    this.scope = scope;
  }

  /** Computes something while a tap is open whose tensors live as long as a scope. */
  static LayerTap during(PointerScope scope, Runnable work) {
    LayerTap tap = new LayerTap(scope);
    OPEN.set(tap);
    try {
      work.run();
    } finally {
      OPEN.remove();
    }
    return tap;
  }

  /** Remembers what a layer gave, if a tap is open. */
  static void note(Tensor out, Tensor in, Parameter weight, LayerFactors.Window window) {
    LayerTap tap = OPEN.get();
    if (tap != null && isPlain(in) && isPlain(out)) {
      tap.met.add(
          new Met(
              weight.tensor(),
              tap.lasting(in),
              tap.lasting(out),
              window,
              in.__dispatch__version(),
              out.__dispatch__version()));
    }
  }

  private static boolean isPlain(Tensor tensor) {
    ScalarType type = tensor.scalar_type().intern();
    return type == ScalarType.Float || type == ScalarType.Double;
  }

  private Tensor lasting(Tensor tensor) {
    Tensor own = new Tensor(tensor);
    scope.attach(own);
    return own;
  }

  /**
   * The layers whose weights are shared parameters that were used once, and whose tensors nobody
   * has changed in place since.
   *
   * @param shared all shared parameters, in their order
   */
  List<LayerFactors> layers(List<Tensor> shared) {
    List<LayerFactors> layers = new ArrayList<>();
    for (int parameter = 0; parameter < shared.size(); parameter++) {
      Tensor weight = shared.get(parameter);
      List<Met> uses = met.stream().filter(use -> use.weight().equals(weight)).toList();
      if (uses.size() == 1 && uses.get(0).isAsItWas()) {
        Met use = uses.get(0);
        layers.add(new LayerFactors(parameter, use.in(), use.out(), use.window()));
      }
    }
    return layers;
  }
}
