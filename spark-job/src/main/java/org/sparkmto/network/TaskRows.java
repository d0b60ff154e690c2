package org.sparkmto.network;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Gradients as a float matrix with a row for every task: their inner products, and their sum. */
public final class TaskRows {
  /** How many columns are looked at together, so that they stay in a cache. */
  private static final long BLOCK = 1 << 15;

  /** How many columns are multiplied in float32 before their sums go on in double. */
  private static final long SHORT = 1 << 10;

  /** Rows of fewer columns are multiplied in double: nothing is gained there. */
  private static final long LONG = 1 << 16;

  /** How many numbers of such sums are made together: 16 MiB, one product for most networks. */
  private static final long SUMS = 1 << 22;

  /**
   * Squared lengths that float32 holds with all its digits though elements are much shorter than
   * rows: below, squares of elements vanish that matter, above they overflow.
   */
  private static final double LEAST = 1e-20;

  private static final double MOST = 1e30;

  /** How many doubles a GPU makes of the rows at a time: a quarter of a GiB, few launches. */
  private static final long WIDENED_ON_GPU = 1 << 25;

  private TaskRows() {}

  /**
   * The Gram matrix of the rows of a K x n float tensor, row-major: of 1,024 columns at a time in
   * float32, whose sums are added up in double. Off by some 1e-8 of the lengths of the rows. Rows
   * of fewer than 65,536 columns, of doubles, or so short or long that float32 does not hold their
   * squares are multiplied in double.
   */
  public static double[] gram(Tensor rows) {
    if (rows.size(1) < LONG || rows.scalar_type().intern() != ScalarType.Float) {
      return crossed(rows, rows);
    }
    double[] gram = inShortSums(rows);
    return isHeld(gram, rows) ? gram : crossed(rows, rows);
  }

  private static double[] inShortSums(Tensor rows) {
    try (PointerScope own = new PointerScope()) {
      long tasks = rows.size(0);
      long columns = rows.size(1);
      long together = Math.max(1, SUMS / (tasks * tasks));
      Tensor sum = HostTensors.zeros(rows, ScalarType.Double, tasks, tasks);
      long start = 0;
      while (start < columns) {
        try (PointerScope piece = new PointerScope()) {
          long sums = Math.min(together, (columns - start) / SHORT);
          long count = sums == 0 ? columns - start : sums * SHORT;
          Tensor part =
              rows.narrow(1, start, count)
                  .reshape(tasks, Math.max(1, sums), Math.min(count, SHORT))
                  .transpose(0, 1);
          sum.add_(part.bmm(part.transpose(1, 2)).toType(ScalarType.Double).sum(0));
          start += count;
        }
      }
      return HostTensors.doubles(sum);
    }
  }

  /** Whether float32 held all squares: rows of zeros have none. */
  private static boolean isHeld(double[] gram, Tensor rows) {
    int tasks = Math.toIntExact(rows.size(0));
    for (int task = 0; task < tasks; task++) {
      double square = gram[task * tasks + task];
      boolean held = square >= LEAST && square <= MOST;
      if (!held && !isZero(rows, task)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(Tensor rows, int task) {
    try (PointerScope own = new PointerScope()) {
      return HostTensors.doubles(rows.select(0, task).count_nonzero())[0] == 0;
    }
  }

  /**
   * The inner products of the rows of a K x n float tensor with those of an L x n one, which may be
   * the same, row-major, accumulated in double.
   */
  static double[] crossed(Tensor rows, Tensor others) {
    try (PointerScope own = new PointerScope()) {
      long tasks = rows.size(0);
      long columns = rows.size(1);
      long block = rows.is_cuda() ? Math.max(BLOCK, WIDENED_ON_GPU / tasks) : BLOCK;
      Tensor sum = HostTensors.zeros(rows, ScalarType.Double, tasks, others.size(0));
      for (long start = 0; start < columns; start += block) {
        try (PointerScope piece = new PointerScope()) {
          long count = Math.min(block, columns - start);
          Tensor part = rows.narrow(1, start, count).toType(ScalarType.Double);
          Tensor other =
              rows.equals(others) ? part : others.narrow(1, start, count).toType(ScalarType.Double);
          sum.addmm_(part, other.t());
        }
      }
      return HostTensors.doubles(sum);
    }
  }

  /**
   * In how many columns each pair of rows of a K x n float tensor has opposite signs, neither of
   * them 0; row-major.
   */
  public static double[] opposed(Tensor rows) {
    try (PointerScope own = new PointerScope()) {
      long tasks = rows.size(0);
      long columns = rows.size(1);
      Tensor twice = HostTensors.zeros(rows, ScalarType.Double, tasks, tasks);
      for (long start = 0; start < columns; start += BLOCK) {
        try (PointerScope piece = new PointerScope()) {
          // Sums of a block's signs are whole numbers that a float holds exactly.
          Tensor signs = torch.sign(rows.narrow(1, start, Math.min(BLOCK, columns - start)));
          Tensor others = signs.mul(signs);
          Tensor both = others.mm(others.t());
          twice.add_(both.sub_(signs.mm(signs.t())).toType(ScalarType.Double));
        }
      }
      return Arrays.stream(HostTensors.doubles(twice)).map(count -> count / 2).toArray();
    }
  }

  /** The sum of the magnitudes of every row's elements, accumulated in double. */
  public static double[] magnitudes(Tensor rows) {
    return summed(rows, (part, start) -> part.abs().sum(1));
  }

  /** The squared norm of every row of a K x n float tensor, accumulated in double. */
  public static double[] squaredNorms(Tensor rows) {
    return summed(rows, (part, start) -> part.mul(part).sum(1));
  }

  /** The inner product of every row of a K x n float tensor with a vector of n floats, likewise. */
  public static double[] products(Tensor rows, Tensor vector) {
    return summed(
        rows,
        (part, start) -> part.mv(vector.narrow(0, start, part.size(1)).toType(ScalarType.Double)));
  }

  /** A number per row of a block of columns in double, which begin at one of all columns. */
  private interface OfBlock {
    Tensor sum(Tensor part, long start);
  }

  /** Adds up a number per row over blocks of columns; the host waits for their end alone. */
  private static double[] summed(Tensor rows, OfBlock ofBlock) {
    try (PointerScope own = new PointerScope()) {
      long columns = rows.size(1);
      Tensor sum = HostTensors.zeros(rows, ScalarType.Double, rows.size(0));
      for (long start = 0; start < columns; start += BLOCK) {
        try (PointerScope piece = new PointerScope()) {
          Tensor part = rows.narrow(1, start, Math.min(BLOCK, columns - start));
          sum.add_(ofBlock.sum(part.toType(ScalarType.Double), start));
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
    return torch.mv(rows.t(), HostTensors.constants(weights, rows));
  }

  /**
   * Several weighted sums of the rows, in the caller's scope: a row for each.
   *
   * @param rows by task, of whatever shape behind the first axis, which the sums have, too
   * @param weights of each sum, one for each task; rounded to float
   */
  static Tensor mixed(Tensor rows, List<double[]> weights) {
    double[] all = weights.stream().flatMapToDouble(Arrays::stream).toArray();
    long tasks = rows.size(0);
    long[] shape = new long[(int) rows.dim()];
    shape[0] = weights.size();
    for (int axis = 1; axis < shape.length; axis++) {
      shape[axis] = rows.size(axis);
    }
    return HostTensors.constants(all, rows)
        .view(weights.size(), tasks)
        .mm(rows.reshape(tasks, -1))
        .view(shape);
  }
}
