package org.sparkmto.optimizer;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.sparkmto.naming.Nearest;

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
    return known.isEmpty()
        ? "; it has none"
        : Nearest.hint(name, known) + " Known are " + new TreeSet<>(known);
  }
}
