package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.exchange.StepPhase;

class RankTimesTest {
  private static Map<StepPhase, Double> seconds(double data, double compute, double exchange) {
    return Map.of(
        StepPhase.DATA, data,
        StepPhase.COMPUTE, compute,
        StepPhase.EXCHANGE, exchange,
        StepPhase.DRIVER, 1.0);
  }

  private static RankTimes of(List<Map<StepPhase, Double>> seconds) {
    List<String> hosts = new ArrayList<>();
    for (int rank = 0; rank < seconds.size(); rank++) {
      hosts.add("node-" + rank);
    }
    return new RankTimes(hosts, seconds);
  }

  @Test
  void aRankThatWaitsForDataIsNamed() {
    assertThat(of(List.of(seconds(1, 97, 1), seconds(40, 58, 1))).caution().orElseThrow())
        .startsWith("rank 1 on node-1 waited for data in 40 % of its steps' time");
  }

  @Test
  void aRankThatAllOthersWaitForIsNamed() {
    RankTimes times = of(List.of(seconds(1, 50, 48), seconds(1, 98, 0), seconds(1, 60, 38)));
    assertThat(times.caution().orElseThrow())
        .startsWith("rank 0 spent 48 % of its steps' time in exchanges, rank 1 on node-1 only 0 %");
  }

  @Test
  void ranksThatAllExchangeMuchWaitForNobodyInParticular() {
    assertThat(of(List.of(seconds(1, 40, 58), seconds(1, 45, 53))).caution()).isEmpty();
  }

  @Test
  void aShortSegmentAndOneWithoutAStepSayNothing() {
    assertThat(of(List.of(seconds(8, 1, 0))).caution()).isEmpty();
    RankTimes none =
        of(
            List.of(
                Map.of(
                    StepPhase.DATA, 0.0,
                    StepPhase.COMPUTE, 0.0,
                    StepPhase.EXCHANGE, 0.0,
                    StepPhase.DRIVER, 0.0)));
    assertThat(none.caution()).isEmpty();
    assertThat(none.share(0, StepPhase.DATA)).isZero();
  }
}
