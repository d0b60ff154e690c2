package org.sparkmto.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.analysis.GradientAnalysis;
import org.sparkmto.analysis.GradientAnalysis.Kind;
import org.sparkmto.analysis.GradientAnalysis.Layer;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.analysis.Moments;
import org.sparkmto.analysis.PairMeasure;
import org.sparkmto.analysis.PairSums;
import org.sparkmto.analysis.Pairing;
import org.sparkmto.random.Draws;
import org.sparkmto.runlog.AnalysisLine;
import org.xml.sax.InputSource;

class AnalysisReportTest {
  private static final List<Layer> LAYERS =
      List.of(
          new Layer("encoder.conv1", 5),
          new Layer("encoder.layer1.0.conv1", 6),
          new Layer("encoder.layer1.1.conv1", 4));

  @TempDir Path folder;

  private static PairSums drawn(Draws draws, int rows, long parameters) {
    double[][] gradients = new double[rows][(int) parameters];
    for (int row = 0; row < rows; row++) {
      Draws own = draws.at(row);
      Arrays.setAll(gradients[row], p -> own.uniform(p) - 0.4);
    }
    return PairSums.of(gradients);
  }

  private static AnalysisLine line(long step, long epoch, int tasks, int samples, double rate) {
    GradientSums sums = new GradientSums(new GradientSums.Shape(LAYERS.size(), tasks, samples));
    for (int layer = 0; layer < LAYERS.size(); layer++) {
      Draws draws = Draws.of(step).at(layer);
      long parameters = LAYERS.get(layer).parameters();
      PairSums own = drawn(draws.of("tasks"), tasks, parameters);
      sums.addTasks(layer, own.products().toArray(), own.opposed().toArray());
      for (int sample = 0; sample < samples; sample++) {
        own = drawn(draws.of("sample").at(sample), tasks, parameters);
        sums.addSample(layer, sample, own.products().toArray(), own.opposed().toArray());
      }
      for (int task = 0; task < tasks && samples > 0; task++) {
        own = drawn(draws.of("task").at(task), samples, parameters);
        sums.addTask(layer, task, own.products().toArray(), own.opposed().toArray());
      }
      double[] magnitudes = new double[tasks];
      Arrays.setAll(magnitudes, task -> (task + 1.0) * parameters);
      sums.addMagnitudes(layer, magnitudes);
      sums.addContributions(layer, Arrays.stream(magnitudes).map(m -> rate * m).toArray());
    }
    double[] labels = new double[tasks * samples];
    Arrays.fill(labels, 1);
    double[] ofBatch = new double[tasks];
    Arrays.fill(ofBatch, 8);
    sums.label(ofBatch, labels);
    return new AnalysisLine(step, epoch, GradientAnalysis.of(sums, LAYERS));
  }

  private Path run(int tasks, List<AnalysisLine> lines) throws Exception {
    Path run =
        new SyntheticRun(SyntheticRun.manyTasks(tasks), "ew", "EW", 300, 1)
            .writeTo(folder.resolve("run"));
    List<String> more = lines.stream().map(AnalysisLine::toJson).toList();
    Files.write(run.resolve("metrics.jsonl"), more, StandardOpenOption.APPEND);
    return run;
  }

