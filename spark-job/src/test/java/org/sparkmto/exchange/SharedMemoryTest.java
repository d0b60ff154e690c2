package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.method.Slices;

/** Memory that ranks share: its chunks, who sees it, and what ends a wait in it. */
class SharedMemoryTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static <T> List<Future<T>> start(int ranks, Ranks.Body<T> body) {
    return Ranks.start(PeerLink.AUTO, ranks, DEADLINE, Transport.FLOAT32, body);
  }

  private static <T> List<T> run(int ranks, Ranks.Body<T> body) throws Exception {
    return Ranks.run(PeerLink.AUTO, ranks, Transport.FLOAT32, body);
  }

  private static final double[] SIZES = {1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3};

  /** Numbers of very different lengths, so that the order of additions shows. */
  private static double value(int rank, int i) {
    long mixed = (i + 1L) * 0x9e3779b97f4a7c15L ^ (rank + 1L) * 0xc2b2ae3d27d4eb4fL;
    return (mixed >> 20) * SIZES[i % SIZES.length];
  }

  /**
   * Lengths about those at which a place, or a rank's part of one, is full; in doubles, of which a
   * place takes 16,384. Sums are those of a loop over the ranks, bit for bit.
   */
  @ParameterizedTest
  @CsvSource({
    "2, 0",
    "2, 32767",
    "2, 32768",
    "2, 32769",
    "2, 65537",
    "2, 196609",
    "3, 49151",
    "3, 49153",
    "4, 43693",
    "4, 131073"
  })
  void sumsAndSlicesAreRightAtTheBordersOfChunks(int ranks, int length) throws Exception {
    double[] expected = new double[length];
    for (int i = 0; i < length; i++) {
      expected[i] = value(0, i);
      for (int rank = 1; rank < ranks; rank++) {
        expected[i] += value(rank, i);
      }
    }
    run(
        ranks,
        group -> {
          double[] own = new double[length];
          for (int i = 0; i < length; i++) {
            own[i] = value(group.rank(), i);
          }
          double[] numbers = own.clone();
          group.sum(numbers);
          assertThat(Arrays.equals(numbers, expected)).isTrue();
          try (PointerScope scope = new PointerScope()) {
            Tensor tensor = tensor(own);
            group.sum(tensor);
            assertThat(Arrays.equals(values(tensor), expected)).isTrue();
            Tensor gradient = tensor(own);
            group.beginSum(gradient).end();
            assertThat(Arrays.equals(values(gradient), expected)).isTrue();
            Slices slices = new Slices(length, ranks);
            Tensor slice = tensor(new double[(int) slices.length(group.rank())]);
            group.beginSlices(tensor(own), slice, slices).end();
            Tensor whole = tensor(new double[length]);
            group.gatherSlices(slice, whole, slices);
            assertThat(Arrays.equals(values(whole), expected)).isTrue();
          }
          double[] told = group.rank() == 0 ? expected.clone() : new double[length];
          group.broadcast(told);
          assertThat(Arrays.equals(told, expected)).isTrue();
          return 0;
        });
  }

  private static Tensor tensor(double[] values) {
    Tensor tensor = torch.zeros(values.length).toType(ScalarType.Double);
    if (values.length > 0) {
      new DoublePointer(tensor.data_ptr()).capacity(values.length).put(values);
    }
    return tensor;
  }

  private static double[] values(Tensor tensor) {
    double[] values = new double[(int) tensor.numel()];
    if (values.length > 0) {
      new DoublePointer(tensor.data_ptr()).capacity(values.length).get(values);
    }
    return values;
  }

  @Test
  void aRankThatBeginsSomethingElseIsRefusedInOneLine() throws Exception {
    List<Future<String>> results =
        start(
            2,
            group -> {
              try {
                if (group.rank() == 0) {
                  group.sum(new double[3]);
                } else {
                  group.broadcast(new double[4]);
                }
                return "nothing";
              } catch (ExchangeException e) {
                return e.getMessage();
              }
            });
    String rest = "; ranks must call the same operations in the same order";
    assertThat(results.get(0).get(30, TimeUnit.SECONDS))
        .isEqualTo(
            "rank 0 of 2 waited for a sum of 3 numbers: this is a sum of numbers (3 as Double), and"
                + " rank 1 is at the weights of rank 0 (4 as Double)"
                + rest);
    assertThat(results.get(1).get(30, TimeUnit.SECONDS))
        .isEqualTo(
            "rank 1 of 2 waited for the weights of rank 0: this is the weights of rank 0 (4 as"
                + " Double), and rank 0 is at a sum of numbers (3 as Double)"
                + rest);
  }

  @Test
  void whatFollowsAFailureFailsToo() throws Exception {
    List<Future<String>> results =
        start(
            2,
            group -> {
              if (group.rank() == 1) {
                return "left";
              }
              assertThatThrownBy(() -> group.sum(new double[1]))
                  .isInstanceOf(ExchangeException.class)
                  .hasMessage("rank 0 of 2 waited for a sum of 1 number: rank 1 has left");
              assertThatThrownBy(() -> group.broadcast(new double[1]))
                  .isInstanceOf(ExchangeException.class)
                  .hasMessage("rank 0 of 2 waited for the weights of rank 0: rank 1 has left");
              return "heard";
            });
    assertThat(results.get(0).get(30, TimeUnit.SECONDS)).isEqualTo("heard");
  }

  @Test
  void closingEndsAWaitOfTheSameRankAtOnce() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    List<Future<String>> results =
        start(
            2,
            group -> {
              if (group.rank() == 1) {
                over.await();
                return "";
              }
              CompletableFuture<Void> closing =
                  CompletableFuture.runAsync(
                      group::close, CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));
              long begin = System.nanoTime();
              assertThatThrownBy(() -> group.sum(new double[1]))
                  .hasMessage("rank 0 of 2 waited for a sum of 1 number: this rank has left");
              assertThat(Duration.ofNanos(System.nanoTime() - begin))
                  .isLessThan(DEADLINE.dividedBy(2));
              closing.get();
              over.countDown();
              return "ended";
            });
    assertThat(results.get(0).get(30, TimeUnit.SECONDS)).isEqualTo("ended");
  }

  /** As a wait in a native library: it goes on, and who asks afterwards hears of it. */
  @Test
  void anInterruptionIsKeptForAfterTheWait() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    List<Boolean> kept =
        run(
            2,
            group -> {
              double[] values = {1};
              if (group.rank() == 1) {
                interrupted.await();
                Thread.sleep(50);
                group.sum(values);
                return true;
              }
              Thread.currentThread().interrupt();
              interrupted.countDown();
              group.sum(values);
              assertThat(values).containsExactly(2);
              return Thread.interrupted();
            });
    assertThat(kept).containsOnly(true);
  }

  @Test
  void nothingLiesInTheFolderAndNothingStaysMapped() throws Exception {
    List<Long> maps =
        run(
            3,
            group -> {
              group.sum(new double[1]);
              assertThat(named()).isEmpty();
              long mapped = mapped();
              group.sum(new double[1]);
              return mapped;
            });
    // Of every rank one, and perhaps of another test's that ends.
    assertThat(maps.get(0)).isGreaterThanOrEqualTo(3);
    assertThat(mapped()).isZero();
  }

  private static List<Path> named() throws IOException {
    try (Stream<Path> all = Files.list(SharedFile.MEMORY)) {
      return all.filter(file -> file.getFileName().toString().startsWith("spark-mto-")).toList();
    }
  }

  private static long mapped() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains("/spark-mto-")).count();
    }
  }

  @Test
  void aFileIsForItsOwnerAloneAndHasNoNameAndAllItsPages(@TempDir Path folder) throws Exception {
    try (SharedFile file = SharedFile.create(folder, 100_000)) {
      assertThat(folder).isEmptyDirectory();
      Path opened = Path.of(file.place().path());
      assertThat(Files.getPosixFilePermissions(opened))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(Files.size(opened)).isEqualTo(100_000);
      assertThat(file.place().isSeen()).isTrue();
      byte[] other = file.place().token().clone();
      other[31]++;
      assertThat(new SharedFile.Place(file.place().path(), 100_000, other).isSeen()).isFalse();
      assertThat(new SharedFile.Place(file.place().path(), 99_999, file.place().token()).isSeen())
          .isFalse();
      assertThat(new SharedFile.Place("/proc/self/fd/0", 100_000, other).isSeen()).isFalse();
    }
  }

  @Test
  void whereThereIsNoRoomNothingIsLeftAndItIsSaid(@TempDir Path folder) {
    long all = 1L << 60;
    assertThatThrownBy(() -> SharedFile.create(folder, all))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder + " has no room for 1099511627776.0 MiB: ")
        .hasMessageEndingWith(" are free");
    assertThat(folder).isEmptyDirectory();
    assertThatThrownBy(() -> SharedFile.create(folder.resolve("missing"), 10))
        .hasMessage("there is no folder " + folder.resolve("missing"));
  }

  private static List<Optional<SharedQueues>> joined(String attempt, int ranks, Path folder)
      throws Exception {
    Wire.connect();
    List<CompletableFuture<Optional<SharedQueues>>> all = new ArrayList<>();
    try (DriverDesk desk = DriverDesk.open(attempt, report -> null)) {
      for (int rank = 0; rank < ranks; rank++) {
        int own = rank;
        all.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return new SharedJoining(
                            Met.all(new DriverChannel(attempt), own, ranks, DEADLINE))
                        .join(folder);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                },
                work -> new Thread(work).start()));
      }
      List<Optional<SharedQueues>> rounds = new ArrayList<>();
      for (CompletableFuture<Optional<SharedQueues>> one : all) {
        rounds.add(one.get(30, TimeUnit.SECONDS));
      }
      assertThat(desk.bytesReceived()).isPositive();
      return rounds;
    }
  }

  @Test
  void whereRankZeroHasNoFolderAllKnowThatThereIsNone(@TempDir Path folder) throws Exception {
    assertThat(joined("no folder", 3, folder.resolve("missing")))
        .containsExactly(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Rank 0 says that its file is where this rank finds another one, as in another container. */
  @Test
  void whoDoesNotSeeTheTokenSaysSo(@TempDir Path folder) throws Exception {
    Wire.connect();
    DriverChannel zero = new DriverChannel("unseen");
    try (DriverDesk desk = DriverDesk.open("unseen", report -> null);
        SharedFile file = SharedFile.create(folder, SharedMemory.bytes(2))) {
      byte[] token = new byte[32];
      SharedFile.Place elsewhere =
          new SharedFile.Place(file.place().path(), file.place().bytes(), token);
      assertThat(said(zero, new SharedJoining.Offer(PeerProcess.own(), Optional.of(elsewhere), "")))
          .startsWith("rank 1 does not see the memory of rank 0, which is on another machine");
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  @Test
  void whoDoesNotSeeAPeersProcessSaysSo(@TempDir Path folder) throws Exception {
    Wire.connect();
    DriverChannel zero = new DriverChannel("another one's number");
    try (DriverDesk desk = DriverDesk.open("another one's number", report -> null);
        SharedFile file = SharedFile.create(folder, SharedMemory.bytes(2))) {
      PeerProcess own = PeerProcess.own();
      PeerProcess before = new PeerProcess(own.pid(), own.start() - 1);
      assertThat(said(zero, new SharedJoining.Offer(before, Optional.of(file.place()), "")))
          .startsWith("rank 1 does not see the process of rank 0, which is on another machine");
      assertThat(desk.bytesReceived()).isPositive();
    }
  }

  /** What rank 1 says of what rank 0 has offered; it then joins nothing. */
  private static String said(DriverChannel zero, SharedJoining.Offer offer) throws Exception {
    CompletableFuture<Optional<SharedQueues>> one =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return new SharedJoining(Met.all(new DriverChannel(zero.attempt()), 1, 2, DEADLINE))
                    .join(SharedFile.MEMORY);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    Deadline deadline = Deadline.in(DEADLINE);
    zero.awaitReady(0, 2, deadline);
    zero.awaitMemory(0, 2, offer.bytes(), deadline);
    byte[] words = zero.awaitSeen(0, 2, new byte[0], deadline).get(1);
    assertThat(one.get(30, TimeUnit.SECONDS)).isEmpty();
    return new String(words, StandardCharsets.UTF_8);
  }

  @Test
  void aProcessThatHasEndedDoesNotLive() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    long start = Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]);
    PeerProcess seen = new PeerProcess(process.pid(), start);
    assertThat(seen.lives()).isTrue();
    assertThat(PeerProcess.own().lives()).isTrue();
    assertThat(PeerProcess.UNKNOWN.lives()).isFalse();
    assertThat(new PeerProcess(process.pid(), start + 1).lives()).isFalse();
    process.destroyForcibly().waitFor();
    assertThat(seen.lives()).isFalse();
  }
}
