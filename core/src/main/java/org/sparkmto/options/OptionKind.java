package org.sparkmto.options;

/**
 * Which values an option can have, and how they are read. Values come from a configuration file or
 * a command line: a String, a Number, a Boolean, a List of them or a Map. Text that spells a number
 * is taken for it, because command lines know only text.
 */
public interface OptionKind {

  /** What is possible, for help and tables: "a number above zero". */
  String words();

  /**
   * The value as code uses it.
   *
   * @throws IllegalArgumentException if it is impossible; the message is what it must be, as in "a
   *     number above zero", without the value itself
   */
  Object read(Object given);
}
