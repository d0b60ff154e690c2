package org.sparkmto.options;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkmto.naming.Nearest;

/**
 * The entries of one kind, in the order in which help and tables list them. To register something
 * is one line: its entry in the list that the registry is made of.
 *
 * @param <E> what is known of each
 */
public final class Registry<E extends Documented> {
  private final String kind;
  private final Map<String, E> entries;

  private Registry(String kind, Map<String, E> entries) {
    this.kind = kind;
    this.entries = Collections.unmodifiableMap(entries);
  }

  /**
   * A registry.
   *
   * @param kind what its entries are, as messages name it: {@code optimizer}
   * @throws IllegalStateException if two have the same name
   */
  public static <E extends Documented> Registry<E> of(String kind, List<E> entries) {
    Map<String, E> byName = new LinkedHashMap<>();
    for (E entry : entries) {
      if (byName.put(entry.name(), entry) != null) {
        throw new IllegalStateException("two of kind " + kind + " are named " + entry.name());
      }
    }
    return new Registry<>(kind, byName);
  }

  /** What the entries are. */
  public String kind() {
    return kind;
  }

  /** Every entry. */
  public List<E> all() {
    return List.copyOf(entries.values());
  }

  /** Every name, in the same order. */
  public Set<String> names() {
    return entries.keySet();
  }

  /**
   * The entry of a name.
   *
   * @throws IllegalArgumentException if there is none; the message has the nearest and all known
   */
  public E entry(String name) {
    E entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "unknown %s '%s'%s Known are %s."
              .formatted(kind, name, Nearest.hint(name, names()), String.join(", ", names())));
    }
    return entry;
  }
}