  private static void assertWellFormed(String page) throws Exception {
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page.substring(page.indexOf("<html")))));
  }

  /**
   * As of a run that is shorter than {@code analyze.every}: lines through one point are nothing.
   */
  @Test
  void ofASingleStepThereAreDotsInTheMiddle() throws Exception {
    Path run = run(2, List.of(line(0, 0, 2, 0, 0.1)));
    Path out = folder.resolve("single");
    AnalysisReport.ofLog(RunFiles.of(run)).write(ReportFolder.of(out));
    String page = Files.readString(out.resolve("analysis.html"));
    assertThat(page.split("class=\"line ", -1)).hasSameSizeAs(page.split("class=\"dots ", -1));
    assertThat(page).contains("data-x=\"-0.5 0.5\"");
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 0.1", "2, 0, NaN", "3, 4, 0.1", "12, 2, 0.1"})
  void aPageHasPlotsTablesAndTheSameNumbersBeside(int tasks, int samples, double rate)
      throws Exception {
    Path run =
        run(
            tasks,
            List.of(
                line(0, 0, tasks, samples, rate),
                line(100, 0, tasks, samples, rate),
                line(200, 1, tasks, samples, rate)));
    Path out = folder.resolve("out");
    AnalysisReport report = AnalysisReport.ofLog(RunFiles.of(run));
    assertThat(report.steps()).isEqualTo(3);
    assertThat(report.write(ReportFolder.of(out)))
        .containsExactly("analysis.html", "analysis.csv", "analysis.json");
    String page = Files.readString(out.resolve("analysis.html"));
    assertWellFormed(page);
    assertThat(page).contains("Gradients, analysed while it trained.", "Mean gradient magnitude");
    assertThat(page.contains("Contribution to the update")).isEqualTo(rate > 0);
    assertThat(page.contains("samples of a task")).isEqualTo(samples > 0);
    assertThat(page.contains("Pairs of tasks")).isEqualTo(tasks > 1);
    Report.write(List.of(run), out);
    String whole = Files.readString(out.resolve("report.html"));
    assertWellFormed(whole);
    assertThat(whole).contains("What the gradients say");
  }

  @Test
  void epochsAndTheRunJoinTheStepsOfWhichEachCountsOnce() throws Exception {
    List<AnalysisLine> lines = new ArrayList<>();
    for (long step = 0; step < 6; step++) {
      lines.add(line(step, step / 4, 3, 2, 0.1));
    }
    AnalysisHistory history = new AnalysisHistory(3);
    lines.forEach(history::add);
    history.add(lines.get(4));
    assertThat(history.analyses()).isEqualTo(6);
    GroupTotals network = history.of(Kind.NETWORK).get(0);
    Moments all = network.pairs(Pairing.TASKS_OF_SAMPLE).of(PairMeasure.COSINE);
    assertThat(all.count()).isEqualTo(6 * 2 * 3);
    Moments joined = Moments.NONE;
    for (GroupTotals epoch : history.epochs().values()) {
      joined = joined.plus(epoch.pairs(Pairing.TASKS_OF_SAMPLE).of(PairMeasure.COSINE));
    }
    assertThat(joined.deviation()).isCloseTo(all.deviation(), within(1e-12));
    assertThat(history.epochs().keySet()).containsExactly(0L, 1L);
    assertThat(network.contribution(2).mean()).isCloseTo(0.3, within(1e-12));
    double cosines = 0;
    for (AnalysisLine line : lines) {
      cosines += line.analysis().tasks().cosine(2, 0);
    }
    assertThat(history.cosine(0, 2).mean()).isCloseTo(cosines / 6, within(1e-12));
  }

  @Test
  void everyValueHasItsLineInTheTable() throws Exception {
    Path run = run(2, List.of(line(5, 0, 2, 2, 0.5)));
    Path out = folder.resolve("out");
    AnalysisReport.ofLog(RunFiles.of(run)).write(ReportFolder.of(out));
    List<String> csv = Files.readAllLines(out.resolve("analysis.csv"));
    assertThat(csv.get(0)).endsWith("comparison,measure,task,count,mean,deviation");
    assertThat(csv)
        .anyMatch(line -> line.contains(",step,5,0,stage,encoder.layer1,10,tasks,cosine,,1,"))
        .anyMatch(line -> line.contains(",step,5,0,layer,encoder.conv1,5,,magnitude,"))
        .anyMatch(line -> line.contains(",run,,,network,shared,15,samples-of-task,cosine,,2,"))
        .anyMatch(line -> line.contains(",epoch,,0,network,shared,15,,contribution,"));
    long columns = csv.get(0).chars().filter(c -> c == ',').count();
    assertThat(csv).allMatch(line -> line.chars().filter(c -> c == ',').count() == columns);
  }
}
