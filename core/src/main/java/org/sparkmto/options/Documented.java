package org.sparkmto.options;

import java.util.List;

/** What a {@link Registry} lists: something with a name, for people to choose. */
public interface Documented {

  /** How a configuration names it: lower-case words and numbers joined by hyphens. */
  String name();

  /** One line for people: what it is. */
  String summary();

  /** What can be set of it, in the order of help and tables. */
  List<Option> options();
}
