package org.sparkmto.input;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkmto.random.Draws;

/**
 * The order in which an epoch visits the samples of a split. It comes in windows: an order permutes
 * the row groups, gathers consecutive ones into windows of at most a given number of rows (a larger
 * row group is a window of its own), and permutes the rows within each window. A split that fits
 * into one window is thus permuted uniformly; a larger one needs memory for a window only and is
 * still read row group by row group.
 *
 * <p>Where samples belong to groups, a window is permuted and then dealt out, so that every batch
 * has its share of each group.
 *
 * <p>The order is a function of the row groups, the seed, the epoch and the window, hence the same
 * for every number of ranks.
 */
final class SampleOrder {
  private final Layout layout;
  private final int[] groups;
  // Window w holds groups[firstGroup[w]] .. groups[firstGroup[w + 1] - 1], at positions start[w] ..
  // start[w + 1] - 1 of the epoch.
  private final int[] firstGroup;
  private final long[] start;
  private final Draws rows;
  private final Optional<SampleGroups> sampleGroups;

  private SampleOrder(
      Layout layout,
      int[] groups,
      int windowRows,
      Draws rows,
      Optional<SampleGroups> sampleGroups) {
    this.layout = layout;
    this.groups = groups;
    this.rows = rows;
    this.sampleGroups = sampleGroups;
    List<Integer> firsts = new ArrayList<>();
    List<Long> starts = new ArrayList<>();
    long position = 0;
    for (int g = 0; g < groups.length; g++) {
      long end = position + layout.rows(groups[g]);
      if (starts.isEmpty() || end - starts.get(starts.size() - 1) > windowRows) {
        firsts.add(g);
        starts.add(position);
      }
      position = end;
    }
    firsts.add(groups.length);
    starts.add(position);
    firstGroup = firsts.stream().mapToInt(Integer::intValue).toArray();
    start = starts.stream().mapToLong(Long::longValue).toArray();
  }

  /** The order of a training epoch. */
  static SampleOrder shuffled(Layout layout, int windowRows, long seed, long epoch) {
    return shuffled(layout, windowRows, seed, epoch, Optional.empty());
  }

  /** The order of a training epoch; each window is dealt evenly over the groups of its samples. */
  static SampleOrder shuffled(
      Layout layout, int windowRows, long seed, long epoch, Optional<SampleGroups> sampleGroups) {
    Draws draws = Draws.of(seed).of("sample order").at(epoch);
    int[] groups = draws.of("row groups").permutation(layout.groups());
    return new SampleOrder(layout, groups, windowRows, draws.of("rows"), sampleGroups);
  }

  /** The samples in manifest order; every row group is a window. */
  static SampleOrder sequential(Layout layout) {
    int[] groups = new int[layout.groups()];
    Arrays.setAll(groups, g -> g);
    return new SampleOrder(layout, groups, 1, null, Optional.empty());
  }

  int windows() {
    return start.length - 1;
  }

  /** First position of a window; that of the window after the last is the number of samples. */
  long start(int window) {
    return start[window];
  }

  int windowAt(long position) {
    int found = Arrays.binarySearch(start, position);
    return found >= 0 ? found : -found - 2;
  }

  /** The samples of a window, in the order in which the epoch visits them. */
  long[] samples(int window) {
    long[] samples = new long[Math.toIntExact(start[window + 1] - start[window])];
    int filled = 0;
    for (int g = firstGroup[window]; g < firstGroup[window + 1]; g++) {
      long first = layout.firstSample(groups[g]);
      for (int row = 0; row < layout.rows(groups[g]); row++) {
        samples[filled++] = first + row;
      }
    }
    if (rows == null) {
      return samples;
    }
    int[] order = rows.at(window).permutation(samples.length);
    long[] shuffled = new long[samples.length];
    Arrays.setAll(shuffled, i -> samples[order[i]]);
    return sampleGroups.map(dealing -> dealing.dealt(shuffled)).orElse(shuffled);
  }
}
