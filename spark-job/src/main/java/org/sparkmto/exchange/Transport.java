package org.sparkmto.exchange;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * As what the numbers of a gradient travel between ranks. They are added up in float32 always, or
 * in doubles if that is what they are of: {@link org.sparkmto.network.Replica#inDoubles}.
 */
public enum Transport {
  /** As they are. */
  FLOAT32,

  /**
   * Rounded to the nearest bfloat16: each is off by at most 2^-8 of itself, and so is, once more,
   * the sum that ranks hand each other. What a rank adds to its own slice is not rounded.
   */
  BF16;

  /** Of the numbers of a tensor. */
  ScalarType type(Tensor numbers) {
    return this == BF16 ? ScalarType.BFloat16 : numbers.scalar_type().intern();
  }

  /** Bytes of a number on its way. */
  public int bytes() {
    return this == BF16 ? Short.BYTES : Float.BYTES;
  }
}
