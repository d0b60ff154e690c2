package org.sparkmto.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.exchange.Transport;

/**
 * Three ranks learn what one does, in doubles: without roundings that a corner of a ReLU or an
 * unpooling makes much of, so that what is exact and what is not are ten orders of magnitude apart.
 */
class RanksInDoublesTest {
  /** The second one sees what the first has left: momentum, averages, weights that are learned. */
  private static final int STEPS = 2;

  /**
   * Of all parameters, some roundings of 1e-16; found are 1e-17 at most. Statistics of a rank are
   * 8e-6 and more apart.
   */
  private static final double ROUNDING = 1e-14;

  private static final String RATE = "schedule.rate = 0.0001\n";

  /** In pieces, which are to change nothing either. */
  private static final String GHOST =
      "network { statistics = ghost, ghost-samples = 2 }, training.micro-batch = 2";

  private static final String SYNCHRONISED = "network.statistics = synchronised";

  private static final List<String> KINDS =
      List.of(
          "name = ew",
          "name = famo",
          "name = cosmos",
          "name = imtl-g, level = representation",
          "name = pcgrad, level = parameters",
          "name = gradvac, per = layer",
          "name = moco",
          "name = graddrop",
          "name = mao",
          "name = mtl-io",
          "name = modo",
          "name = auto-lambda");

  private static DeviceRanks three;

  @BeforeAll
  static void join() {
    three = DeviceRanks.onCpu(3, Duration.ofMinutes(2), Transport.FLOAT32);
  }

  @AfterAll
  static void leave() {
    three.close();
  }

  static List<String> kinds() {
    return KINDS;
  }

  private static RankSteps steps(int network, String method) {
    // Three parts of a batch have whole groups on three ranks.
    int batch = method.equals("name = modo") ? 18 : 12;
    return new RankSteps(SyntheticProblem.narrow(batch).get(network), STEPS).inDoubles();
  }

  /** Every kind on every network, in turns with groups and with the whole batch. */
  @ParameterizedTest
  @MethodSource("kinds")
  void threeRanksEndWhereOneDoes(String method) {
    int kind = KINDS.indexOf(method);
    for (int network : IntStream.range(0, 3).toArray()) {
      boolean ghost = (kind + network) % 2 == 0;
      RankSteps steps = steps(network, method);
      String statistics = RATE + (ghost ? GHOST : SYNCHRONISED);
      DeviceSteps.Course one =
          steps.alone(method, statistics.replace(", training.micro-batch = 2", ""));
      assertThat(steps.together(three, method, statistics).relative(one))
          .as("%s, %s", steps.problem().network(), statistics)
          .isLessThan(ROUNDING);
    }
  }

  /** Of seven images three ranks have two or three, so that a rank has none of some task. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "name = ew",
        "name = imtl-g, level = representation",
        "name = pcgrad, level = parameters"
      })
  void aTasksImagesMayLieOnAnyRanks(String method) {
    RankSteps steps = new RankSteps(SyntheticProblem.ofOwnImages(7), STEPS).inDoubles();
    String normalised = RATE + SYNCHRONISED + "\nnetwork.normalisation = task";
    DeviceSteps.Course one = steps.alone(method, normalised);
    for (String again : List.of("", "\nnetwork.recompute = blocks")) {
      assertThat(steps.together(three, method, normalised + again).relative(one))
          .as(again)
          .isLessThan(ROUNDING);
    }
    // In floats an exact step may take inner products from factors of gradients.
    RankSteps floats = new RankSteps(SyntheticProblem.ofOwnImages(7), 1);
    assertThat(
            floats.alone(method, normalised).relative(floats.inDoubles().alone(method, normalised)))
        .isLessThan(1e-6);
  }

  /** And it is seen, with statistics of a rank's own, where it is not exact. */
  @Test
  void whatIsNotExactIsSeen() {
    String method = KINDS.get(0);
    for (int network : IntStream.range(0, 3).toArray()) {
      RankSteps steps = steps(network, method);
      assertThat(steps.together(three, method, RATE).relative(steps.alone(method, RATE)))
          .as(steps.problem().network())
          .isGreaterThan(1e8 * ROUNDING);
    }
  }
}
