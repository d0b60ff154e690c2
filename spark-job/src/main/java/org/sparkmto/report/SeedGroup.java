package org.sparkmto.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.sparkmto.metric.Spread;
import org.sparkmto.naming.Counted;

/**
 * Runs that differ in their seed alone, one or more: one line of a comparison.
 *
 * @param name tells it from the other groups
 * @param runs in the order in which they were given
 */
record SeedGroup(String name, List<Run> runs) {
  private static final String SEED_FOLDER = "seed--?[0-9]+";

  SeedGroup {
    runs = List.copyOf(runs);
  }

  /** Groups runs; what has no seed, or the same one as an earlier run, stands alone. */
  static List<SeedGroup> of(List<Run> runs) {
    Map<String, List<Run>> groups = new LinkedHashMap<>();
    for (int index = 0; index < runs.size(); index++) {
      Run run = runs.get(index);
      String alone = "run " + index;
      String key = run.header().seed().isPresent() ? run.header().recipe().orElse(alone) : alone;
      List<Run> group = groups.computeIfAbsent(key, k -> new ArrayList<>());
      if (group.stream().anyMatch(other -> other.header().seed().equals(run.header().seed()))) {
        groups.put(alone, new ArrayList<>(List.of(run)));
      } else {
        group.add(run);
      }
    }
    List<List<Run>> grouped = List.copyOf(groups.values());
    List<String> names = names(grouped);
    List<SeedGroup> named = new ArrayList<>();
    for (int index = 0; index < grouped.size(); index++) {
      named.add(new SeedGroup(names.get(index), grouped.get(index)));
    }
    return named;
  }

  /** Whether there is more than one run in a group. */
  static boolean anySeveral(List<SeedGroup> groups) {
    return groups.stream().anyMatch(SeedGroup::isSeveral);
  }

  /** The method's title, and where that is not enough, the directory or a number after it. */
  private static List<String> names(List<List<Run>> groups) {
    List<String> titles = groups.stream().map(group -> group.get(0).header().title()).toList();
    if (Set.copyOf(titles).size() == groups.size()) {
      return titles;
    }
    List<String> names = groups.stream().map(group -> withFolder(group.get(0))).toList();
    if (Set.copyOf(names).size() == groups.size()) {
      return names;
    }
    List<String> numbered = new ArrayList<>();
    for (int index = 0; index < groups.size(); index++) {
      numbered.add(names.get(index) + " (" + (index + 1) + ")");
    }
    return numbered;
  }

  private static String withFolder(Run run) {
    String title = run.header().title();
    String folder = folder(run);
    return folder.isEmpty() || folder.equals(title) ? title : title + ": " + folder;
  }

  /** What people call the runs of a group by: the directory above those that are named by seed. */
  private static String folder(Run run) {
    String[] path = run.files().split("/+", -1);
    for (int last = path.length - 1; last >= 0; last--) {
      if (!path[last].isEmpty() && !path[last].matches(SEED_FOLDER)) {
        return path[last].length() < run.files().length() ? path[last] : run.header().run();
      }
    }
    return run.header().run();
  }

  boolean isSeveral() {
    return runs.size() > 1;
  }

  Run first() {
    return runs.get(0);
  }

  /** {@code seeds 1, 2, 3} of several runs, the name of a single one. */
  String detail() {
    return isSeveral()
        ? "seeds "
            + runs.stream()
                .mapToLong(run -> run.header().seed().getAsLong())
                .sorted()
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", "))
        : first().header().run();
  }

  /** Of a number that every run has; NaN if one has not. */
  Spread spread(ToDoubleFunction<Run> value) {
    return Spread.of(runs.stream().mapToDouble(value).boxed().toList());
  }

  /** What all runs agree on; empty if they do not. */
  <T> Optional<T> common(Function<Run, T> fact) {
    Set<T> facts = new HashSet<>();
    runs.forEach(run -> facts.add(fact.apply(run)));
    return facts.size() == 1 ? Optional.ofNullable(facts.iterator().next()) : Optional.empty();
  }

  /** What the comparison is of, in words: 5 methods over 3 seeds. */
  static String words(List<SeedGroup> groups) {
    int all = groups.stream().mapToInt(group -> group.runs().size()).sum();
    if (!anySeveral(groups)) {
      return "Comparison of " + Counted.of(all, "run");
    }
    Set<Integer> sizes = groups.stream().map(g -> g.runs().size()).collect(Collectors.toSet());
    String over =
        sizes.size() == 1 ? " over " + sizes.iterator().next() + " seeds" : " in " + all + " runs";
    if (groups.size() == 1) {
      return groups.get(0).name() + over;
    }
    boolean methods =
        groups.stream().map(g -> g.first().header().title()).distinct().count() == groups.size();
    return "Comparison of " + groups.size() + (methods ? " methods" : " settings") + over;
  }
}
