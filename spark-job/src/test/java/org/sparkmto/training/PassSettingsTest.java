package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.step.TinyProblem;

/** Runs of every kind of method with passes that are made in other ways. */
class PassSettingsTest {
  private static final TinyProblem PROBLEM = new TinyProblem(3, 23, 0.4);
  private static final int STEPS = 3;

  /** Ranks are threads here; each with threads of its own would wait for the others'. */
  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  /** One of each kind, at both levels where there are two, and steps that leave the encoder. */
  static Stream<String> everyKind() {
    return Stream.of(
        "method.name = ew, log.gradients-every = 1",
        "method.name = uw, update.freeze-encoder-steps = 1",
        "method.name = famo",
        "method { name = imtl-g, level = representation }",
        "method { name = imtl-g, level = parameters }, network.dropout = 0.3",
        "method { name = pcgrad, level = parameters }",
        "method { name = gradvac, per = layer }",
        "method.name = moco",
        "method.name = graddrop",
        "method.name = mao, optimizer.name = adam",
        "method.name = modo",
        "method.name = auto-lambda",
        "method.name = forum");
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void blocksThatAreRunAgainLeaveTheSameBitsOnOneRankAndOnThree(String settings) throws Exception {
    for (int ranks : new int[] {1, 3}) {
      List<float[]> kept = PROBLEM.trained(ranks, STEPS, settings);
      List<float[]> again = PROBLEM.trained(ranks, STEPS, settings, "network.recompute = blocks");
      for (int rank = 0; rank < ranks; rank++) {
        assertThat(Arrays.mismatch(again.get(rank), kept.get(rank))).isEqualTo(-1);
      }
    }
  }

  @Test
  void whatIsRunAgainIsNoneOrBlocksAndMayChangeWhenARunIsResumed() {
    assertThatThrownBy(() -> PROBLEM.configuration("network.recompute = stages"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("network.recompute = stages must be one of none, blocks");
    assertThat(PROBLEM.configuration("network.recompute = blocks").identity())
        .isEqualTo(PROBLEM.configuration().identity());
    assertThat(PROBLEM.configuration("network.memory-format = channels-last").identity())
        .isEqualTo(PROBLEM.configuration().identity());
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void sixteenBitsLeaveTheSameBitsEveryTimeAlsoWhereBlocksAreRunAgain(String settings)
      throws Exception {
    String bf16 = "training.precision = bf16";
    float[] once = PROBLEM.trained(PROBLEM.residual(2), 1, 2, settings, bf16).get(0);
    float[] again =
        PROBLEM
            .trained(PROBLEM.residual(2), 1, 2, settings, bf16, "network.recompute = blocks")
            .get(0);
    float[] wide = PROBLEM.trained(PROBLEM.residual(2), 1, 2, settings).get(0);
    assertThat(Arrays.mismatch(again, once)).isEqualTo(-1);
    double moved = 0;
    double apart = 0;
    for (int i = 0; i < once.length; i++) {
      assertThat(Float.isFinite(once[i])).isTrue();
      moved = Math.max(moved, Math.abs(wide[i]));
      apart = Math.max(apart, Math.abs(once[i] - wide[i]));
    }
    assertThat(apart).isPositive().isLessThan(0.2 * moved);
  }

  @Test
  void aRunWithOtherNumbersIsAnotherRunAndOneOfBeforeIsOfThirtyTwoBits() {
    Map<String, String> before = PROBLEM.configuration().identity();
    assertThat(before).doesNotContainKey("training.precision");
    assertThat(PROBLEM.configuration("training.precision = bf16").identity())
        .containsEntry("training.precision", "\"bf16\"");
    assertThatThrownBy(() -> PROBLEM.configuration("training.precision = fp16"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("training.precision = fp16 must be one of float32, bf16");
  }
}
