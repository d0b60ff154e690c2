package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.runlog.PhasesLine;
import org.sparkmto.timing.StepPhase;

class RankTimesTest {
  private static Map<StepPhase, Double> seconds(double data, double compute, double exchange) {
    Map<StepPhase, Double> seconds = nothing();
    seconds.put(StepPhase.DATA, data);
    seconds.put(StepPhase.FORWARD, compute / 2);
    seconds.put(StepPhase.BACKWARD, compute / 2);
    seconds.put(StepPhase.EXCHANGE, exchange);
    seconds.put(StepPhase.DRIVER, 1.0);
    return seconds;
  }

  private static Map<StepPhase, Double> nothing() {
    Map<StepPhase, Double> seconds = new EnumMap<>(StepPhase.class);
    for (StepPhase phase : StepPhase.values()) {
      seconds.put(phase, 0.0);
    }
    return seconds;
  }

  private static RankTimes of(List<Map<StepPhase, Double>> seconds) {
    List<String> hosts = new ArrayList<>();
    for (int rank = 0; rank < seconds.size(); rank++) {
      hosts.add("node-" + rank);
    }
    return new RankTimes(100, 200, hosts, seconds);
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
    RankTimes none = of(List.of(nothing()));
    assertThat(none.caution()).isEmpty();
    assertThat(none.share(0, StepPhase.DATA)).isZero();
  }

  @Test
  void theLogHasEveryPhaseOfEveryRank() {
    PhasesLine line = of(List.of(seconds(1, 97, 1), seconds(40, 58, 1))).line();
    assertThat(line.steps()).isEqualTo(100);
    assertThat(line.ranks().get(1).host()).isEqualTo("node-1");
    assertThat(line.ranks().get(1).seconds())
        .containsEntry("data", 40.0)
        .containsEntry("forward", 29.0)
        .hasSize(StepPhase.values().length);
    assertThat(line.meanMillis()).containsEntry("data", 205.0).containsEntry("driver", 10.0);
  }
}
