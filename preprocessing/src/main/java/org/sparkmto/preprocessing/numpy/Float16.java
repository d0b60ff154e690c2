package org.sparkmto.preprocessing.numpy;

/** Numbers of half precision (IEEE 754 binary16); Java has them from version 20 on. */
final class Float16 {
  private Float16() {}

  /** The number that sixteen bits stand for; exact. */
  static float toFloat(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Float.intBitsToFloat(((exponent + 112) << 23) | (fraction << 13));
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
