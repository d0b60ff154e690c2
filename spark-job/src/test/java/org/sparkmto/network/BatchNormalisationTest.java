package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against values computed by hand from the definition. */
class BatchNormalisationTest {
  /** A few roundings of float. */
  private static final Offset<Float> ROUNDING = Offset.offset(2e-6f);

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void trainingUsesTheBatchAndMovesTheRunningStatistics() {
    try (PointerScope scope = new PointerScope()) {
      ParameterBook book = new ParameterBook(0);
      BatchNormalisation part = new BatchNormalisation(book.shared(), "bn", 2);
      bind(book, List.of(2f, -1f), List.of(0.5f, 3f), List.of(0f, 10f), List.of(1f, 4f));
      // Two samples, two channels, one row of two: channel 0 holds 1 3 5 7, channel 1 0 0 0 8.
      Tensor x =
          HostTensors.floats(new float[] {1, 3, 0, 0, 5, 7, 0, 8}, ScalarType.Float, 2, 2, 1, 2);
      float[] y = values(part.apply(x, true));
      // Means 4 and 2, biased variances 5 and 12.
      double a = 2 / Math.sqrt(5 + 1e-5);
      double b = -1 / Math.sqrt(12 + 1e-5);
      float[] expected = {
        (float) (-3 * a + 0.5),
        (float) (-1 * a + 0.5),
        (float) (-2 * b + 3),
        (float) (-2 * b + 3),
        (float) (1 * a + 0.5),
        (float) (3 * a + 0.5),
        (float) (-2 * b + 3),
        (float) (6 * b + 3)
      };
      assertThat(y).containsExactly(expected, ROUNDING);
      // 0.9 old + 0.1 new, the variances unbiased: 20 / 3 and 16.
      assertThat(values(book.buffers().get(0).tensor()))
          .containsExactly(new float[] {0.4f, 9.2f}, ROUNDING);
      assertThat(values(book.buffers().get(1).tensor()))
          .containsExactly(new float[] {0.9f + 2 / 3f, 5.2f}, ROUNDING);
    }
  }

  @Test
  void evaluationUsesTheRunningStatisticsAndLeavesThem() {
    try (PointerScope scope = new PointerScope()) {
      ParameterBook book = new ParameterBook(0);
      BatchNormalisation part = new BatchNormalisation(book.shared(), "bn", 2);
      bind(book, List.of(2f, -1f), List.of(0.5f, 3f), List.of(1f, 10f), List.of(4f, 9f));
      Tensor x = HostTensors.floats(new float[] {5, 4}, ScalarType.Float, 1, 2, 1, 1);
      float[] expected = {
        (float) (2 * 4 / Math.sqrt(4 + 1e-5) + 0.5), (float) (-1 * -6 / Math.sqrt(9 + 1e-5) + 3)
      };
      assertThat(values(part.apply(x, false))).containsExactly(expected, ROUNDING);
      assertThat(values(book.buffers().get(0).tensor())).containsExactly(1, 10);
      assertThat(values(book.buffers().get(1).tensor())).containsExactly(4, 9);
    }
  }

  /** A batch of one sample whose map is pooled to one place: the statistics are as good as any. */
  @Test
  void oneValuePerChannelTrainsByTheRunningStatisticsAndLeavesThem() {
    try (PointerScope scope = new PointerScope()) {
      ParameterBook book = new ParameterBook(0);
      BatchNormalisation part = new BatchNormalisation(book.shared(), "bn", 2);
      bind(book, List.of(2f, -1f), List.of(0.5f, 3f), List.of(1f, 10f), List.of(4f, 9f));
      Tensor x = HostTensors.floats(new float[] {5, 4}, ScalarType.Float, 1, 2, 1, 1);
      float[] expected = {
        (float) (2 * 4 / Math.sqrt(4 + 1e-5) + 0.5), (float) (-1 * -6 / Math.sqrt(9 + 1e-5) + 3)
      };
      assertThat(values(part.apply(x, true))).containsExactly(expected, ROUNDING);
      assertThat(values(book.buffers().get(0).tensor())).containsExactly(1, 10);
      assertThat(values(book.buffers().get(1).tensor())).containsExactly(4, 9);
    }
  }

  private static void bind(
      ParameterBook book,
      List<Float> weight,
      List<Float> bias,
      List<Float> mean,
      List<Float> variance) {
    book.sharedParameters().get(0).bind(vector(weight));
    book.sharedParameters().get(1).bind(vector(bias));
    book.buffers().get(0).bind(vector(mean));
    book.buffers().get(1).bind(vector(variance));
  }

  private static Tensor vector(List<Float> values) {
    float[] floats = {values.get(0), values.get(1)};
    return HostTensors.floats(floats, ScalarType.Float, 2);
  }

  private static float[] values(Tensor tensor) {
    float[] values = new float[(int) tensor.numel()];
    try (FloatPointer data = tensor.contiguous().data_ptr_float()) {
      data.capacity(values.length).get(values);
    }
    return values;
  }
}
