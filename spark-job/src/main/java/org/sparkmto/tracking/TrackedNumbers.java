package org.sparkmto.tracking;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.runlog.LineNumbers;
import org.sparkmto.runlog.LogLine;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.StepLine;

/** Which numbers of a line of the log the server gets, and what they are called there. */
final class TrackedNumbers {
  private final LineNumbers numbers;
  private final int every;

  /**
   * Of the lines of a run.
   *
   * @param every how many steps those of a step are sent; 0 for never
   */
  TrackedNumbers(RunHeader header, int every) {
    numbers = new LineNumbers(header);
    this.every = every;
  }

  List<TrackedNumber> of(LogLine line) {
    List<TrackedNumber> found = new ArrayList<>();
    long step = LineNumbers.stepsMade(line);
    if (line instanceof StepLine && (every == 0 || step % every != 0)) {
      return found;
    }
    Map<String, Double> values = new LinkedHashMap<>(numbers.of(line));
    if (line instanceof StepLine of) {
      values.put("epoch", (double) of.epoch());
    }
    long now = System.currentTimeMillis();
    values.forEach(
        (name, value) -> {
          if (Double.isFinite(value)) {
            found.add(new TrackedNumber(MlflowRun.key(name), value, step, now));
          }
        });
    return found;
  }
}
