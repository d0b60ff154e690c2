package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drills of executors on two of them, and that of their disk. */
@Tag("hostile")
class FailureDrillsIT extends ExecutorDrills {
  @Override
  int executors() {
    return 2;
  }

  /** Trying again would not help: the run says so and goes on when there is room. */
  @Test
  void aDiskThatIsFullAtACheckpoint(@TempDir Path folder) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"))) {
      Path run = disk.at().resolve("run");
      drills().hold(HeldPhases.CHECKPOINT, 0, 2);
      DrillCluster.Disturbed full = drills().ask("full disk", run, "");
      drills().awaitHeld(HeldPhases.CHECKPOINT, 0, "Checkpoints.write");
      disk.fill();
      drills().release();
      assertThat(full.end())
          .startsWith(
              "TrainingFailedException: steps 20 to 40 failed because of: rank 0: cannot write ")
          .contains(run + "/checkpoints/step-00000040/optimizer.safetensors")
          .contains("No space left on device")
          .doesNotContain("\n");
      assertThat(full.console()).doesNotContain("restart");
      disk.free();
      drills().ask("room again", run, RunsOnDemand.RESUME).assertAsUndisturbed();
    }
  }
}
