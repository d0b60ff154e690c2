package org.sparkmto.options;

import java.util.List;

/**
 * What a jar of a user's own adds to a registry. There is one interface for each kind of entry, for
 * example {@code org.sparkmto.method.MethodProvider}; the jar has a public class with a public
 * constructor without parameters that implements it, and names that class in a file {@code
 * META-INF/services/} with the name of the interface. {@link java.util.ServiceLoader} finds it on
 * the driver and on every executor where the jar is on the class path, as {@code --jars} puts it.
 *
 * @param <E> what the registry knows of each
 */
public interface EntryProvider<E extends Documented> {

  /**
   * The entries, in the order in which lists show them, behind the built-in ones. Asked once in
   * each JVM, of the driver and of executors, and so the same everywhere: neither files nor
   * settings of one machine may have a part in it.
   *
   * @return at least one; each has a name of lower-case words and numbers joined by hyphens that no
   *     other of its kind has. A program refuses to start with others.
   */
  List<E> entries();
}
