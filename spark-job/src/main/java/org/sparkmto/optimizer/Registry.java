package org.sparkmto.optimizer;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Makes things from a name and options, and says what was probably meant when it cannot. */
final class Registry<T> {
  private final String kind;
  private final Map<String, Function<Options, ? extends T>> known;

  Registry(String kind, Map<String, Function<Options, ? extends T>> known) {
    this.kind = kind;
    this.known = Collections.unmodifiableMap(new TreeMap<>(known));
  }

  Set<String> names() {
    return known.keySet();
  }

  T create(String name, Map<String, ?> given) {
    Function<Options, ? extends T> maker = known.get(name);
    Options.require(
        maker != null, "unknown %s '%s'%s".formatted(kind, name, suggestion(name, names())));
    Options options = new Options(kind + " '" + name + "'", given);
    T made = maker.apply(options);
    options.refuseUnknown();
    return made;
  }

  static String suggestion(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
        .map(nearest -> "; did you mean '" + nearest + "'? Known are " + known)
        .orElse("; it has none");
  }

  private static int distance(String a, String b) {
    return LevenshteinDistance.getDefaultInstance().apply(a, b);
  }
}
