package org.sparkmto.exchange;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Memory for what is on its way, kept for the next time: the system gives and takes back so large a
 * piece page by page, which took longer than sending it.
 */
final class Staging implements AutoCloseable {
  private final List<Tensor> free = new ArrayList<>();

  /**
   * Takes a vector out, which is to be given back.
   *
   * @param beside where it is to lie
   * @return with at least so many elements, whatever they are
   */
  Tensor take(Tensor beside, ScalarType type, long elements) {
    Tensor tooSmall = null;
    for (Tensor each : free) {
      if (each.scalar_type().intern() == type) {
        if (each.numel() >= elements) {
          free.remove(each);
          return each;
        }
        tooSmall = each;
      }
    }
    if (tooSmall != null) {
      free.remove(tooSmall);
      tooSmall.releaseReference();
    }
    try (PointerScope scope = new PointerScope()) {
      TensorOptions options = beside.options().dtype(new ScalarTypeOptional(type));
      Tensor made = torch.empty(new long[] {elements}, options, null);
      made.retainReference();
      return made;
    }
  }

  /** Takes it back. */
  void give(Tensor taken) {
    free.add(taken);
  }

  @Override
  public void close() {
    free.forEach(Tensor::releaseReference);
    free.clear();
  }
}
