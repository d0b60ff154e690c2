package org.sparkmto.experiment.golden;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What is said of one entry.
 *
 * @param entry where it stands: section or case, then its name
 * @param error the worst relative error of its numbers, in proportion to the tolerance
 * @param tolerance what that error may be
 * @param remark what a reader should know beside the verdict; may be empty
 */
public record Line(
    String entry, Verdict verdict, OptionalDouble error, OptionalDouble tolerance, String remark) {

  static Line unknown(String entry, String why) {
    return without(entry, Verdict.UNKNOWN, why);
  }

  static Line malformed(String entry, String why) {
    return without(entry, Verdict.MALFORMED, why);
  }

  private static Line without(String entry, Verdict verdict, String why) {
    return new Line(entry, verdict, OptionalDouble.empty(), OptionalDouble.empty(), why);
  }

  /** On one line: entry, worst error, tolerance, verdict. */
  public String toText() {
    String verdictText =
        switch (verdict) {
          case OK -> remark.isEmpty() ? "ok" : "ok (" + remark + ")";
          case BETTER -> "better (" + remark + ")";
          case REFUSES -> "ok (refuses: " + remark + ")";
          case FAIL -> "FAIL: " + remark;
          case UNKNOWN -> "unknown: " + remark;
          case MALFORMED -> "malformed: " + remark;
        };
    return String.format(
        Locale.ROOT, "%-46s %8s %8s  %s", entry, number(error), number(tolerance), verdictText);
  }

  private static String number(OptionalDouble value) {
    return value.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1e", value.getAsDouble());
  }
}
