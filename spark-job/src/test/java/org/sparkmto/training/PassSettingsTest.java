package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.options.ConfigurationException;

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
        "method.name = auto-lambda");
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
  }
}
