package org.sparkmto.preprocessing.own;

import java.io.Serializable;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;

/**
 * What became of a row of the table: a sample, some of which may still be held out, or a refusal.
 *
 * @param id of the sample, or the place of the row where it has none
 * @param place of the row, for messages: {@code line 7 of table.csv}
 * @param sample null if the row is refused
 * @param refused null if it is not
 * @param split what stands in the split column stands for, {@code train} without one
 * @param group what stands in the group column, empty without one
 */
record Listed(
    String id, String place, RawSample sample, RefusedSample refused, String split, String group)
    implements Serializable {

  static Listed refused(String id, String place, String source, Reason reason, String detail) {
    RefusedSample refused = new RefusedSample(id, source, reason, place + ": " + detail);
    return new Listed(id, place, null, refused, "", "");
  }

  RefusedSample refusedFor(Reason reason, String detail) {
    return new RefusedSample(id, sample.source(), reason, place + ": " + detail);
  }
}
