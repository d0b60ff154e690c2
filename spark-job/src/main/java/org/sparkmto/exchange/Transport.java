package org.sparkmto.exchange;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** As what the numbers of a gradient travel between ranks. They are added up in float32 always. */
public enum Transport {
  /** As they are. */
  FLOAT32(ScalarType.Float),

  /**
   * Rounded to the nearest bfloat16: each is off by at most 2^-8 of itself, and so is, once more,
   * the sum that ranks hand each other. What a rank adds to its own slice is not rounded.
   */
  BF16(ScalarType.BFloat16);

  private final ScalarType type;

  Transport(ScalarType type) {
    this.type = type;
  }

  ScalarType type() {
    return type;
  }

  /** Bytes of a number on its way. */
  public int bytes() {
    return this == BF16 ? Short.BYTES : Float.BYTES;
  }
}
