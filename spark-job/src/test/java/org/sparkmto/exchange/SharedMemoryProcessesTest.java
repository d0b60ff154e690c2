package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ranks that are processes and share memory, of which one is killed in the end. */
@Tag("slow")
class SharedMemoryProcessesTest {
  /** Several chunks, the last not full. */
  private static final int LENGTH = 300_007;

  /** Longer than the test takes: it must not be what ends the wait. */
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private static final String SUMMED = "summed";

  @Test
  void theySumAndAPeerThatIsKilledIsMissedAtOnce() throws Exception {
    Set<Path> before = files();
    try (RankProcesses ranks = RankProcesses.start("killed", 2, Rank.class)) {
      assertThat(ranks.result(1).get(RankProcesses.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(SUMMED);
      ranks.process(1).destroyForcibly();
      long begin = System.nanoTime();
      assertThat(ranks.result(0).get(RankProcesses.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(
              "ExchangeException: rank 0 of 2 waited for a sum of gradients: the process of rank 1"
                  + " has ended");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }
    assertThat(files()).isEqualTo(before);
  }

  private static Set<Path> files() throws Exception {
    try (Stream<Path> all = Files.list(SharedFile.MEMORY)) {
      // Others of this machine may make and delete what they like there.
      return all.filter(file -> file.getFileName().toString().startsWith("spark-mto-"))
          .collect(Collectors.toSet());
    }
  }

  /** The program of a rank. */
  static final class Rank {
    public static void main(String[] arguments) throws Exception {
      RankProcesses.main(arguments, Rank::run);
    }

    private static String run(int rank, int size, DriverChannel driver) throws Exception {
      // Left open: a rank that is killed closes nothing.
      RankGroup group =
          PeerLink.AUTO.join(driver, rank, size, Ranks.HERE, DEADLINE, Transport.FLOAT32);
      try (PointerScope scope = new PointerScope()) {
        for (int time = 0; time < 3; time++) {
          float[] expected = gradient(0, time);
          float[] other = gradient(1, time);
          for (int i = 0; i < LENGTH; i++) {
            expected[i] += other[i];
          }
          Tensor own = FloatTensors.tensor(gradient(rank, time));
          group.beginSum(own).end();
          if (!Arrays.equals(FloatTensors.values(own), expected)) {
            return "rank %d has another sum".formatted(rank);
          }
        }
        if (rank == 0) {
          group.beginSum(FloatTensors.tensor(gradient(rank, 0))).end();
        }
      }
      return SUMMED;
    }

    private static float[] gradient(int rank, int time) {
      float[] values = new float[LENGTH];
      for (int i = 0; i < LENGTH; i++) {
        long mixed = (i + 1L) * 0x9e3779b97f4a7c15L ^ (rank + 1L) * 0xc2b2ae3d27d4eb4fL ^ time;
        values[i] = mixed >> 20;
      }
      return values;
    }
  }
}
