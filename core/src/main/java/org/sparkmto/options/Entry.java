package org.sparkmto.options;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What is made from a name and options, declared beside the class that is made.
 *
 * @param <T> what is made
 * @param kind what all entries of the registry are: {@code optimizer}
 * @param name how a configuration names it
 * @param summary one line for people
 * @param options what can be set
 * @param factory makes it from options that are complete and checked one by one
 */
public record Entry<T>(
    String kind,
    String name,
    String summary,
    List<Option> options,
    Function<Options, ? extends T> factory)
    implements Documented {

  public Entry {
    options = List.copyOf(options);
  }

  /**
   * Makes it.
   *
   * @param given options by name; those left out have their usual values
   * @throws IllegalArgumentException if an option is unknown, missing or impossible, or options
   *     contradict each other
   */
  public T make(Map<String, ?> given) {
    return factory.apply(read(given));
  }

  /**
   * Reads the options alone.
   *
   * @throws OptionException if one is unknown, missing or impossible
   */
  public Options read(Map<String, ?> given) {
    return Options.read(kind + " '" + name + "'", options, given);
  }
}
