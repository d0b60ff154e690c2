package org.sparkmto.experiment.golden;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.sparkmto.json.Json;

/**
 * What was said of all entries of a file, in its order.
 *
 * @param file its name, as the user gave it
 */
public record Verification(String file, List<Line> lines) {
  public Verification {
    lines = List.copyOf(lines);
  }

  /** How many entries have this verdict. */
  public long count(Verdict verdict) {
    return lines.stream().filter(line -> line.verdict() == verdict).count();
  }

  /** How many entries the file fails by. */
  public long failures() {
    return lines.stream().filter(line -> line.verdict().isFailure()).count();
  }

  /** The counts of all verdicts, on one line. */
  public String counts() {
    return "%s: %d entries: %d ok, %d better, %d refused rightly, %d unknown, %d malformed, %d FAILED"
        .formatted(
            file,
            lines.size(),
            count(Verdict.OK),
            count(Verdict.BETTER),
            count(Verdict.REFUSES),
            count(Verdict.UNKNOWN),
            count(Verdict.MALFORMED),
            count(Verdict.FAIL));
  }

  /** As JSON, one object per entry. */
  public static String toJson(List<Verification> verifications) {
    ArrayNode files = Json.array();
    for (Verification verification : verifications) {
      ObjectNode file = files.addObject().put("file", verification.file());
      ObjectNode counts = file.putObject("counts");
      for (Verdict verdict : Verdict.values()) {
        counts.put(spelled(verdict), verification.count(verdict));
      }
      ArrayNode entries = file.putArray("entries");
      for (Line line : verification.lines()) {
        ObjectNode entry = entries.addObject().put("entry", line.entry());
        line.error().ifPresent(error -> putNumber(entry, "error", error));
        line.tolerance().ifPresent(tolerance -> putNumber(entry, "tolerance", tolerance));
        entry.put("verdict", spelled(line.verdict())).put("remark", line.remark());
      }
    }
    return Json.pretty(files);
  }

  /** JSON has no infinity. */
  private static void putNumber(ObjectNode entry, String name, double value) {
    if (Double.isFinite(value)) {
      entry.put(name, value);
    } else {
      entry.put(name, Double.toString(value));
    }
  }

  private static String spelled(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }
}
