package org.sparkmto.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkmto.runlog.AnalysisFile;
import org.sparkmto.runlog.AnalysisLine;
import org.sparkmto.runlog.LogFormatException;
import org.sparkmto.runlog.LogReader;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.RunHeader;

/** Writes what the gradients of a run say: a page with plots, and the numbers as CSV and JSON. */
public final class AnalysisReport {
  /** The page. */
  public static final String PAGE = "analysis.html";

  /** All numbers, one per line. */
  public static final String CSV = "analysis.csv";

  private final RunHeader header;
  private final List<AnalysisLine> lines;
  private final String origin;

  private AnalysisReport(RunHeader header, List<AnalysisLine> lines, String origin) {
    this.header = header;
    this.lines = lines;
    this.origin = origin;
  }

  /**
   * Of analyses that were made of a run.
   *
   * @param origin how, as the end of a sentence
   * @throws ReportException if the run has no readable {@code run.json}
   */
  public static AnalysisReport of(RunFiles run, List<AnalysisLine> lines, String origin)
      throws IOException {
    return new AnalysisReport(Run.header(run), lines, origin);
  }

  /**
   * Of the analyses that a run made itself, as its log has them.
   *
   * @throws ReportException if the run has no readable {@code run.json}, or its log no analysis
   */
  public static AnalysisReport ofLog(RunFiles run) throws IOException {
    RunHeader header = Run.header(run);
    TreeMap<Long, AnalysisLine> found = new TreeMap<>();
    if (run.names().contains(MetricsLog.FILE)) {
      try (InputStream in = run.open(MetricsLog.FILE)) {
        LogReader.read(
            in,
            header,
            line -> {
              if (line instanceof AnalysisLine analysed) {
                found.put(analysed.step(), analysed);
              }
            });
      } catch (LogFormatException e) {
        throw new ReportException(e.getMessage(), e);
      }
    }
    if (found.isEmpty()) {
      throw new ReportException(
          run.label()
              + " has no analysis in its log: train with analyze.every = n, or leave --logged out"
              + " to analyse its checkpoints");
    }
    return new AnalysisReport(header, new ArrayList<>(found.values()), "while it trained");
  }

  /** How many steps were analysed. */
  public int steps() {
    return lines.size();
  }

  /**
   * Writes the files.
   *
   * @return their names
   */
  public List<String> write(ReportFolder out) throws IOException {
    Map<String, String> contents = new LinkedHashMap<>();
    contents.put(PAGE, page());
    contents.put(CSV, AnalysisCsv.of(header, lines));
    contents.put(AnalysisFile.NAME, new AnalysisFile(header, lines).toJson());
    for (Map.Entry<String, String> file : contents.entrySet()) {
      try (OutputStream stream = out.create(file.getKey())) {
        stream.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return List.copyOf(contents.keySet());
  }

  private String page() throws IOException {
    AnalysisHistory history = new AnalysisHistory(header.tasks().size());
    lines.forEach(history::add);
    double last = lines.isEmpty() ? 0 : (double) lines.get(lines.size() - 1).step();
    Markup page = ReportPage.begin("Gradients of " + header.title() + " – " + header.run());
    page.open("section", "class", "run").open("header");
    page.element("p", header.run(), "class", "eyebrow");
    page.element("h1", header.title());
    page.element("p", "Gradients, analysed " + origin + ".", "class", "lead");
    Facts.draw(page, Facts.of(header));
    page.close().newLine();
    new AnalysisCards(history, header.tasks(), plot -> plot.until(last)).draw(page);
    page.close().newLine();
    return ReportPage.end(
        page,
        "Written by spark-mto from the gradients of the run. The same numbers: ",
        List.of(CSV, AnalysisFile.NAME));
  }
}
