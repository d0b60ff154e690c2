package org.sparkmto.network;

import java.util.List;
import org.sparkmto.network.Safetensors.Declared;
import org.sparkmto.network.Safetensors.Dtype;

/** How far the values of a list of tensors have been written or read. */
final class TensorCursor {
  private final List<Declared> tensors;
  private int index;
  private long done;

  TensorCursor(List<Declared> tensors) {
    this.tensors = List.copyOf(tensors);
    skipFinished();
  }

  /** The tensor whose values come next; null at the end. */
  Declared current() {
    return index < tensors.size() ? tensors.get(index) : null;
  }

  /** Elements of the current tensor that are still to come; 0 at the end. */
  long left() {
    return index < tensors.size() ? tensors.get(index).elements() - done : 0;
  }

  void advance(Dtype type, long count) {
    if (count == 0) {
      return;
    }
    Declared tensor = current();
    if (tensor == null || tensor.type() != type || count < 0 || count > left()) {
      throw new IllegalStateException(
          count + " values " + type + " where " + left() + " of " + tensor + " are next");
    }
    done += count;
    skipFinished();
  }

  void requireEnd() {
    if (current() != null) {
      throw new IllegalStateException("values of " + current() + " are missing");
    }
  }

  private void skipFinished() {
    while (index < tensors.size() && done == tensors.get(index).elements()) {
      index++;
      done = 0;
    }
  }
}
