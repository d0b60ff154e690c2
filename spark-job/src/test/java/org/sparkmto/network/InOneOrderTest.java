package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beside libtorch's own, which nobody asks on a GPU where bits must repeat. */
class InOneOrderTest {
  /** Of sums of four products of numbers near 1. */
  private static final double ROUNDING = 2e-6;

  private static void same(
      long height, long width, UnaryOperator<Tensor> own, UnaryOperator<Tensor> other) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = torch.rand(2, 3, height, width).requires_grad_(true);
      Tensor found = own.apply(x);
      Tensor expected = other.apply(x);
      assertThat(found.sizes().vec().get()).isEqualTo(expected.sizes().vec().get());
      close(found.detach(), expected.detach());
      Tensor weights = torch.rand_like(expected.detach());
      close(gradient(found, weights, x), gradient(expected, weights, x));
    }
  }

  private static Tensor gradient(Tensor of, Tensor weights, Tensor x) {
    return Autograd.gradients(of, weights, List.of(x), false).get(0);
  }

  private static void close(Tensor found, Tensor expected) {
    double largest = HostTensors.doubles(expected.abs().max())[0];
    assertThat(HostTensors.doubles(found.sub(expected).abs().max())[0])
        .isCloseTo(0, within(ROUNDING * Math.max(1, largest)));
  }

  @ParameterizedTest
  @CsvSource({
    "5, 7, 13, 9, false", "5, 7, 13, 9, true", "8, 6, 3, 4, false", "8, 6, 3, 4, true",
    "1, 1, 6, 5, false", "1, 1, 6, 5, true", "4, 5, 1, 1, false", "4, 5, 1, 1, true",
    "6, 6, 6, 6, true", "9, 12, 72, 96, false"
  })
  void mapsAreInterpolatedAsByLibtorch(
      long height, long width, long toHeight, long toWidth, boolean alignCorners) {
    same(
        height,
        width,
        x -> InOneOrder.upsampled(x, toHeight, toWidth, alignCorners),
        x ->
            torch.upsample_bilinear2d(
                x,
                new long[] {toHeight, toWidth},
                alignCorners,
                new DoubleOptional(),
                new DoubleOptional()));
  }

  @ParameterizedTest
  @CsvSource({"6, 9, 1, 1", "6, 9, 2, 3", "7, 5, 3, 2", "5, 8, 6, 6", "9, 12, 6, 6"})
  void regionsHaveTheMeansOfLibtorch(long height, long width, long rows, long columns) {
    same(
        height,
        width,
        x -> InOneOrder.means(x, rows, columns),
        x -> torch.adaptive_avg_pool2d(x, rows, columns));
  }

  @Test
  void productsAreOfThirtyTwoBitsAndTheResultOfTheTypeOfTheMaps() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = torch.rand(1, 2, 4, 4).toType(ScalarType.BFloat16);
      Tensor found = InOneOrder.upsampled(x, 7, 7, false);
      assertThat(found.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
      Tensor exact = InOneOrder.upsampled(x.toType(ScalarType.Float), 7, 7, false);
      assertThat(HostTensors.doubles(found.sub(exact.toType(ScalarType.BFloat16)).abs().max()))
          .containsExactly(0);
      assertThat(InOneOrder.isWanted(x)).isFalse();
    }
  }
}
