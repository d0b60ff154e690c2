package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparkmto.exchange.DriverChannel;
import org.sparkmto.exchange.DriverDesk;
import org.sparkmto.exchange.PeerLink;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.RankProcesses;
import org.sparkmto.exchange.Transport;
import org.sparkmto.network.Device;

/** How ranks that are processes come to a group. */
class RendezvousTest {
  private static final String FIRST = "with room in memory";
  private static final String SECOND = "without";

  /** Less than any file in memory that ranks share. */
  private static final int ROOM = 1 << 20;

  /**
   * The kernel lets rank 0 write no file of the size that is needed, as where {@code /dev/shm} is
   * that of a container. Rank 1 could share: all come to the same.
   */
  @Test
  @Tag("slow")
  void ranksThatAreRefusedSharedMemoryMeetOverGloo() throws Exception {
    assumeTrue(limited(ProcessHandle.current().pid(), ""), "there is no prlimit here");
    try (DriverDesk second = DriverDesk.open(SECOND, report -> null);
        RankProcesses ranks = RankProcesses.start(FIRST, 2, Rank.class)) {
      for (int rank = 0; rank < 2; rank++) {
        assertThat(ranks.result(rank).get(RankProcesses.PATIENCE.toSeconds(), TimeUnit.SECONDS))
            .as("rank %d", rank)
            .isEqualTo("SharedMemoryGroup: 3.0, GlooGroup: 3.0");
      }
      assertThat(second.bytesReceived()).isPositive();
    }
  }

  /** Limits the size of files that a process may make; without a size merely asks for it. */
  private static boolean limited(long pid, String size) throws InterruptedException {
    String limit = size.isEmpty() ? "--fsize" : "--fsize=" + size + ":";
    try {
      return new ProcessBuilder("prlimit", "--pid", Long.toString(pid), limit)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The program of a rank. */
  static final class Rank {
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    public static void main(String[] arguments) throws Exception {
      RankProcesses.main(arguments, Rank::run);
    }

    private static String run(int rank, int size, DriverChannel driver) throws Exception {
      String first = met(rank, size, driver);
      if (rank == 0 && !limited(ProcessHandle.current().pid(), Integer.toString(ROOM))) {
        return "the size of its files cannot be limited";
      }
      return first + ", " + met(rank, size, new DriverChannel(SECOND));
    }

    private static String met(int rank, int size, DriverChannel driver)
        throws InterruptedException {
      try (RankGroup group =
          Rendezvous.join(
              "127.0.0.1",
              rank,
              size,
              driver,
              Device.CPU,
              DEADLINE,
              Transport.FLOAT32,
              PeerLink.AUTO)) {
        double[] values = {rank + 1};
        group.sum(values);
        return "%s: %s".formatted(group.getClass().getSimpleName(), values[0]);
      }
    }
  }
}
