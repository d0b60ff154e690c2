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
 * An encoding of few samples that goes back for several tasks at once, where that is asked for
 * ({@link SharedGradients#together}): a pass back of a sample or two is bound by the weights that
 * it reads and not by what it computes. Copies of the samples, one for each task, go through the
 * shared part together and back with the cotangent of one task each ({@link SampleCopies}). No more
 * is kept than for a batch of so many samples.
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
    if (into.together() == 1 || !possible.getAsBoolean() || !hasAll(into.part())) {
      kept.backward(cotangents, into, again);
      return;
    }
    List<Integer> tasks = KeptEncoding.wanted(cotangents, into);
    int passes = (tasks.size() + into.together() - 1) / into.together();
    try (PointerScope own = new PointerScope()) {
      Wanted wanted = new Wanted(into);
      for (int pass = 0; pass < passes; pass++) {
        try (PointerScope ofPass = new PointerScope()) {
          List<Integer> some =
              tasks.subList(pass * tasks.size() / passes, (pass + 1) * tasks.size() / passes);
          wanted.back(cotangents, some, ofPass);
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

  /** What is asked for of every task. */
  private final class Wanted {
    private final SharedGradients into;
    private final List<Integer> parameters;

    /** By parameter, the layers whose weights' gradients are products. */
    private final Map<Integer, LayerFactors> layers = new HashMap<>();

    /** By parameter, what goes into those whose gradients are to be written. */
    private final Map<Integer, Tensor> unfolded = new HashMap<>();

    Wanted(SharedGradients into) {
      this.into = into;
      List<Tensor> shared = kept.learned().shared();
      this.parameters = into.part().of(IntStream.range(0, shared.size()).boxed().toList());
      for (LayerFactors layer : kept.layers()) {
        layers.put(layer.parameter(), layer);
      }
      for (int parameter : parameters) {
        if (layers.containsKey(parameter)) {
          unfolded.put(parameter, unfolded(layers.get(parameter), shared.get(parameter)));
        }
      }
    }

    private Tensor unfolded(LayerFactors layer, Tensor beside) {
      Tensor in = HostTensors.zeros(beside, beside.scalar_type(), layer.weights(), layer.places());
      layer.unfold(in);
      return in;
    }

    /** Goes there and back for some tasks. */
    void back(Tensor cotangents, List<Integer> tasks, PointerScope scope) {
      SampleCopies copies = new SampleCopies(tasks.size(), scope);
      List<Tensor> z = new ArrayList<>();
      LayerTap tap =
          LayerTap.during(
              scope,
              () ->
                  copies.during(
                      () -> z.add(encode.apply(inputs.stream().map(copies::of).toList()))));
      Map<Integer, Tensor> out = new HashMap<>();
      for (LayerFactors layer : tap.layers(kept.learned().shared())) {
        out.put(layer.parameter(), layer.out());
      }
      List<Tensor> by = new ArrayList<>();
      for (int parameter : parameters) {
        by.add(
            layers.containsKey(parameter)
                ? out.get(parameter)
                : copies.leaf(kept.learned().shared().get(parameter)));
      }
      into.layers().forEach(layer -> by.add(out.get(layer.parameter())));
      List<Tensor> own = tasks.stream().map(task -> cotangents.select(0, task)).toList();
      Tensor together = SampleCopies.joined(torch.stack(HostTensors.vector(own), 1));
      TensorVector found = Autograd.gradients(z.get(0), together, by, false);
      for (int copy = 0; copy < tasks.size(); copy++) {
        try (PointerScope ofTask = new PointerScope()) {
          put(found, copies, copy, tasks.get(copy));
        }
      }
    }

    private void put(TensorVector found, SampleCopies copies, int copy, int task) {
      long from = 0;
      for (int i = 0; i < parameters.size(); i++) {
        LayerFactors layer = layers.get(parameters.get(i));
        Tensor gradient =
            layer == null
                ? copies.ofLeaf(copy, found.get(i))
                : layer
                    .cotangents(copies.alone(copy, found.get(i)))
                    .mm(unfolded.get(parameters.get(i)).t());
        into.put(task, from, gradient);
        from += gradient.numel();
      }
      if (from > 0) {
        into.found(task, 0, from);
      }
      for (int layer = 0; layer < into.layers().size(); layer++) {
        Tensor own = copies.alone(copy, found.get(parameters.size() + layer));
        into.layers().get(layer).put(own, into.cotangent(task, layer));
      }
    }
  }

  @Override
  public void close() {
    kept.close();
  }
}
