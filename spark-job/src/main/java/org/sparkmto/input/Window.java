package org.sparkmto.input;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The rows of a window that a rank needs, in the order in which its batches take them. */
final class Window {
  private final long[] samples;
  private final RowGroup[] groups;
  private final int[] rows;

  private Window(long[] samples) {
    this.samples = samples;
    groups = new RowGroup[samples.length];
    rows = new int[samples.length];
  }

  /**
   * Reads each row group once, in manifest order, and copies only the rows asked for, unless it is
   * held anyway.
   */
  static Window read(long[] samples, RowGroups source) {
    Layout layout = source.layout();
    Map<Integer, IntStream.Builder> wanted = new TreeMap<>();
    for (int i = 0; i < samples.length; i++) {
      wanted.computeIfAbsent(layout.groupOf(samples[i]), g -> IntStream.builder()).add(i);
    }
    Window window = new Window(samples);
    wanted.forEach(
        (group, places) ->
            window.take(
                source.read(group),
                layout.firstSample(group),
                places.build().toArray(),
                source.holds(group)));
    return window;
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
