package org.sparkmto.network;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Gradients as a float matrix with a row for every task: their inner products, and their sum. */
public final class TaskRows {
  /** How many columns are widened to double at a time. */
  private static final long BLOCK = 1 << 15;

  private TaskRows() {}

  /** The Gram matrix of the rows of a K x n float tensor, row-major, accumulated in double. */
  public static double[] gram(Tensor rows) {
    try (PointerScope own = new PointerScope()) {
      long tasks = rows.size(0);
      long columns = rows.size(1);
      Tensor sum = torch.zeros(new long[] {tasks, tasks}, HostTensors.options(ScalarType.Double));
      for (long start = 0; start < columns; start += BLOCK) {
        try (PointerScope piece = new PointerScope()) {
          Tensor part =
              rows.narrow(1, start, Math.min(BLOCK, columns - start)).toType(ScalarType.Double);
          sum.addmm_(part, part.t());
        }
      }
      return HostTensors.doubles(sum);
    }
  }

  /**
   * The weighted sum of the rows, in the caller's scope.
   *
   * @param weights one for each row; rounded to float
   */
  public static Tensor combined(Tensor rows, double[] weights) {
    return torch.mv(rows.t(), HostTensors.constants(weights));
  }
}
