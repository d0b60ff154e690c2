package org.sparkmto.preprocessing;

/**
 * A sample cannot be decoded, now or ever: it goes to quarantine and the run goes on. There may be
 * hundreds of thousands of them, so they know no stack trace, which takes longer than looking for a
 * file; their message says all.
 */
public final class UnreadableSampleException extends Exception {
  private final Reason reason;

  /**
   * @param reason the class of the trouble
   * @param detail what was seen, for people; made one line of bounded length
   */
  public UnreadableSampleException(Reason reason, String detail) {
    super(OneLine.of(detail), null, false, false);
    this.reason = reason;
  }

  /** The class of the trouble. */
  public Reason reason() {
    return reason;
  }
}
