package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.random.Draws;

/** Inner products of long rows, in float32 piece by piece, held against those in double. */
class TaskRowsTest {
  private static final int ROWS = 5;

  /** Pieces and a rest. */
  private static final int COLUMNS = (1 << 16) + 4096 + 777;

  private static final Draws DRAWS = Draws.of(4);

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  /** What rows are made of; nothing of gradients is worse. */
  private enum Shape {
    NOISE {
      @Override
      double at(int row, int column) {
        return DRAWS.at(row).normal(column);
      }
    },
    /** Rows of lengths over twelve decades. */
    LENGTHS {
      @Override
      double at(int row, int column) {
        return Math.pow(10, 3 * row - 6) * NOISE.at(row, column);
      }
    },
    /** Elements over many decades: few are nearly all of a row. */
    TAILS {
      @Override
      double at(int row, int column) {
        return NOISE.at(row, column) * Math.exp(3 * DRAWS.at(99).normal(column));
      }
    },
    /** One element a hundred thousand times as long as the others. */
    ONE_HUGE {
      @Override
      double at(int row, int column) {
        return NOISE.at(row, column) * (column == 1234 * row ? 1e5 : 1);
      }
    },
    /** Products that cancel out, one behind the other. */
    ALTERNATING {
      @Override
      double at(int row, int column) {
        return row % 2 == 0 || column % 2 == 0 ? 1.1 : -1.1;
      }
    },
    /** Sums that only grow, which roundings of one direction would show in. */
    SAME_SIGN {
      @Override
      double at(int row, int column) {
        return 1.1 + 0.1 * row;
      }
    };

    abstract double at(int row, int column);
  }

  private static float[] rows(Shape shape, double factor) {
    float[] all = new float[ROWS * COLUMNS];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) (factor * shape.at(i / COLUMNS, i % COLUMNS));
    }
    return all;
  }

  /** Of the lengths of the two rows. */
  private static double error(double[] found, double[] exact) {
    double most = 0;
    for (int i = 0; i < found.length; i++) {
      double lengths = exact[i / ROWS * (ROWS + 1)] * exact[i % ROWS * (ROWS + 1)];
      most = Math.max(most, Math.abs(found[i] - exact[i]) / Math.sqrt(lengths));
    }
    return most;
  }

  /**
   * Sums of 1,024 products that may be rounded up or down by 2^-24 of the sum so far each: 3e-5 if
   * all were rounded one way. How many sums a processor's product keeps at a time decides what is
   * left of it: 6e-7 was measured with AVX-512, 3.3e-6 with AVX2, both of products of one sign.
   * Sums of whole rows would be 60 times as far off.
   */
  @ParameterizedTest
  @EnumSource
  void areOffByRoundingsOfFloatAtMost(Shape shape) {
    try (PointerScope scope = new PointerScope()) {
      Tensor rows = HostTensors.floats(rows(shape, 1), ScalarType.Float, ROWS, COLUMNS);
      double off = error(TaskRows.gram(rows), TaskRows.crossed(rows, rows));
      assertThat(off).isLessThan(1e-5);
    }
  }

  /** The gradients of a task that has converged, and of one that is about to diverge. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-25, 1e18})
  void whatFloatCannotHoldIsMultipliedInDouble(double factor) {
    float[] all = rows(Shape.NOISE, 1);
    for (int i = 0; i < COLUMNS; i++) {
      all[2 * COLUMNS + i] *= (float) factor;
      all[3 * COLUMNS + i] = 0;
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor rows = HostTensors.floats(all, ScalarType.Float, ROWS, COLUMNS);
      assertThat(TaskRows.gram(rows)).isEqualTo(TaskRows.crossed(rows, rows));
    }
  }

  /** Tasks without labels have rows of zeros, in ordinary steps. */
  @Test
  void rowsOfZerosAreNoReasonForDoubles() {
    float[] all = rows(Shape.NOISE, 1);
    Arrays.fill(all, COLUMNS, 2 * COLUMNS, 0);
    try (PointerScope scope = new PointerScope()) {
      Tensor rows = HostTensors.floats(all, ScalarType.Float, ROWS, COLUMNS);
      double[] found = TaskRows.gram(rows);
      double[] exact = TaskRows.crossed(rows, rows);
      assertThat(found).isNotEqualTo(exact);
      for (int other = 0; other < ROWS; other++) {
        assertThat(found[ROWS + other]).isZero();
        assertThat(found[other * ROWS + 1]).isZero();
      }
    }
  }

  @Test
  void doublesStayDoubles() {
    try (PointerScope scope = new PointerScope()) {
      Tensor rows =
          HostTensors.floats(rows(Shape.TAILS, 1), ScalarType.Float, ROWS, COLUMNS)
              .toType(ScalarType.Double);
      assertThat(TaskRows.gram(rows)).isEqualTo(TaskRows.crossed(rows, rows));
    }
  }
}
