package org.sparkmto.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkmto.runlog.LogReader;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.StepLine;
import org.sparkmto.training.RunDirectory;

/**
 * What a run's log says of its steps.
 *
 * @param millis time of each
 * @param fallbacks why steps took equal weights, of each that did
 */
public record LoggedSteps(List<Double> millis, List<String> fallbacks) {

  /**
   * Reads the log of a complete run.
   *
   * @throws IllegalStateException if the run has lost its header or its log
   */
  public static LoggedSteps of(RunDirectory run) {
    List<Double> millis = new ArrayList<>();
    List<String> fallbacks = new ArrayList<>();
    String header = present(run, RunHeader.FILE, run.read(RunHeader.FILE));
    try (InputStream in = present(run, MetricsLog.FILE, run.open(MetricsLog.FILE))) {
      LogReader.read(
          in,
          RunHeader.parse(header, run.name() + "/" + RunHeader.FILE),
          line -> {
            if (line instanceof StepLine step) {
              millis.add(step.millis());
              step.fallback().ifPresent(fallbacks::add);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log of " + run.name(), e);
    }
    return new LoggedSteps(millis, fallbacks);
  }

  private static <T> T present(RunDirectory run, String file, Optional<T> content) {
    return content.orElseThrow(() -> new IllegalStateException(run.name() + " has lost " + file));
  }
}
