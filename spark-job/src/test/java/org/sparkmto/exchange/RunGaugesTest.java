package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.sparkmto.timing.StepPhase;

class RunGaugesTest {
  @Test
  void thePageNamesEveryGauge() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "monitoring.md"));
    assertThat(page).contains("`" + RunGauges.RUNNING + "`");
    for (StepPhase phase : StepPhase.values()) {
      assertThat(page).contains("`" + phase.gauge() + "`", "`rank.N." + phase.word() + "`");
    }
    assertThat(page).contains(AggregatorPlugin.class.getName());
  }
}
