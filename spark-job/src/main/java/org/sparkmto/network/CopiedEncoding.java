package org.sparkmto.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * An encoding of few samples that goes back for several tasks at once where that is asked for
 * ({@link SharedGradients#together}): a pass back of a sample or two is bound by the weights that
 * it reads and not by what it computes. Copies of the samples go through the shared part together,
 * once, and back with the cotangent of another task each, as often as there are tasks for ({@link
 * SampleCopies}).
 *
 * @param kept of the samples themselves
 * @param inputs of it
 * @param encode z of inputs, in the same way as that of the samples
 * @param possible whether copies can go through, asked for where it matters
 */
record CopiedEncoding(
    KeptEncoding kept,
    List<Tensor> inputs,
    Function<List<Tensor>, Tensor> encode,
    BooleanSupplier possible)
    implements Encoding {

  @Override
  public Tensor representation() {
    return kept.representation();
  }

  @Override
  public boolean isInGraph() {
    return kept.isInGraph();
  }

  @Override
  public List<LayerFactors> layers() {
    return kept.layers();
  }

  @Override
  public void backward(Tensor cotangents, SharedGradients into, boolean again) {
    List<Integer> tasks = KeptEncoding.wanted(cotangents, into);
    int most = Math.min(tasks.size(), into.together());
    if (most < 2 || !possible.getAsBoolean() || !hasAll(into.part())) {
      kept.backward(cotangents, into, again);
      return;
    }
    int passes = (tasks.size() + most - 1) / most;
    int copies = (tasks.size() + passes - 1) / passes;
    try (PointerScope own = new PointerScope()) {
      Copied copied = new Copied(new SampleCopies(copies, own), into);
      for (int pass = 0; pass < passes; pass++) {
        List<Integer> some =
            tasks.subList(pass * copies, Math.min(tasks.size(), (pass + 1) * copies));
        try (PointerScope ofPass = new PointerScope()) {
          copied.backward(cotangents, some, pass < passes - 1);
        }
      }
    }
  }

  /** Whether all weights of layers that are asked for have factors; all else is of one axis. */
  private boolean hasAll(SharedPart part) {
    List<Tensor> shared = kept.learned().shared();
    return IntStream.range(0, shared.size())
        .filter(parameter -> part.has(parameter) && shared.get(parameter).dim() > 1)
        .allMatch(parameter -> layers().stream().anyMatch(layer -> layer.parameter() == parameter));
  }

  /** The copies with their graph, and what of it is asked for. */
  private final class Copied {
    private final SampleCopies copies;
    private final SharedGradients into;
    private final Tensor z;
    private final List<Tensor> by = new ArrayList<>();
    private final List<Written> written = new ArrayList<>();

    /**
     * A shared parameter of which gradients are written.
     *
     * @param layer whose weight it is, else null
     * @param in what goes into that
     */
    private record Written(LayerFactors layer, Tensor in) {}

    Copied(SampleCopies copies, SharedGradients into) {
      this.copies = copies;
      this.into = into;
      List<Tensor> shared = kept.learned().shared();
      List<Tensor> ends = new ArrayList<>();
      LayerTap tap =
          LayerTap.during(
              PointerScope.getInnerScope(),
              () ->
                  copies.during(
                      () -> ends.add(encode.apply(inputs.stream().map(copies::of).toList()))));
      z = ends.get(0);
      Map<Integer, LayerFactors> layers = new HashMap<>();
      layers().forEach(layer -> layers.put(layer.parameter(), layer));
      Map<Integer, Tensor> out = new HashMap<>();
      tap.layers(shared).forEach(layer -> out.put(layer.parameter(), layer.out()));
      for (int parameter = 0; parameter < shared.size(); parameter++) {
        if (into.part().has(parameter)) {
          LayerFactors layer = layers.get(parameter);
          by.add(layer == null ? copies.leaf(shared.get(parameter)) : out.get(parameter));
          written.add(new Written(layer, layer == null ? null : unfolded(layer)));
        }
      }
      into.layers().forEach(layer -> by.add(out.get(layer.parameter())));
    }

    private Tensor unfolded(LayerFactors layer) {
      Tensor in = HostTensors.zeros(z, z.scalar_type(), layer.weights(), layer.places());
      layer.unfold(in);
      return in;
    }

    /** Goes back for no more tasks than there are copies. */
    void backward(Tensor cotangents, List<Integer> tasks, boolean again) {
      List<Tensor> own = new ArrayList<>();
      tasks.forEach(task -> own.add(cotangents.select(0, task)));
      while (own.size() < copies.count()) {
        own.add(torch.zeros_like(own.get(0)));
      }
      Tensor together = SampleCopies.joined(torch.stack(HostTensors.vector(own), 1));
      TensorVector found = Autograd.gradients(z, together, by, again);
      for (int copy = 0; copy < tasks.size(); copy++) {
        try (PointerScope ofTask = new PointerScope()) {
          put(found, copy, tasks.get(copy));
        }
      }
    }

    private void put(TensorVector found, int copy, int task) {
      long elements = 0;
      for (int i = 0; i < written.size(); i++) {
        Written parameter = written.get(i);
        Tensor gradient =
            parameter.layer() == null
                ? copies.ofLeaf(copy, found.get(i))
                : parameter
                    .layer()
                    .cotangents(copies.alone(copy, found.get(i)))
                    .mm(parameter.in().t());
        into.put(task, elements, gradient);
        elements += gradient.numel();
      }
      if (elements > 0) {
        into.found(task, 0, elements);
      }
      for (int layer = 0; layer < into.layers().size(); layer++) {
        Tensor own = copies.alone(copy, found.get(written.size() + layer));
        into.layers().get(layer).put(own, into.cotangent(task, layer));
      }
    }
  }

  @Override
  public void close() {
    kept.close();
  }
}
