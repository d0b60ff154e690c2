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

  /** How many columns of such sums are a piece of a thread's. */
  private static final long PIECE = 1 << 18;

  /** How many numbers of such sums a GPU makes together: 16 MiB, few launches. */
  private static final long SUMS_ON_GPU = 1 << 22;

  /**
   * What is added up in double is so of that many parts at most, on as many threads as there are.
   */
  private static final int PARTS = 64;

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
    long tasks = rows.size(0);
    long piece = rows.is_cuda() ? Math.max(1, SUMS_ON_GPU / (tasks * tasks)) * SHORT : PIECE;
    return added(
        rows,
        tasks,
        piece,
        (start, count, sum) -> {
          long whole = count / SHORT * SHORT;
          if (whole > 0) {
            sum.add_(shortSums(rows.narrow(1, start, whole), SHORT));
          }
          if (count > whole) {
            sum.add_(shortSums(rows.narrow(1, start + whole, count - whole), count - whole));
          }
        });
  }

  private static Tensor shortSums(Tensor rows, long each) {
    Tensor part = rows.reshape(rows.size(0), rows.size(1) / each, each).transpose(0, 1);
    return part.bmm(part.transpose(1, 2)).toType(ScalarType.Double).sum(0);
  }

  /** Adds something of so many columns from one on to a matrix of sums. */
  private interface OfColumns {
    void add(long start, long count, Tensor sum);
  }

  /**
   * Adds up matrices in double over pieces of the columns: in the same order on any number of
   * threads, and the host waits for their end alone.
   *
   * @param others columns of the matrices; they have a row for each of the rows
   * @param piece columns of a piece
   */
  private static double[] added(Tensor rows, long others, long piece, OfColumns ofPiece) {
    try (PointerScope own = new PointerScope()) {
      long columns = rows.size(1);
      long pieces = (columns + piece - 1) / piece;
      int parts = (int) Math.min(rows.is_cuda() ? 1 : PARTS, pieces);
      Tensor all = HostTensors.zeros(rows, ScalarType.Double, parts, rows.size(0), others);
      ComputeThreads.each(
          rows,
          parts,
          part -> {
            Tensor sum = all.select(0, part);
            for (long next = part * pieces / parts; next < (part + 1) * pieces / parts; next++) {
              try (PointerScope ofOne = new PointerScope()) {
                long start = next * piece;
                ofPiece.add(start, Math.min(piece, columns - start), sum);
              }
            }
          });
      return HostTensors.doubles(all.sum(0));
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
    long block = rows.is_cuda() ? Math.max(BLOCK, WIDENED_ON_GPU / rows.size(0)) : BLOCK;
    return added(
        rows,
        others.size(0),
        block,
        (start, count, sum) -> {
          Tensor part = rows.narrow(1, start, count).toType(ScalarType.Double);
          Tensor other =
              rows.equals(others) ? part : others.narrow(1, start, count).toType(ScalarType.Double);
          sum.addmm_(part, other.t());
        });
  }

  /**
   * In how many columns each pair of rows of a K x n float tensor has opposite signs, neither of
   * them 0; row-major.
   */
  public static double[] opposed(Tensor rows) {
    double[] twice =
        added(
            rows,
            rows.size(0),
            BLOCK,
            (start, count, sum) -> {
              // Sums of a block's signs are whole numbers that a float holds exactly.
              Tensor signs = torch.sign(rows.narrow(1, start, count));
              Tensor others = signs.mul(signs);
              Tensor both = others.mm(others.t());
              sum.add_(both.sub_(signs.mm(signs.t())).toType(ScalarType.Double));
            });
    return Arrays.stream(twice).map(count -> count / 2).toArray();
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
    long columns = rows.size(1);
    Tensor sum = HostTensors.zeros(rows, rows.scalar_type().intern(), columns);
    try (PointerScope own = new PointerScope()) {
      Tensor each = HostTensors.constants(weights, rows);
      int pieces = (int) Math.max(1, rows.is_cuda() ? 1 : columns / PIECE);
      ComputeThreads.each(
          rows,
          pieces,
          piece -> {
            long start = piece * columns / pieces;
            long count = (piece + 1) * columns / pieces - start;
            torch.mv_out(sum.narrow(0, start, count), rows.narrow(1, start, count).t(), each);
          });
    }
    return sum;
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
