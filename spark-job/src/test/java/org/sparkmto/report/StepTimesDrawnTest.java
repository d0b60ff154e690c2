package org.sparkmto.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepTimesDrawnTest {
  @TempDir Path folder;

  @Test
  void theStartUpInTheFirstStepDoesNotFlattenTheOthers() throws Exception {
    Path directory =
        new SyntheticRun(List.of("left", "right"), "ew", "EW", 300, 1)
            .writeTo(folder.resolve("run"));
    RunLog log = Run.read(RunFiles.of(directory)).log();
    double[] drawn = log.time().greatests().sorted();
    assertThat(drawn[drawn.length - 1]).isLessThan(100);
    assertThat(log.longestMillis()).isGreaterThan(900);
  }
}
