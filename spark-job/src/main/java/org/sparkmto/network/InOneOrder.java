package org.sparkmto.network;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What libtorch adds on a GPU in the order in which threads come by, so that a run would not repeat
 * its bits, added in one order: by products with small matrices. On the CPU libtorch's own adds so.
 */
final class InOneOrder {
  private InOneOrder() {}

  /** Whether it is wanted where a tensor lies: {@link Device#settle}. */
  static boolean isWanted(Tensor x) {
    return x.is_cuda() && torch.globalContext().deterministicCuDNN();
  }

  /** Bilinear interpolation of maps to a size: of PyTorch, {@code upsample_bilinear2d}. */
  static Tensor upsampled(Tensor x, long height, long width, boolean alignCorners) {
    return combined(
        x,
        weights(x.size(2), height, alignCorners),
        weights(x.size(3), width, alignCorners),
        height,
        width);
  }

  /** Means over regions of maps: of PyTorch, {@code adaptive_avg_pool2d}. */
  static Tensor means(Tensor x, long rows, long columns) {
    return combined(x, shares(x.size(2), rows), shares(x.size(3), columns), rows, columns);
  }

  /** Each row of the result a sum of rows, and each column one of columns. */
  private static Tensor combined(
      Tensor x, float[] ofRows, float[] ofColumns, long height, long width) {
    return inFloats(
        () -> {
          Tensor rows = matrix(x, ofRows, height, x.size(2));
          Tensor columns = matrix(x, ofColumns, width, x.size(3));
          return torch
              .matmul(torch.matmul(rows, x.toType(ScalarType.Float)), columns.t())
              .toType(x.scalar_type());
        });
  }

  private static Tensor matrix(Tensor x, float[] values, long rows, long columns) {
    return HostTensors.beside(x, HostTensors.floats(values, ScalarType.Float, rows, columns));
  }

  /** Without autocast, which would make products of 16 bits. */
  private static Tensor inFloats(Supplier<Tensor> products) {
    boolean enabled = torch.is_autocast_enabled(DeviceType.CUDA);
    torch.set_autocast_enabled(DeviceType.CUDA, false);
    try {
      return products.get();
    } finally {
      torch.set_autocast_enabled(DeviceType.CUDA, enabled);
    }
  }

  /** How much of each of {@code from} places is in each of {@code to}, a row for each of these. */
  private static float[] weights(long from, long to, boolean alignCorners) {
    float[] weights = new float[Math.toIntExact(from * to)];
    for (int i = 0; i < to; i++) {
      double at =
          alignCorners
              ? to == 1 ? 0 : i * (from - 1.0) / (to - 1.0)
              : Math.max(0, (i + 0.5) * from / to - 0.5);
      int before = (int) Math.min(from - 1, (long) at);
      int behind = (int) Math.min(from - 1, before + 1L);
      weights[(int) (i * from) + before] += (float) (1 - (at - before));
      weights[(int) (i * from) + behind] += (float) (at - before);
    }
    return weights;
  }

  /** The same of means over regions, which may overlap by a place. */
  private static float[] shares(long from, long to) {
    float[] shares = new float[Math.toIntExact(from * to)];
    for (long i = 0; i < to; i++) {
      long first = i * from / to;
      long end = -Math.floorDiv(-(i + 1) * from, to);
      for (long at = first; at < end; at++) {
        shares[Math.toIntExact(i * from + at)] = (float) (1.0 / (end - first));
      }
    }
    return shares;
  }
}
