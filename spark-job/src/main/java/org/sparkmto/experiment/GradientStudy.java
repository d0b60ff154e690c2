package org.sparkmto.experiment;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.sparkmto.analysis.Moments;
import org.sparkmto.analysis.PairMeasure;
import org.sparkmto.analysis.PairStatistics;
import org.sparkmto.naming.Counted;
import org.sparkmto.report.AnalysisReport;
import org.sparkmto.report.RunFiles;
import org.sparkmto.runlog.AnalysisLine;
import org.sparkmto.training.CheckpointAnalyses;

/** The gradients of a run at its checkpoints, for a person and for a report. */
public final class GradientStudy {
  private GradientStudy() {}

  /**
   * Analyses the checkpoints of a run, and prints a line of each comparison as it is known.
   *
   * @param run the files of the same run
   */
  public static AnalysisReport of(CheckpointAnalyses analyses, RunFiles run, PrintWriter console)
      throws IOException {
    List<AnalysisLine> lines = analyses.run(line -> print(line, console));
    int checkpoints = analyses.checkpoints().size();
    return AnalysisReport.of(
        run,
        lines,
        "after its %s, %s altogether"
            .formatted(Counted.of(checkpoints, "checkpoint"), Counted.of(lines.size(), "step")));
  }

  private static void print(AnalysisLine line, PrintWriter console) {
    line.analysis()
        .network()
        .pairs()
        .forEach(
            (pairing, pairs) ->
                console.printf(
                    Locale.ROOT,
                    "step %-6d %-18s cosine %s, %s of pairs in conflict, magnitude similarity %s,"
                        + " conflicting parameters %s, condition %s%n",
                    line.step(),
                    pairing.words(),
                    text("%.3f", pairs.of(PairMeasure.COSINE)),
                    percent(pairs.conflictingPairs()),
                    text("%.3f", pairs.of(PairMeasure.MAGNITUDE_SIMILARITY)),
                    percent(pairs.of(PairMeasure.CONFLICTING_PARAMETERS).mean()),
                    condition(pairs)));
    console.flush();
  }

  private static String text(String format, Moments moments) {
    return moments.count() == 0 ? "-" : String.format(Locale.ROOT, format, moments.mean());
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : Math.round(100 * share) + " %";
  }

  /** The geometric mean of the systems that have one. */
  private static String condition(PairStatistics pairs) {
    Moments log = pairs.of(PairMeasure.LOG_CONDITION);
    return log.count() == 0 ? "-" : String.format(Locale.ROOT, "%.3g", Math.pow(10, log.mean()));
  }
}
