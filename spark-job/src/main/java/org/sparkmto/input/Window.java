package org.sparkmto.input;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The rows of a window that a rank needs, in the order in which its batches take them. It is
 * planned first, and read afterwards.
 */
final class Window {
  private final long[] samples;
  private final RowGroup[] groups;
  private final int[] rows;
  private final Map<Integer, int[]> wanted = new TreeMap<>();

  /** The window of these samples, of which nothing is read yet. */
  Window(long[] samples, Layout layout) {
    this.samples = samples;
    groups = new RowGroup[samples.length];
    rows = new int[samples.length];
    Map<Integer, IntStream.Builder> places = new TreeMap<>();
    for (int i = 0; i < samples.length; i++) {
      places.computeIfAbsent(layout.groupOf(samples[i]), g -> IntStream.builder()).add(i);
    }
    places.forEach((group, some) -> wanted.put(group, some.build().toArray()));
  }

  /** The row groups that it needs, in the order in which it reads them: that of the manifest. */
  Set<Integer> groups() {
    return Collections.unmodifiableSet(wanted.keySet());
  }

  /**
   * Reads each row group once and copies only the rows asked for, unless it is held anyway.
   *
   * @param afterEach done after each of them
   */
  void read(RowGroups source, Runnable afterEach) {
    wanted.forEach(
        (group, places) -> {
          RowGroup read = source.read(group);
          take(read, source.layout().firstSample(group), places, source.holds(group));
          afterEach.run();
        });
    wanted.clear();
  }

  int size() {
    return samples.length;
  }

  void copy(int i, RankBatch batch, int sample) {
    batch.put(sample, samples[i], groups[i], rows[i]);
  }

  private void take(RowGroup group, long first, int[] places, boolean held) {
    int[] wanted = IntStream.of(places).map(i -> (int) (samples[i] - first)).toArray();
    boolean asIs = held || wanted.length == group.rows();
    RowGroup kept = asIs ? group : group.only(wanted);
    for (int k = 0; k < places.length; k++) {
      groups[places[k]] = kept;
      rows[places[k]] = asIs ? wanted[k] : k;
    }
  }
}
