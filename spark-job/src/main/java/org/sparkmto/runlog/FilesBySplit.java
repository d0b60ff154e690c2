package org.sparkmto.runlog;

/**
 * Files of a run of which there is one for each split, as {@code evaluation-test.json}.
 *
 * @param kind of what, with which their names begin
 */
record FilesBySplit(String kind) {
  private static final String SUFFIX = ".json";

  /** Name of the file of a split. */
  String of(String split) {
    return kind + "-" + split + SUFFIX;
  }

  /** Whether a file has the name of one. */
  boolean have(String name) {
    return name.startsWith(kind + "-")
        && name.endsWith(SUFFIX)
        && name.length() > kind.length() + 1 + SUFFIX.length();
  }
}
