package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The format of the files that a run writes down. Format 1 bore no number and had the weights of
 * methods with several numbers a task in one row; it is still read.
 */
final class LogFormat {
  /** What is written now. */
  static final int NEWEST = 2;

  private static final String NAME = "format";

  private LogFormat() {}

  static void put(ObjectNode node) {
    node.put(NAME, NEWEST);
  }

  /**
   * The format that a file says it has.
   *
   * @throws LogFormatException if this version cannot read it
   */
  static int of(JsonNode node, String file) {
    JsonNode said = node.path(NAME);
    if (said.isMissingNode()) {
      return 1;
    }
    if (!said.isInt() || said.intValue() < 1 || said.intValue() > NEWEST) {
      throw new LogFormatException(
          "%s is of format %s, and this version reads 1 to %d: use a newer version"
              .formatted(file, said, NEWEST));
    }
    return said.intValue();
  }
}
