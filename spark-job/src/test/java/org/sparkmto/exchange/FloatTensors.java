package org.sparkmto.exchange;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Vectors of float32 in and out of tensors. */
final class FloatTensors {
  private FloatTensors() {}

  static Tensor tensor(float[] values) {
    Tensor tensor = torch.zeros(values.length);
    try (FloatPointer data = tensor.data_ptr_float()) {
      data.capacity(values.length).put(values, 0, values.length);
    }
    return tensor;
  }

  static float[] values(Tensor tensor) {
    float[] values = new float[(int) tensor.numel()];
    if (values.length > 0) {
      try (FloatPointer data = tensor.data_ptr_float()) {
        data.capacity(values.length).get(values);
      }
    }
    return values;
  }
}
