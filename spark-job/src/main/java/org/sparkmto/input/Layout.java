package org.sparkmto.input;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;

/** Where the samples of a split lie. Row groups and samples are numbered in manifest order. */
final class Layout {

  /** A row group: the file, and its number within the file. */
  record Place(ShardFile file, int groupInFile) {
    int rows() {
      return file.rowGroups().get(groupInFile);
    }
  }

  private final List<Place> groups;
  // first[g] is the first sample of row group g; the last element is the number of samples.
  private final long[] first;

  private Layout(List<Place> groups) {
    this.groups = List.copyOf(groups);
    first = new long[groups.size() + 1];
    for (int g = 0; g < groups.size(); g++) {
      first[g + 1] = first[g] + groups.get(g).rows();
    }
  }

  static Layout of(Split split) {
    List<Place> groups = new ArrayList<>();
    for (ShardFile file : split.files()) {
      for (int g = 0; g < file.rowGroups().size(); g++) {
        groups.add(new Place(file, g));
      }
    }
    return new Layout(groups);
  }

  int groups() {
    return groups.size();
  }

  Place place(int group) {
    return groups.get(group);
  }

  int rows(int group) {
    return groups.get(group).rows();
  }

  /** Rows of the largest row group. */
  int mostRows() {
    return groups.stream().mapToInt(Place::rows).max().orElse(0);
  }

  /** Samples of the split. */
  long samples() {
    return first[groups.size()];
  }

  long firstSample(int group) {
    return first[group];
  }

  int groupOf(long sample) {
    int found = Arrays.binarySearch(first, sample);
    return found >= 0 ? found : -found - 2;
  }
}
