package org.sparkmto.preprocessing.own;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Paths that come from tables and configurations, which must stay within a directory. */
final class SafePath {
  private SafePath() {}

  /**
   * The path in plain form: {@code ./a//b.png} is {@code a/b.png}. Empty if it is no path of
   * ordinary names below a directory, on whatever file system.
   */
  static Optional<String> relative(String text) {
    if (text.length() > RowLayout.LONGEST
        || text.startsWith("/")
        || text.chars().anyMatch(c -> c == '\\' || c == ':' || c < ' ' || c == 0x7f)) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    for (String name : text.split("/", -1)) {
      if (name.equals("..")) {
        return Optional.empty();
      }
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return names.isEmpty() ? Optional.empty() : Optional.of(String.join("/", names));
  }
}
