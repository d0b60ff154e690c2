package org.sparkmto.preprocessing.own;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;

/** Rows that share their identity with others: none of them is a sample. */
final class RepeatedRows {
  /** Enough places to find the others by. */
  private static final int LONGEST = 200;

  private final Map<String, String> places;

  private RepeatedRows(Map<String, String> places) {
    this.places = places;
  }

  /** Looks for them. */
  static RepeatedRows of(List<Listed> rows) {
    Set<String> seen = new HashSet<>();
    Set<String> again = new HashSet<>();
    for (Listed row : rows) {
      if (!seen.add(row.id())) {
        again.add(row.id());
      }
    }
    Map<String, String> places = new HashMap<>();
    for (Listed row : rows) {
      if (again.contains(row.id())) {
        places.merge(
            row.id(),
            row.place(),
            (all, place) -> all.length() > LONGEST ? all : all + ", " + place);
      }
    }
    return new RepeatedRows(places);
  }

  boolean contains(Listed row) {
    return places.containsKey(row.id());
  }

  /** Why a row that is one of them is none. */
  RefusedSample refused(Listed row) {
    return new RefusedSample(
        row.id(),
        row.sample() == null ? row.refused().source() : row.sample().source(),
        Reason.DUPLICATE,
        "more than one row has this identity: " + places.get(row.id()));
  }
}
