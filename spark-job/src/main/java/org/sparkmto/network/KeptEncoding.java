package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/** An encoding whose graph stands until the last backward pass. */
record KeptEncoding(Tensor representation, boolean isInGraph, LearnedTensors learned)
    implements Encoding {

  @Override
  public void backward(Tensor cotangents, SharedGradients into, boolean again) {
    List<Integer> tasks = wanted(cotangents, into);
    for (int i = 0; i < tasks.size(); i++) {
      int task = tasks.get(i);
      // A scope of its own: K of these gradients at a time would be K networks in memory.
      try (PointerScope own = new PointerScope()) {
        List<Tensor> shared = into.part().of(learned.shared());
        TensorVector found =
            Autograd.gradients(
                representation, cotangents.select(0, task), shared, again || i < tasks.size() - 1);
        long offset = 0;
        for (int p = 0; p < shared.size(); p++) {
          into.put(task, offset, found.get(p));
          offset += shared.get(p).numel();
        }
        into.found(task, 0, offset);
      }
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
