package org.sparkmto.input;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.ElementType;

/**
 * Which group each sample of a split belongs to, for data sets with a column of role {@link
 * Column.Role#GROUP}: tasks that have images of their own want a batch each, so every batch should
 * have the same share of each group.
 */
final class SampleGroups {
  private final byte[] groups;

  /**
   * @param groups of all samples, in manifest order
   */
  SampleGroups(byte[] groups) {
    this.groups = groups;
  }

  /**
   * Reads the groups of a split, one byte of each sample.
   *
   * @return nothing if the data set has no groups
   */
  static Optional<SampleGroups> read(SplitSource source) {
    Optional<Column> found =
        source.manifest().columns().stream()
            .filter(column -> column.role() == Column.Role.GROUP)
            .findFirst();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Column column = found.get();
    if (column.type() != ElementType.UINT8 || column.elements() != 1) {
      throw new DataContractException(
          "column '" + column.name() + "' holds groups, but not one uint8 for each sample");
    }
    SplitSource groupsAlone =
        new SplitSource(
            source.manifest(),
            source.root(),
            source.hadoop(),
            source.split(),
            List.of(column.name()));
    Layout layout = groupsAlone.layout();
    byte[] groups = new byte[Math.toIntExact(layout.samples())];
    try (RowGroups rowGroups = new RowGroups(groupsAlone, 0)) {
      for (int g = 0; g < layout.groups(); g++) {
        RowGroup rows = rowGroups.read(g);
        for (int row = 0; row < rows.rows(); row++) {
          rows.copy(0, row, groups, (int) layout.firstSample(g) + row);
        }
      }
    }
    return Optional.of(new SampleGroups(groups));
  }

  /**
   * The samples dealt out so that every stretch of them has nearly the share of each group that all
   * of them have: the {@code i}-th of the {@code n} samples of a group goes to {@code (i + 0.5) /
   * n} of the way. K groups of one size make stretches of K with one sample of each. Samples of a
   * group keep their order.
   */
  long[] dealt(long[] samples) {
    int[] size = new int[256];
    for (long sample : samples) {
      size[group(sample)]++;
    }
    int[] met = new int[256];
    List<Dealt> dealt = new ArrayList<>(samples.length);
    for (long sample : samples) {
      int group = group(sample);
      dealt.add(new Dealt(sample, group, 2L * met[group]++ + 1, 2L * size[group]));
    }
    dealt.sort(Dealt.ORDER);
    long[] result = new long[samples.length];
    Arrays.setAll(result, i -> dealt.get(i).sample());
    return result;
  }

  private int group(long sample) {
    return groups[(int) sample] & 0xff;
  }

  /** A sample at {@code part / whole} of the way; compared without rounding. */
  private record Dealt(long sample, int group, long part, long whole) {
    static final Comparator<Dealt> ORDER =
        ((Comparator<Dealt>)
                (one, other) ->
                    Long.compare(one.part() * other.whole(), other.part() * one.whole()))
            .thenComparingInt(Dealt::group);
  }
}
