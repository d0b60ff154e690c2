package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Some of the shared parameters, in the order of the layout and without gaps between them. */
public final class SharedPart {
  /** All of them. */
  public static final SharedPart ALL = new SharedPart(parameter -> true);

  private final IntPredicate has;

  private SharedPart(IntPredicate has) {
    this.has = has;
  }

  /** Those with a name that is asked for. */
  public static SharedPart named(ParameterLayout layout, Predicate<String> wanted) {
    List<Boolean> has = layout.entries().stream().map(e -> wanted.test(e.name())).toList();
    return new SharedPart(has::get);
  }

  /** Those of these that are not some others. */
  public SharedPart without(Set<Integer> parameters) {
    return new SharedPart(parameter -> has(parameter) && !parameters.contains(parameter));
  }

  /** Number of their elements. */
  public long elements(ParameterLayout layout) {
    long elements = 0;
    List<ParameterLayout.Entry> entries = layout.entries();
    for (int i = 0; i < entries.size() && entries.get(i).offset() < layout.shared(); i++) {
      elements += has(i) ? entries.get(i).elements() : 0;
    }
    return elements;
  }

  /** Whether a shared parameter is one of them. */
  public boolean has(int parameter) {
    return has.test(parameter);
  }

  /** What of a list of something for each shared parameter is of these. */
  <T> List<T> of(List<T> all) {
    List<T> own = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (has(i)) {
        own.add(all.get(i));
      }
    }
    return own;
  }
}
