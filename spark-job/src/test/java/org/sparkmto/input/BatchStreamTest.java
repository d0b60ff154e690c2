package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;

@Timeout(60)
class BatchStreamTest {
  private static final List<List<Integer>> FILES =
      List.of(List.of(8, 8, 5), List.of(4, 4), List.of(9, 9, 9, 2), List.of(3));
  private static final int ROWS = 61;

  @TempDir Path root;

  /** Global batches of 1 to 4 ranks are the same, over epochs, windows and caches of every kind. */
  @ParameterizedTest
  @CsvSource({
    "1000, 1000000", // one window, all cached
    "20, 1000000", // several windows, all cached
    "20, 400", // a cache of one or two row groups
    "20, 0", // no cache
    "1, 300", // every row group a window
  })
  void ranksShareTheSameGlobalBatches(int windowRows, long cacheBytes) {
    SplitSource source = ShardFixture.write(root, FILES, "image", "label");
    int globalBatch = 7;
    int steps = 3 * (ROWS / globalBatch) + 2;
    List<List<Long>> expected = null;
    for (int ranks = 1; ranks <= 4; ranks++) {
      List<List<Long>> batches = new ArrayList<>();
      for (int step = 0; step < steps; step++) {
        batches.add(new ArrayList<>());
      }
      for (int rank = 0; rank < ranks; rank++) {
        BatchPlan plan = new BatchPlan(globalBatch, rank, ranks, 11, windowRows);
        try (BatchStream stream = BatchStream.open(source, plan, new Buffering(cacheBytes, 2), 0)) {
          assertThat(stream.stepsPerEpoch()).isEqualTo(8);
          for (int step = 0; step < steps; step++) {
            RankBatch batch = stream.next();
            assertThat(batch.step()).isEqualTo(step);
            assertThat(batch.epoch()).isEqualTo(step / 8);
            assertThat(batch.samples()).isBetween(globalBatch / ranks, globalBatch / ranks + 1);
            checkValues(batch);
            LongStream.range(0, batch.samples())
                .map(i -> batch.index((int) i))
                .forEach(batches.get(step)::add);
          }
        }
      }
      for (List<Long> batch : batches) {
        assertThat(batch).hasSize(globalBatch);
      }
      for (int epoch = 0; epoch < 3; epoch++) {
        assertThat(batches.subList(epoch * 8, epoch * 8 + 8).stream().flatMap(List::stream))
            .doesNotHaveDuplicates();
      }
      assertThat(batches.get(0)).isNotEqualTo(batches.get(8));
      if (expected == null) {
        expected = batches;
      }
      assertThat(batches).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"1000", "20", "1"})
  void aStreamOpenedLaterGivesTheSameBatches(int windowRows) {
    SplitSource source = ShardFixture.write(root, FILES, "label");
    BatchPlan plan = new BatchPlan(6, 1, 2, 5, windowRows);
    List<List<Long>> whole = indices(source, plan, 0, 40);
    for (int first : new int[] {1, 9, 10, 23}) {
      assertThat(indices(source, plan, first, 10)).isEqualTo(whole.subList(first, first + 10));
    }
  }

  @Test
  void readsOnlyTheColumnsAskedFor() {
    SplitSource source = ShardFixture.write(root, FILES, "label");
    try (BatchStream stream = open(source, new BatchPlan(4, 0, 1, 1, 100))) {
      RankBatch batch = stream.next();
      assertThat(batch.columns()).extracting(Column::name).containsExactly("label");
      assertThat(batch.bytes("label")).hasSize(16);
      assertThatThrownBy(() -> batch.bytes("image"))
          .isInstanceOf(DataContractException.class)
          .hasMessageContaining("'image' was not asked for; the batch has [label]");
    }
  }

