package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.Runs;
import org.sparkmto.trial.SyntheticProblem;

/** Steps whose passes are made piece by piece are the steps of whole batches. */
@Tag("slow")
class MicroBatchTest {
  /** Sums in another order, in single precision, through a few steps. */
  private static final double ROUNDING = 1e-4;

  /** One rank has 11 samples in three pieces, two have 5 and 6 in three. */
  private static final TinyProblem GAPS = new TinyProblem(3, 11, 0.4);

  private static final int STEPS = 3;

  /** Ranks are threads here; each with threads of its own would wait for the others'. */
  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  static Stream<String> everyMethod() {
    return Runs.everyMethod().stream();
  }

  private static void agree(String... settings) throws Exception {
    float[] whole = GAPS.trained(1, STEPS, settings).get(0);
    try (Replica start = GAPS.replica()) {
      assertThat(Runs.difference(whole, TinyProblem.values(start.parameters())))
          .as("moved")
          .isGreaterThan(ROUNDING);
    }
    for (int ranks = 1; ranks <= 2; ranks++) {
      String pieces = "training.micro-batch = " + (ranks == 1 ? 5 : 2);
      List<float[]> all =
          GAPS.trained(
              ranks,
              STEPS,
              Stream.concat(Stream.of(settings), Stream.of(pieces)).toArray(String[]::new));
      assertThat(all).allMatch(own -> Arrays.equals(own, all.get(0)));
      assertThat(Runs.difference(all.get(0), whole))
          .as("%s on %d ranks", pieces, ranks)
          .isLessThan(ROUNDING);
    }
  }

  @ParameterizedTest
  @MethodSource("everyMethod")
  void everyMethodStepsAsWithTheWholeBatch(String method) throws Exception {
    agree(method, "schedule.rate = 0.005");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "method { name = pcgrad, level = parameters }, network.recompute = blocks",
        "method { name = imtl-g, level = representation }, network.recompute = blocks",
        "method.name = famo, network.recompute = blocks",
        "method.name = ew, log.gradients-every = 1",
        "method { name = ew, weights = [0.5, 3, 0] }, network.recompute = blocks",
        "method.name = ew, update.freeze-encoder-steps = 1",
        "method.name = uw, update.freeze-encoder-steps = 1",
        "method { name = imtl-g, level = representation }, update.freeze-encoder-steps = 2",
        "method { name = mgda, level = parameters }, look.every = 2",
        "method { name = mgda, level = parameters }, look.directions = 2, log.gradients-every = 1",
        "method { name = mgda, level = parameters }, look.directions = 2, network.recompute ="
            + " blocks",
        "method { name = mgda, level = parameters }, look.samples = 0.5",
        "method { name = mgda, level = parameters }, look.sketch = 64",
        "method { name = mgda, level = parameters }, look { directions = 2, sketch = 64 }",
        "method { name = gradvac, per = layer }, network.dropout = 0.3",
      })
  void soDoPassesThatAreMadeOtherwise(String settings) throws Exception {
    agree(settings, "schedule.rate = 0.005");
  }

  private static TrainedEnd trained(int samples, int ranks, String... settings) throws Exception {
    return TrainedEnd.of(SyntheticProblem.residual(3, 4, 32, samples), ranks, STEPS, settings);
  }

  /** Of 24 samples: with groups of 4, one rank has pieces of 2 groups, two have 1 and 2. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method.name = famo                                                             | 4 | 8",
        "method { name = imtl-g, level = representation }, network.recompute = blocks   | 4 | 8",
        "method { name = pcgrad, level = parameters }                                   | 4 | 8",
        "method.name = auto-lambda                                                      | 6 | 6",
      })
  void ghostGroupsKeepStatisticsAndTheirRunningMeans(String method, int group, int pieces)
      throws Exception {
    String ghost = "network { statistics = ghost, ghost-samples = %d }".formatted(group);
    TrainedEnd whole = trained(24, 1, method, ghost);
    for (int ranks = 1; ranks <= 2; ranks++) {
      TrainedEnd end = trained(24, ranks, method, ghost, "training.micro-batch = " + pieces);
      assertThat(Runs.difference(end.parameters(), whole.parameters())).isLessThan(ROUNDING);
      assertThat(Runs.difference(end.statistics(), whole.statistics())).isLessThan(ROUNDING);
    }
  }

  /** As with gradients that are accumulated in PyTorch; but running statistics move once a step. */
  @Test
  void withStatisticsOfARankPiecesAreSeenAsMoreRanksAre() throws Exception {
    TrainedEnd pieces = trained(12, 1, "training.micro-batch = 6");
    TrainedEnd ranks = trained(12, 2);
    assertThat(Runs.difference(pieces.parameters(), ranks.parameters())).isLessThan(ROUNDING);
    assertThat(Runs.difference(pieces.statistics(), ranks.statistics())).isLessThan(ROUNDING);
    assertThat(Runs.difference(pieces.parameters(), trained(12, 1).parameters()))
        .isGreaterThan(1e-3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network.statistics = synchronised | network.statistics = synchronised needs the whole",
        "network { statistics = ghost, ghost-samples = 11 }"
            + " | training.micro-batch = 4 is not a multiple of network.ghost-samples = 11",
      })
  void whatCannotBeInPiecesIsRefusedInOneLine(String settings, String message) {
    assertThatThrownBy(() -> GAPS.configuration(settings, "training.micro-batch = 4"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("training.micro-batch = 4")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource({"ew, 12, 4, true", "ew, 11, 1, true", "ew, 11, 2, false", "modo, 12, 3, false"})
  void singleSamplesAreForRanksThatHaveEquallyMany(
      String method, int batch, int ranks, boolean fits) {
    TrainingConfiguration configuration =
        new TinyProblem(3, batch, 0)
            .configuration("method.name = " + method, "training.micro-batch = 1");
    ThrowingCallable check = () -> GradientRoute.requireParts(configuration, batch, ranks);
    if (fits) {
      assertThatCode(check).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(check)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("training.micro-batch = 1 and training.batch = " + batch);
    }
  }

  @Test
  void aRunMayGoOnInOtherPieces() {
    assertThat(GAPS.configuration("training.micro-batch = 4").identity())
        .isEqualTo(GAPS.configuration().identity());
  }
}
