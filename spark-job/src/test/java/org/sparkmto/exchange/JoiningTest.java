package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ranks that meet, and peers that do not come or go away while they join. */
class JoiningTest {
  private static final Duration DEADLINE = Duration.ofSeconds(4);

  @BeforeEach
  void connect() {
    Wire.connect();
  }

  private static RankGroup join(String attempt, int rank, Duration deadline)
      throws InterruptedException {
    return PeerLink.GLOO.join(
        new DriverChannel(attempt), rank, 2, Ranks.HERE, deadline, Transport.FLOAT32);
  }

  /** What a rank says to the driver before it is killed: that it is ready, and where it listens. */
  private static CompletableFuture<Void> announceAndDie(String attempt) {
    return CompletableFuture.runAsync(
        () -> {
          DriverChannel driver = new DriverChannel(attempt);
          try {
            driver.awaitReady(1, 2, Deadline.in(DEADLINE));
            byte[] address = null;
            while (address == null) {
              Thread.sleep(5);
              address = driver.addresses(2, new byte[0]).get(0);
            }
            // The address of rank 0 itself, whose last 16 bytes are two numbers of connections
            // that rank 0 does not wait for.
            byte[] nobody = address.clone();
            for (int i = nobody.length - 16; i < nobody.length; i++) {
              nobody[i] = (byte) (i % 8 == 3 ? 77 : 0);
            }
            driver.addresses(1, nobody);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void aPeerThatAnnouncesItselfAndDiesIsWaitedForNoLongerThanTheDeadline() throws Exception {
    try (DriverDesk desk = DriverDesk.open("dead peer", report -> null)) {
      CompletableFuture<Void> peer = announceAndDie("dead peer");
      long start = System.nanoTime();
      assertThatThrownBy(() -> join("dead peer", 0, DEADLINE))
          .isInstanceOf(ExchangeException.class)
          .hasMessageStartingWith("rank 0 of 2 ")
          .hasMessageContaining("dead peer");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(DEADLINE.dividedBy(2), DEADLINE.plusMillis(500));
      peer.get(1, TimeUnit.SECONDS);
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void theEndOfTheAttemptEndsTheWaitForAConnectionAtOnce() throws Exception {
    CompletableFuture<Void> peer;
    Future<?> waiting;
    try (DriverDesk desk = DriverDesk.open("ended", report -> null)) {
      peer = announceAndDie("ended");
      waiting =
          CompletableFuture.runAsync(
              () ->
                  assertThatThrownBy(() -> join("ended", 0, Duration.ofMinutes(5)))
                      .isInstanceOf(ExchangeException.class)
                      .hasMessage("the driver refused ended: attempt ended is over"));
      peer.get(10, TimeUnit.SECONDS);
      assertThat(desk.bytesReceived()).isPositive();
    }
    waiting.get(2, TimeUnit.SECONDS);
  }

  @Test
  void aPeerThatNeverComesIsNamed() {
    Duration second = Duration.ofSeconds(1);
    try (DriverDesk desk = DriverDesk.open("alone", report -> null)) {
      assertThatThrownBy(() -> join("alone", 0, second))
          .isInstanceOf(ExchangeException.class)
          .hasMessage("rank 0 of 2 waited 1.0 s for rank 1 to come to attempt alone");
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void anAddressThatIsNotOfThisMachineIsNamed() {
    try (DriverDesk desk = DriverDesk.open("elsewhere", report -> null)) {
      Thread other = new Thread(() -> new DriverChannel("elsewhere").addresses(1, new byte[0]));
      other.start();
      CompletableFuture<Void> ready =
          CompletableFuture.runAsync(
              () -> {
                try {
                  new DriverChannel("elsewhere").awaitReady(1, 2, Deadline.in(DEADLINE));
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThatThrownBy(
              () ->
                  PeerLink.GLOO.join(
                      new DriverChannel("elsewhere"),
                      0,
                      2,
                      "192.0.2.1",
                      DEADLINE,
                      Transport.FLOAT32))
          .isInstanceOf(ExchangeException.class)
          .hasMessageStartingWith("rank 0 of 2 cannot join elsewhere as 192.0.2.1: ")
          .hasMessageContaining("Cannot resolve 192.0.2.1 to a (local) address");
      ready.join();
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  /**
   * The time that Gloo has to connect is a fifth of the deadline; its operations have all of it.
   */
  @Test
  void aRankThatIsLateInAStepIsWaitedForUpToTheDeadline() throws Exception {
    List<Future<Double>> sums =
        Ranks.start(
            2,
            Duration.ofSeconds(10),
            group -> {
              double[] values = {1};
              if (group.rank() == 1) {
                Thread.sleep(3000);
              }
              group.sum(values);
              return values[0];
            });
    for (Future<Double> sum : sums) {
      assertThat(sum.get(20, TimeUnit.SECONDS)).isEqualTo(2);
    }
  }

  @Test
  void nothingListensButOnTheAddressOfTheRank() throws Exception {
    Set<String> before = listeners();
    CountDownLatch met = new CountDownLatch(2);
    CountDownLatch looked = new CountDownLatch(1);
    List<Future<Integer>> ranks =
        Ranks.start(
            2,
            Duration.ofSeconds(20),
            group -> {
              met.countDown();
              looked.await(20, TimeUnit.SECONDS);
              return group.rank();
            });
    assertThat(met.await(20, TimeUnit.SECONDS)).isTrue();
    Set<String> during = listeners();
    during.removeAll(before);
    // 127.0.0.1, as the kernel writes it.
    assertThat(during).hasSize(2).allMatch(listener -> listener.startsWith("0100007F:"));
    looked.countDown();
    for (Future<Integer> rank : ranks) {
      rank.get(20, TimeUnit.SECONDS);
    }
    assertThat(listeners()).doesNotContainAnyElementsOf(during);
  }

  /** Addresses and ports on which this process listens. */
  private static Set<String> listeners() throws IOException {
    Set<String> own;
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      own = files.map(JoiningTest::target).collect(Collectors.toSet());
    }
    List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("/proc/self/net/tcp")));
    lines.addAll(Files.readAllLines(Path.of("/proc/self/net/tcp6")));
    return lines.stream()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(fields -> fields[3].equals("0A") && own.contains("socket:[" + fields[9] + "]"))
        .map(fields -> fields[1])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "gone";
    }
  }

  @Test
  void theStoreIsAFileThatOnlyItsUserCanReachAndIsRemovedOnceAllHaveMet() throws Exception {
    Set<Path> before = stores();
    try (LocalStore store = new LocalStore()) {
      Set<Path> now = stores();
      now.removeAll(before);
      assertThat(now).hasSize(1);
      assertThat(Files.getPosixFilePermissions(now.iterator().next()))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      assertThat(store.address(3)).isEmpty();
      byte[] address = {1, -1, 0, 127, -128};
      store.put(3, address);
      assertThat(store.address(3)).hasValue(address);
      store.removeFile();
      assertThat(stores()).isEqualTo(before);
    }
    Ranks.run(
        2,
        group -> {
          // After a sum every rank has joined and gone on.
          group.sum(new double[1]);
          assertThat(stores()).isEqualTo(before);
          return null;
        });
  }

  private static Set<Path> stores() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(LocalStore.folderPrefix()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
