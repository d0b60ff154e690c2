package org.sparkmto.preprocessing.shard;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.random.Draws;

/**
 * The samples of one Parquet file, in the order of its rows.
 *
 * <p>The order of a split is (rank, sample identity), where the rank is a hash of the seed and the
 * identity. It is a random order that depends on nothing else, so it is known before any image is
 * read: the driver cuts the ordered list into runs, one task decodes and writes one run, and no
 * image is ever shuffled between machines. The rows of all files, one file after the other, are the
 * same however many files there are.
 */
final class ShardPlan implements Serializable {
  private static final long serialVersionUID = 1;

  /** A file holds at most about this many bytes of decoded columns... */
  private static final long MOST_BYTES_PER_FILE = 64L << 20;

  /** ...and, so that many tasks can decode, not many more than this... */
  private static final long BYTES_PER_FILE = 8L << 20;

  /** ...unless a split would have more files than this. */
  private static final long FILES = 64;

  private final ArrayList<RankedSample> samples;

  /** A sample and its place in the order. */
  record RankedSample(long rank, RawSample sample) implements Serializable {
    static final Comparator<RankedSample> ORDER =
        Comparator.comparingLong(RankedSample::rank).thenComparing(ranked -> ranked.sample().id());
  }

  private ShardPlan(List<RankedSample> samples) {
    this.samples = new ArrayList<>(samples);
  }

  List<RankedSample> samples() {
    return samples;
  }

  /**
   * Plans the files of every split.
   *
   * @param bytesPerRow of all columns together
   * @param files number of files of a split; without it, one that depends on the data alone, not on
   *     the cluster
   */
  static Map<String, List<ShardPlan>> of(
      List<RawSample> samples, long seed, long bytesPerRow, OptionalInt files) {
    Draws ranks = Draws.of(seed).of("rank");
    Map<String, List<RankedSample>> bySplit = new LinkedHashMap<>();
    List.of("train", "val", "test").forEach(split -> bySplit.put(split, new ArrayList<>()));
    for (RawSample sample : samples) {
      bySplit
          .computeIfAbsent(sample.split(), split -> new ArrayList<>())
          .add(new RankedSample(ranks.of(sample.id()).bits(0), sample));
    }
    Map<String, List<ShardPlan>> plans = new LinkedHashMap<>();
    bySplit.forEach(
        (split, ranked) -> {
          ranked.sort(RankedSample.ORDER);
          int rows = ranked.size();
          int wanted = Math.min(rows, files.orElseGet(() -> usualFiles(rows, bytesPerRow)));
          List<ShardPlan> runs = new ArrayList<>();
          for (int i = 0; i < wanted; i++) {
            int from = (int) ((long) rows * i / wanted);
            int to = (int) ((long) rows * (i + 1) / wanted);
            runs.add(new ShardPlan(ranked.subList(from, to)));
          }
          if (!runs.isEmpty()) {
            plans.put(split, runs);
          }
        });
    return plans;
  }

  /** A plan of samples with their ranks, in this order. */
  static ShardPlan ranked(List<RankedSample> samples) {
    return new ShardPlan(samples);
  }

  /** The same samples without all that decoding them takes. */
  ShardPlan identities() {
    return new ShardPlan(
        samples.stream()
            .map(
                ranked ->
                    new RankedSample(
                        ranked.rank(), new RawSample(ranked.sample().id(), "", "", 0, new byte[0])))
            .toList());
  }

  /** For Java, when it writes one of these. */
  private Object writeReplace() {
    return PackedPlan.of(this);
  }

  /** A plan of samples as they come; it may be empty. */
  static ShardPlan inOrder(List<RawSample> samples) {
    return new ShardPlan(samples.stream().map(sample -> new RankedSample(0, sample)).toList());
  }

  /** Samples in runs of about equal length, as they come. */
  static List<ShardPlan> cut(List<RawSample> samples, int most) {
    int count = samples.size();
    int runs = Math.min(count, most);
    List<ShardPlan> plans = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      int from = (int) ((long) count * i / runs);
      int to = (int) ((long) count * (i + 1) / runs);
      plans.add(inOrder(samples.subList(from, to)));
    }
    return plans;
  }

  private static int usualFiles(long rows, long bytesPerRow) {
    long bytes = rows * bytesPerRow;
    long forTasks = Math.min(FILES, ceilDiv(bytes, BYTES_PER_FILE));
    long forMemory = ceilDiv(bytes, MOST_BYTES_PER_FILE);
    return Math.toIntExact(Math.max(1, Math.max(forTasks, forMemory)));
  }

  private static long ceilDiv(long amount, long size) {
    return (amount + size - 1) / size;
  }
}
