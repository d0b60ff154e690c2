package org.sparkmto.preprocessing;

/** A sample cannot be decoded, now or ever: it goes to quarantine and the run goes on. */
public final class UnreadableSampleException extends Exception {
  private final Reason reason;

  /**
   * @param reason the class of the trouble
   * @param detail what was seen, for people; made one line of bounded length
   */
  public UnreadableSampleException(Reason reason, String detail) {
    super(OneLine.of(detail));
    this.reason = reason;
  }

  /** The class of the trouble. */
  public Reason reason() {
    return reason;
  }
}
