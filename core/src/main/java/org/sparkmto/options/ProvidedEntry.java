package org.sparkmto.options;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * An entry that is not built in.
 *
 * @param entry what the registry knows of it
 * @param provider the class that provides it
 * @param origin file name of the jar that the class came from, or of the folder of classes
 * @param place that jar or folder, if it is one of this machine
 */
record ProvidedEntry<E extends Documented>(
    E entry, String provider, String origin, Optional<Path> place) {

  /** Where it is from, in a message. */
  String source() {
    return provider + " in " + origin;
  }

  /**
   * All entries that jars provide, in the order of the names of the classes that provide them, so
   * that driver and executors, whose class paths may have another order, have one list.
   *
   * @throws ConfigurationException if a class that a jar names cannot be loaded or asked
   */
  static <E extends Documented> List<ProvidedEntry<E>> all(
      String kind, Class<? extends EntryProvider<E>> service) {
    Map<String, EntryProvider<E>> providers = new TreeMap<>(Comparator.naturalOrder());
    // Spark's threads have a loader with the user's jars in their context; where the program itself
    // is on the system's class path, its own loader does not see these. Threads of libraries have
    // another context, and then the own loader is the one that knows.
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    ClassLoader own = ProvidedEntry.class.getClassLoader();
    if (context != null) {
      find(kind, ServiceLoader.load(service, context), providers);
    }
    find(kind, ServiceLoader.load(service, own), providers);
    List<ProvidedEntry<E>> all = new ArrayList<>();
    providers.forEach((name, provider) -> all.addAll(ask(kind, name, provider)));
    return all;
  }

  private static <E extends Documented> void find(
      String kind,
      ServiceLoader<? extends EntryProvider<E>> loader,
      Map<String, EntryProvider<E>> into) {
    try {
      for (EntryProvider<E> provider : loader) {
        into.putIfAbsent(provider.getClass().getName(), provider);
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new ConfigurationException(
          "a jar on the class path offers a %s that cannot be loaded: %s"
              .formatted(kind, reason(e)),
          e);
    }
  }

  private static <E extends Documented> List<ProvidedEntry<E>> ask(
      String kind, String name, EntryProvider<E> provider) {
    Optional<Path> place = place(provider.getClass());
    String origin = place.map(jar -> String.valueOf(jar.getFileName())).orElse("an unknown jar");
    try {
      return provider.entries().stream()
          .map(entry -> new ProvidedEntry<>(entry, name, origin, place))
          .toList();
    } catch (RuntimeException | LinkageError e) {
      // Built for another version, or a mistake in its static fields.
      throw new ConfigurationException(
          "%s in %s offers a %s that cannot be made: %s".formatted(name, origin, kind, reason(e)),
          e);
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e.getCause();
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return cause == null ? message : message + " (" + cause + ")";
  }

  private static Optional<Path> place(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(source.getLocation().toURI()));
    } catch (URISyntaxException | RuntimeException e) {
      return Optional.empty(); // no file: a jar that a class loader fetches
    }
  }
}
