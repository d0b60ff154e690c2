package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Groups that are opened, used and closed again and again, as at the borders of segments. A store
 * that was freed before its group once corrupted the heap about every seventieth time; glibc fills
 * freed memory here, which makes such a mistake show.
 */
class GroupLifetimeIT {
  private static final int TIMES = 100;

  @TempDir private Path folder;

  @Test
  void leavesTheHeapWhole() throws Exception {
    Path output = folder.resolve("output");
    ProcessBuilder child =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + folder.resolve("crash"),
            "-cp",
            System.getProperty("java.class.path"),
            OpenAndClose.class.getName());
    child.environment().put("GLIBC_TUNABLES", "glibc.malloc.perturb=165");
    child.redirectErrorStream(true).redirectOutput(output.toFile());
    Process process = child.start();
    try {
      assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    // Gloo would say "[Gloo] Rank 0 is connected to 1 peer ranks" among a run's lines of progress.
    assertThat(output).content().doesNotContain("[Gloo]").contains("all groups are closed");
  }

  /** The child's program. */
  static final class OpenAndClose {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String HOST = "127.0.0.1";

    public static void main(String[] arguments) {
      Wire.connect();
      for (int time = 0; time < TIMES; time++) {
        String name = "attempt " + time;
        try (DriverDesk desk = DriverDesk.open(name, report -> null)) {
          CompletableFuture<Void> other = CompletableFuture.runAsync(() -> use(name, 1));
          use(name, 0);
          other.join();
          if (desk.bytesReceived() == 0) {
            throw new IllegalStateException("the ranks have not met at the desk");
          }
        }
      }
      System.out.println("all groups are closed");
    }

    private static void use(String name, int rank) {
      try {
        use(
            PeerLink.GLOO.join(
                new DriverChannel(name), rank, 2, HOST, DEADLINE, Transport.FLOAT32));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void use(RankGroup group) {
      try (group) {
        for (int step = 0; step < 4; step++) {
          group.sum(new double[82]);
          group.broadcast(new double[80]);
        }
      }
    }
  }
}
