package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/** An encoding whose graph stands until the last backward pass. */
record KeptEncoding(
    Tensor representation, boolean isInGraph, LearnedTensors learned, List<LayerFactors> layers)
    implements Encoding {

  @Override
  public void backward(Tensor cotangents, SharedGradients into, boolean again) {
    List<Integer> tasks = wanted(cotangents, into);
    for (int i = 0; i < tasks.size(); i++) {
      int task = tasks.get(i);
      // A scope of its own: K of these gradients at a time would be K networks in memory.
      try (PointerScope own = new PointerScope()) {
        backward(cotangents, task, into, again || i < tasks.size() - 1);
      }
    }
  }

  private void backward(Tensor cotangents, int task, SharedGradients into, boolean again) {
    List<Tensor> shared = into.part().of(learned.shared());
    long[] ends = new long[shared.size()];
    for (int p = 0; p < ends.length; p++) {
      ends[p] = (p == 0 ? 0 : ends[p - 1]) + shared.get(p).numel();
    }
    List<LayerFactors> factored = into.layers();
    List<Tensor> by = new ArrayList<>(shared);
    factored.forEach(layer -> by.add(layer.out()));
    Supplier<TensorVector> pass =
        () -> Autograd.gradients(representation, cotangents.select(0, task), by, again);
    if (into.early()) {
      learned.each(
          shared,
          (p, found) -> {
            long from = p == 0 ? 0 : ends[p - 1];
            into.put(task, from, found);
            into.found(task, from, ends[p]);
          },
          pass);
      return;
    }
    TensorVector found = pass.get();
    for (int p = 0; p < ends.length; p++) {
      into.put(task, p == 0 ? 0 : ends[p - 1], found.get(p));
    }
    if (ends.length > 0) {
      into.found(task, 0, ends[ends.length - 1]);
    }
    for (int layer = 0; layer < factored.size(); layer++) {
      Tensor there = into.cotangent(task, layer);
      factored.get(layer).put(found.get(shared.size() + layer), there);
    }
  }

  /** The tasks whose gradients are asked for. */
  static List<Integer> wanted(Tensor cotangents, SharedGradients into) {
    List<Integer> tasks = new ArrayList<>();
    LongStream.range(0, cotangents.size(0))
        .mapToInt(task -> (int) task)
        .filter(into::wants)
        .forEach(tasks::add);
    return tasks;
  }

  /** Its tensors are those of the pass. */
  @Override
  public void close() {}
}
