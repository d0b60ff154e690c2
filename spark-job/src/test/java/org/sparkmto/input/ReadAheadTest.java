package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.SoundShards;

/** Row groups are read before they are wanted, several at a time. */
class ReadAheadTest {
  /** Local files, each of which takes a while to open; knows how many were opened at a time. */
  public static final class SlowFiles extends RawLocalFileSystem {
    private static final AtomicInteger NOW = new AtomicInteger();
    private static final AtomicInteger MOST = new AtomicInteger();

    @Override
    public String getScheme() {
      return "slow";
    }

    @Override
    public URI getUri() {
      return URI.create("slow:///");
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path file, int buffer) throws IOException {
      MOST.accumulateAndGet(NOW.incrementAndGet(), Math::max);
      try {
        Thread.sleep(20);
        return super.open(file, buffer);
      } catch (InterruptedException e) {
        throw new IOException(e);
      } finally {
        NOW.decrementAndGet();
      }
    }
  }

  @TempDir Path root;

  private static SplitSource slow(SplitSource source) {
    Configuration hadoop = new Configuration(source.hadoop());
    hadoop.setClass("fs.slow.impl", SlowFiles.class, org.apache.hadoop.fs.FileSystem.class);
    hadoop.setBoolean(SoundShards.VERIFY, false);
    return new SplitSource(
        source.manifest(),
        new org.apache.hadoop.fs.Path("slow://" + source.root().toUri().getPath()),
        hadoop,
        source.split(),
        source.columns());
  }

  @Test
  void severalRowGroupsAreReadAtATimeAlsoWhereEachIsAWindow() {
    List<Integer> file = IntStream.range(0, 10).mapToObj(i -> 2).toList();
    SplitSource source = slow(ShardFixture.write(root, List.of(file, file), "image", "label"));
    SlowFiles.MOST.set(0);
    try (SplitScan scan = SplitScan.open(source, 0, 1, 2)) {
      for (int batch = 0; batch < 20; batch++) {
        RankBatch next = scan.next().orElseThrow();
        assertThat(next.index(0)).isEqualTo(2L * batch);
        BatchStreamTest.checkValues(next);
      }
      assertThat(scan.next()).isEmpty();
    }
    assertThat(SlowFiles.MOST.get()).isBetween(2, RowGroups.AT_A_TIME);
  }

  /** What is read ahead, held or read again changes no batch. */
  @Property(tries = 25)
  void batchesAreThoseOfTheOrder(
      @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 6) Integer> groups,
      @ForAll @IntRange(min = 1, max = 9) int rowsOfGroup,
      @ForAll @IntRange(min = 1, max = 40) int windowRows,
      @ForAll @IntRange(min = 0, max = 900) int cacheBytes,
      @ForAll @IntRange(min = 1, max = 3) int ranks,
      @ForAll @IntRange(min = 0, max = 30) int firstStep)
      throws IOException {
    Path folder = Files.createTempDirectory("read-ahead");
    try {
      List<List<Integer>> files =
          groups.stream()
              .map(count -> IntStream.range(0, count).mapToObj(i -> rowsOfGroup).toList())
              .toList();
      SplitSource source = ShardFixture.write(folder, files, "image", "label");
      int batch = (int) Math.min(source.rows(), 2L * ranks);
      if (batch < ranks) {
        return;
      }
      Layout layout = source.layout();
      for (int rank = 0; rank < ranks; rank++) {
        BatchPlan plan = new BatchPlan(batch, rank, ranks, 7, windowRows);
        long perEpoch = plan.stepsPerEpoch(source.rows());
        try (BatchStream stream =
            BatchStream.open(source, plan, new Buffering(cacheBytes, 2), firstStep)) {
          for (long step = firstStep; step < firstStep + 12; step++) {
            Part part = plan.part(step, perEpoch);
            SampleOrder order = SampleOrder.shuffled(layout, windowRows, 7, part.epoch());
            RankBatch found = stream.next();
            assertThat(found.samples()).isEqualTo(part.samples());
            for (int i = 0; i < found.samples(); i++) {
              long position = part.from() + i;
              int window = order.windowAt(position);
              assertThat(found.index(i))
                  .isEqualTo(order.samples(window)[(int) (position - order.start(window))]);
            }
            BatchStreamTest.checkValues(found);
          }
        }
      }
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void theMostThatAStreamTakesOfTheHeapIsKnownBefore() {
    // 22 rows of 28 bytes, the largest row group with 4 of them.
    SplitSource source =
        ShardFixture.write(root, List.of(List.of(4, 4, 4), List.of(4, 4, 2)), "image", "label");
    BatchPlan one = new BatchPlan(6, 0, 1, 1, 8);
    long groups = 2 * 4 * 4 * 28;
    long batches = 4 * 6 * 28;
    assertThat(BatchStream.mostHeap(source, one, new Buffering(0, 2)))
        .isEqualTo(2 * 8 * 28 + groups + batches);
    assertThat(BatchStream.mostHeap(source, one, new Buffering(1 << 20, 2)))
        .as("all is kept")
        .isEqualTo(22 * 28 + groups + batches);
    assertThat(BatchStream.mostHeap(source, new BatchPlan(6, 0, 2, 1, 8), new Buffering(0, 2)))
        .as("a rank's share of windows and batches")
        .isEqualTo(2 * 4 * 28 + groups + batches / 2);
    assertThat(BatchStream.mostHeap(source, new BatchPlan(6, 0, 1, 1, 1), new Buffering(0, 2)))
        .as("a row group is a window at least")
        .isEqualTo(2 * 4 * 28 + groups + batches);
  }
}