  @Test
  void refusesBatchesThatCannotBe() {
    SplitSource source = ShardFixture.write(root, FILES, "label");
    assertThatThrownBy(() -> new BatchPlan(3, 0, 4, 1, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a global batch of 3 samples leaves some of the 4 ranks without any; enlarge the"
                + " batch");
    assertThatThrownBy(() -> new BatchPlan(4, 4, 4, 1, 100)).hasMessageContaining("rank 4 of 4");
    assertThatThrownBy(() -> open(source, new BatchPlan(62, 0, 1, 1, 100)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a global batch of 62 samples is larger than the split, which has 61; reduce the"
                + " batch");
    assertThatThrownBy(
            () -> BatchStream.open(source, new BatchPlan(4, 0, 1, 1, 9), Buffering.DEFAULT, -1))
        .hasMessageContaining("step -1");
    assertThatThrownBy(() -> ShardFixture.write(root, FILES, "label", "label"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ShardFixture.write(root, FILES, "depth"))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("depth");
  }

  @Test
  void aFailureReachesTheReaderWithItsCauseAndStays() throws Exception {
    SplitSource source = ShardFixture.write(root, FILES, "label");
    Files.delete(root.resolve("split=train/part-00002.parquet"));
    try (BatchStream stream = open(source, new BatchPlan(4, 0, 1, 1, 100))) {
      for (int call = 0; call < 2; call++) {
        assertThatThrownBy(stream::next)
            .isInstanceOf(InputException.class)
            .hasMessageContaining("batches of split 'train', rank 0 failed: shard ")
            .hasMessageContaining("part-00002.parquet is missing, but the manifest lists it")
            .cause()
            .isInstanceOf(DataContractException.class);
      }
    }
  }

  @Test
  void closeEndsTheThreadsWhoseQueuesAreFull() throws Exception {
    SplitSource source = ShardFixture.write(root, FILES, "image");
    BatchStream stream = open(source, new BatchPlan(4, 0, 1, 1, 10));
    RankBatch first = stream.next();
    assertThat(first.samples()).isEqualTo(4);
    Thread.sleep(100);
    assertThat(stream.alive()).isTrue();
    stream.close();
    assertThat(stream.alive()).isFalse();
    stream.close();
    assertThatThrownBy(stream::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("already closed");
  }

  @Test
  void closeFreesAWaitingReader() throws Exception {
    Prefetch<String> never =
        Prefetch.start(
            "never",
            1,
            () -> {
              try {
                Thread.sleep(Duration.ofMinutes(5).toMillis());
              } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
              }
              return "late";
            });
    CompletableFuture<Object> reader = CompletableFuture.supplyAsync(never::next);
    Thread.sleep(50);
    never.close();
    assertThatThrownBy(() -> reader.get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("never: already closed");
    assertThat(never.alive()).isFalse();
  }

  @Test
  void anInterruptedReaderStaysInterrupted() {
    SplitSource source = ShardFixture.write(root, FILES, "image");
    try (BatchStream stream = open(source, new BatchPlan(4, 0, 1, 1, 10))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(stream::next)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("interrupted while waiting");
      assertThat(Thread.interrupted()).isTrue();
      // Nothing was lost.
      assertThat(stream.next().step()).isZero();
    }
  }

  @Test
  void preparesNoMoreThanAllowed() throws Exception {
    List<Integer> asked = new ArrayList<>();
    try (Prefetch<Integer> numbers =
        Prefetch.start(
            "numbers",
            3,
            () -> {
              synchronized (asked) {
                asked.add(asked.size());
                return asked.size();
              }
            })) {
      Thread.sleep(100);
      synchronized (asked) {
        assertThat(asked).hasSize(3);
      }
      assertThat(numbers.next()).contains(1);
      Thread.sleep(100);
      synchronized (asked) {
        assertThat(asked).hasSize(4);
      }
    }
  }

  static void checkValues(RankBatch batch) {
    for (int i = 0; i < batch.samples(); i++) {
      int size = ShardFixture.IMAGE.bytes();
      assertThat(Arrays.copyOfRange(batch.bytes("image"), i * size, (i + 1) * size))
          .isEqualTo(ShardFixture.image(batch.index(i)));
      assertThat(Arrays.copyOfRange(batch.bytes("label"), i * 4, i * 4 + 4))
          .isEqualTo(ShardFixture.label(batch.index(i)));
    }
  }

  private static BatchStream open(SplitSource source, BatchPlan plan) {
    return BatchStream.open(source, plan, Buffering.DEFAULT, 0);
  }

  private static List<List<Long>> indices(
      SplitSource source, BatchPlan plan, long firstStep, int steps) {
    List<List<Long>> batches = new ArrayList<>();
    try (BatchStream stream = BatchStream.open(source, plan, new Buffering(500, 1), firstStep)) {
      for (int s = 0; s < steps; s++) {
        RankBatch batch = stream.next();
        assertThat(batch.step()).isEqualTo(firstStep + s);
        batches.add(
            LongStream.range(0, batch.samples()).mapToObj(i -> batch.index((int) i)).toList());
      }
    }
    return batches;
  }
}
