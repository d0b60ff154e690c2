package org.sparkmto.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Spread;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Check;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Row;
import org.sparkmto.runlog.SweepResults.SweptRun;

/** What a person reads of a sweep, in the files that have it. */
class SweepReportTest {
  private static final Map<String, String> EW = Map.of("method", "ew");
  private static final Map<String, String> SLOW = Map.of("method", "cagrad:c=0.5,rescale=2");

  @TempDir Path folder;

  private static SweptRun run(Map<String, String> point, long seed, String... remarks) {
    return new SweptRun(
        point, seed, "", true, 0.5, Map.of("a/accuracy", 0.5), true, true, List.of(remarks));
  }

  private static Row row(Map<String, String> point) {
    Map<String, Spread> values = Map.of("a/accuracy", new Spread(0.5, Double.NaN));
    return new Row(point, List.of(1L), "", values, Map.of());
  }

  /** Of a task whose first figure does not count, that which the front is about. */
  @Test
  void dotsStandWhereTheFiguresThatCountAre() throws IOException {
    Direction lower = Direction.LOWER_IS_BETTER;
    List<SweptRun> runs = new ArrayList<>();
    for (long seed = 1; seed <= 2; seed++) {
      Map<String, Double> values =
          Map.of("a/accuracy", 0.1 * seed, "depth/absolute-error", 1.0, "depth/rmse", 2.0 + seed);
      runs.add(new SweptRun(EW, seed, "", true, 0.5, values, true, true, List.of()));
    }
    SweepResults results =
        new SweepResults(
            "stripes",
            "test",
            "",
            "",
            List.of("method"),
            List.of(
                new Column("task", "a", "accuracy", Direction.HIGHER_IS_BETTER, false),
                new Column("task", "depth", "absolute-error", lower, false),
                new Column("task", "depth", "rmse", lower, true)),
            List.of(row(EW)),
            runs,
            List.of(),
            List.of(),
            List.of(),
            List.of());
    SweepReport.write(results, Map.of(), name -> Files.newOutputStream(folder.resolve(name)));
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("<h3>a accuracy and depth rmse</h3>");
  }

  private String write(String file) throws IOException {
    SweepResults results =
        new SweepResults(
            "stripes",
            "test",
            "",
            "",
            List.of("method"),
            List.of(new Column("task", "a", "accuracy", Direction.HIGHER_IS_BETTER, true)),
            List.of(row(EW), row(SLOW)),
            List.of(run(EW, 1), run(SLOW, 1, "3 of 9 steps fell"), run(SLOW, 2, "not in a row")),
            List.of(),
            List.of(),
            List.of(),
            List.of(
                new Check(EW, 2e-9, true, ""),
                new Check(SLOW, 2e-4, false, ""),
                new Check(Map.of("method", "gls"), Double.NaN, false, "no such | way")));
    Map<String, Double> times = Map.of("ew, seed 1", 20.0, "cagrad:c=0.5,rescale=2, seed 1", 50.0);
    SweepReport.write(results, times, name -> Files.newOutputStream(folder.resolve(name)));
    return Files.readString(folder.resolve(file));
  }

  @Test
  void aStepIsTimedBesideTheFirstRowsAndInFilesOfItsOwn() throws IOException {
    assertThat(write(SweepReport.TIMES))
        .isEqualTo(
            String.join(
                "\r\n",
                "method,milliseconds,of the first row",
                "ew,20.0,1.0",
                "\"cagrad:c=0.5,rescale=2\",50.0,2.5",
                ""));
    assertThat(folder.resolve(Report.PAGE)).content().contains("Time of a step", "2.50");
    for (String table : List.of(SweepReport.MARKDOWN, Report.CSV, Report.LATEX)) {
      assertThat(folder.resolve(table)).content().doesNotContain("2.5", "50.0");
    }
  }

  @Test
  void whatIsToBeKnownOfTheRunsOfRowsIsSaid() throws IOException {
    assertThat(write(SweepReport.MARKDOWN))
        .contains("- cagrad:c=0.5,rescale=2, seed 1: 3 of 9 steps fell\n")
        .doesNotContain("not in a row", "Chosen by", "Runs without a result");
    assertThat(folder.resolve(Report.PAGE))
        .content()
        .contains("3 of 9 steps fell")
        .doesNotContain("not in a row", "was chosen by");
  }

  @Test
  void checksAreATableOfTheirOwn() throws IOException {
    assertThat(write(SweepReport.MARKDOWN).lines())
        .contains(
            "| ew | same bits | ok | 2.0e-09 |",
            "| cagrad:c=0.5,rescale=2 | OTHER BITS | NOT EXACT | 2.0e-04 |")
        .anyMatch(line -> line.startsWith("| gls |") && line.contains("| no such \\| way |"));
  }

  @Test
  void aParetoTableHasMethodsAcrossUnlessTheyAreMany() throws IOException {
    assertThat(frontsOf(12)).contains("| optimizer | m0 |", "| adam | 1 | 1 |");
    assertThat(frontsOf(13))
        .contains("| method | optimizer | on the front |", "| m12 | adam | 1 |");
  }

  private String frontsOf(int methods) throws IOException {
    List<SweepResults.Front> fronts = new ArrayList<>();
    for (int i = 0; i < methods; i++) {
      Map<String, String> point = new LinkedHashMap<>();
      point.put("method", "m" + i);
      point.put("optimizer", "adam");
      fronts.add(new SweepResults.Front(point, 3, 1, -1));
    }
    SweepResults results =
        new SweepResults(
            "stripes",
            "test",
            "",
            "",
            List.of("method", "optimizer"),
            List.of(new Column("task", "a", "accuracy", Direction.HIGHER_IS_BETTER, true)),
            List.of(row(EW)),
            List.of(run(EW, 1)),
            fronts,
            List.of(),
            List.of(),
            List.of());
    SweepReport.write(results, Map.of(), name -> Files.newOutputStream(folder.resolve(name)));
    return Files.readString(folder.resolve(SweepReport.MARKDOWN));
  }
}
