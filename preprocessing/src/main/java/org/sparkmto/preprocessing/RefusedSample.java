package org.sparkmto.preprocessing;

import java.io.Serializable;

/**
 * A sample in quarantine.
 *
 * @param id its identity, or the name that was refused
 * @param source the file it comes from
 * @param reason the class of the trouble
 * @param detail what was seen, in one line
 */
public record RefusedSample(String id, String source, Reason reason, String detail)
    implements Serializable {
  public RefusedSample {
    detail = OneLine.of(detail);
  }
}
