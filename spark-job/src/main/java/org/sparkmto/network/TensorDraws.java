package org.sparkmto.network;

import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.random.Draws;

/**
 * The numbers of {@link Draws}, made on a device. Tensors of 64 bits multiply without regard to
 * overflow, as Java does, and shift with the sign, which a mask takes off again.
 */
final class TensorDraws {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private TensorDraws() {}

  /** {@link Draws#uniform} of consecutive indices, in double, in the scope of the caller. */
  static Tensor uniforms(Draws draws, long first, long count, org.bytedeco.pytorch.Device device) {
    Tensor bits =
        torch.arange(
            new Scalar(first + 1),
            new Scalar(first + 1 + count),
            HostTensors.options(ScalarType.Long).device(new DeviceOptional(device)));
    bits.mul_(new Scalar(GAMMA)).add_(new Scalar(draws.key()));
    mix(bits, 30, 0xBF58476D1CE4E5B9L);
    mix(bits, 27, 0x94D049BB133111EBL);
    mix(bits, 31, 1);
    return shifted(bits, 11).toType(ScalarType.Double).mul_(new Scalar(0x1.0p-53));
  }

  private static void mix(Tensor bits, int shift, long factor) {
    bits.bitwise_xor_(shifted(bits, shift)).mul_(new Scalar(factor));
  }

  private static Tensor shifted(Tensor bits, int shift) {
    return torch
        .bitwise_right_shift(bits, new Scalar(shift))
        .bitwise_and_(new Scalar(-1L >>> shift));
  }
}
