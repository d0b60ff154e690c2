package org.sparkmto.options;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.sparkmto.naming.Nearest;

/**
 * The entries of one kind, in the order in which help and tables list them. To register something
 * is one line: its entry in the list that the registry is made of. A registry that is {@link #open}
 * also has what jars of a user's own provide, behind the built-in ones; it looks for them once,
 * when it is first asked for more than these.
 *
 * @param <E> what is known of each
 */
public final class Registry<E extends Documented> {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  private final String kind;
  private final List<E> builtIn;
  private final Optional<Class<? extends EntryProvider<E>>> service;
  private Optional<Known<E>> known = Optional.empty();
  private boolean looking;

  /** All entries by name, and where those that are not built in came from. */
  private record Known<E>(
      Map<String, E> entries, Map<String, String> origins, Map<String, Path> jars) {}

  private Registry(
      String kind, List<E> builtIn, Optional<Class<? extends EntryProvider<E>>> service) {
    this.kind = kind;
    this.builtIn = List.copyOf(builtIn);
    this.service = service;
    byName(kind, builtIn);
  }

  /**
   * A registry of built-in entries alone.
   *
   * @param kind what its entries are, as messages name it: {@code schedule}
   * @throws IllegalStateException if two have the same name
   */
  public static <E extends Documented> Registry<E> of(String kind, List<E> entries) {
    return new Registry<>(kind, entries, Optional.empty());
  }

  /**
   * A registry to which jars of a user's own may add.
   *
   * @param kind what its entries are, as messages name it: {@code optimizer}
   * @param builtIn those that are there in any case
   * @param service what a class in such a jar implements
   * @throws IllegalStateException if two that are built in have the same name
   */
  public static <E extends Documented> Registry<E> open(
      String kind, List<E> builtIn, Class<? extends EntryProvider<E>> service) {
    return new Registry<>(kind, builtIn, Optional.of(service));
  }

  private static <E extends Documented> Map<String, E> byName(String kind, List<E> entries) {
    Map<String, E> byName = new LinkedHashMap<>();
    for (E entry : entries) {
      if (byName.put(entry.name(), entry) != null) {
        throw new IllegalStateException("two of kind " + kind + " are named " + entry.name());
      }
    }
    return byName;
  }

  private synchronized Known<E> known() {
    if (known.isPresent()) {
      return known.get();
    }
    if (looking) {
      // A provider that builds on an entry of this registry asks while it is asked itself.
      return new Known<>(byName(kind, builtIn), Map.of(), Map.of());
    }
    looking = true;
    try {
      Known<E> all = withProvided();
      known = Optional.of(all);
      return all;
    } finally {
      looking = false;
    }
  }

  private Known<E> withProvided() {
    Map<String, E> entries = byName(kind, builtIn);
    Map<String, String> sources = new LinkedHashMap<>();
    Map<String, String> origins = new LinkedHashMap<>();
    Map<String, Path> jars = new TreeMap<>();
    for (ProvidedEntry<E> one :
        service.map(type -> ProvidedEntry.all(kind, type)).orElse(List.of())) {
      String name = one.entry().name();
      if (name == null || !NAME.matcher(name).matches()) {
        throw new ConfigurationException(
            "%s '%s' of %s: a name is lower-case words and numbers joined by hyphens"
                .formatted(kind, name, one.source()));
      }
      if (entries.put(name, one.entry()) != null) {
        throw new ConfigurationException(
            "two of kind %s are named '%s', that of %s and %s; one must be renamed, or its jar taken"
                    .formatted(
                        kind, name, one.source(), sources.getOrDefault(name, "the built-in one"))
                + " off the class path");
      }
      sources.put(name, one.source());
      origins.put(name, one.origin());
      one.place().ifPresent(place -> jars.put(one.origin(), place));
    }
    return new Known<>(
        Collections.unmodifiableMap(entries),
        Collections.unmodifiableMap(origins),
        Collections.unmodifiableMap(jars));
  }

  /** What the entries are. */
  public String kind() {
    return kind;
  }

  /** Those that are there whatever the class path is, for pages of the documentation. */
  public List<E> builtIn() {
    return builtIn;
  }

  /**
   * Every entry.
   *
   * @throws ConfigurationException if a jar provides one that cannot be taken: its name is taken or
   *     no name, or its class does not load. So do all methods that look at names.
   */
  public List<E> all() {
    return List.copyOf(known().entries().values());
  }

  /** Every name, in the same order. */
  public Set<String> names() {
    return known().entries().keySet();
  }

  /** File name of the jar that an entry came from; empty if it is built in, or unknown. */
  public Optional<String> origin(String name) {
    return Optional.ofNullable(known().origins().get(name));
  }

  /** The jars and folders of this machine that add entries, by their names. */
  public Map<String, Path> jars() {
    return known().jars();
  }

  /** The name of an entry as lists show it: with the jar that it came from. */
  public String listed(Documented entry) {
    return origin(entry.name())
        .map(jar -> entry.name() + " (from " + jar + ")")
        .orElse(entry.name());
  }

  /**
   * The entry of a name.
   *
   * @throws IllegalArgumentException if there is none; the message has the nearest and all known
   */
  public E entry(String name) {
    E entry = known().entries().get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "unknown %s '%s'%s Known are %s."
              .formatted(kind, name, Nearest.hint(name, names()), String.join(", ", names())));
    }
    return entry;
  }
}
