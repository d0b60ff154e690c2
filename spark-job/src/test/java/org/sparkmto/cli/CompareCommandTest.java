package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Check;
import org.sparkmto.runlog.SweepResults.Row;
import org.sparkmto.runlog.SweepResults.SweptRun;
import org.sparkmto.training.StripesDataset;

/** Comparisons of short runs, through the command as a person gives it. */
class CompareCommandTest {
  @TempDir static Path folder;

  private static Path data;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void write() {
    data = StripesDataset.write(folder.resolve("stripes"));
  }

  private int run(List<String> line) {
    return Main.run(
        Main.subCommands(),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        line.toArray(String[]::new));
  }

  private static List<String> cluster() {
    return List.of(
        "--master",
        "local[2]",
        "--spark-conf",
        "spark.ui.enabled=false",
        "--spark-conf",
        "spark.driver.host=127.0.0.1");
  }

  private static List<String> settings() {
    return Stream.of(
            "data.directory=\"" + data + "\"",
            "data.validation=\"\"",
            "data.cache-mib=16",
            "network.width=2",
            "network.features=6",
            "network.hidden=5",
            "schedule.rate=0.01",
            "training.batch=24",
            "cluster.threads=1",
            "cluster.deadline-seconds=60")
        .flatMap(setting -> Stream.of("--set", setting))
        .toList();
  }

  private int compare(Path target, String... options) {
    List<String> line = new ArrayList<>(List.of("compare", "--out", target.toString()));
    line.addAll(cluster());
    if (!List.of(options).contains("--split")) {
      line.addAll(List.of("--split", "val"));
    }
    line.addAll(settings());
    line.addAll(List.of(options));
    return run(line);
  }

  private static SweepResults results(Path target) throws IOException {
    return SweepResults.parse(
        Files.readString(target.resolve(SweepResults.FILE)), SweepResults.FILE);
  }

  @Test
  void comparesChecksAndGoesOn() throws IOException {
    Path target = folder.resolve("all of it");
    String[] first = {"--methods", "ew,imtl-g", "--steps", "12", "--check", "--check-steps", "6"};
    assertThat(compare(target, first)).as(err::toString).isZero();
    assertThat(err.toString()).isEmpty();
    SweepResults results = results(target);
    assertThat(results.rows()).hasSize(2);
    for (Row row : results.rows()) {
      assertThat(row.failure()).isEmpty();
      assertThat(row.values().get("mean/accuracy").mean()).isBetween(0.2, 1.0);
      assertThat(row.values().get("delta/task-weighted").mean()).isFinite();
    }
    assertThat(results.checks()).hasSize(2).allMatch(Check::holds);
    assertThat(target.resolve("results.md"))
        .content()
        .contains("| imtl-g | same bits | ok | ")
        .doesNotContain("Chosen by"); // nothing is tuned
    assertThat(Files.readAllLines(target.resolve("times.csv")).get(1))
        .as("a step beside that of the first row")
        .matches("ew,[0-9.]+,1\\.0");
    assertThat(target.resolve("report.html")).content().contains("Exactness", "Time of a step");

    Path model = target.resolve("runs/ew/seed-1/model/model.safetensors");
    Path single = target.resolve("single-task/row/run/seed-1/model/model.safetensors");
    Path checked = target.resolve("checks/ew/1-rank/model/model.safetensors");
    FileTime trained = Files.getLastModifiedTime(model);
    FileTime made = Files.getLastModifiedTime(checked);
    byte[] baseline = Files.readAllBytes(single);
    String[] more = {"--methods", "ew,uw", "--steps", "12", "--check", "--check-steps", "6"};
    assertThat(compare(target, more)).as(err::toString).isZero();
    assertThat(Files.getLastModifiedTime(model)).isEqualTo(trained);
    assertThat(Files.getLastModifiedTime(checked)).isEqualTo(made);
    assertThat(Files.readAllBytes(single)).isEqualTo(baseline);
    assertThat(results(target).checks())
        .containsOnlyOnce(results.checks().get(0))
        .extracting(check -> check.point().get("method"))
        .containsExactly("ew", "uw");

    assertThat(compare(target, "--methods", "ew", "--steps", "13")).isEqualTo(2);
    assertThat(err.toString()).contains("another configuration", "--overwrite").hasLineCount(1);
    String[] anew = {"--methods", "ew", "--steps", "13", "--overwrite", "--no-baselines"};
    err.getBuffer().setLength(0);
    assertThat(compare(target, anew)).as(err::toString).isZero();
    assertThat(results(target).columns()).noneMatch(column -> column.scope().equals("delta"));
    assertThat(target.resolve("runs/uw")).doesNotExist();
  }

  @Test
  void givenNetworksAreComparedWithAndLeftAsTheyAre() throws IOException {
    Path given = folder.resolve("given");
    List<String> line = new ArrayList<>(List.of("train", "--tasks", "one"));
    line.addAll(cluster());
    line.addAll(settings());
    for (String setting : List.of("training.steps=6", "run.directory=\"" + given + "\"")) {
      line.addAll(List.of("--set", setting));
    }
    assertThat(run(line)).as(err::toString).isZero();
    FileTime trained = Files.getLastModifiedTime(given.resolve("row/model/manifest.json"));

    Path target = folder.resolve("against given");
    String[] options = {"--methods", "ew", "--seeds", "1,2", "--steps", "8"};
    String[] flag = Arrays.copyOf(options, options.length + 2);
    flag[options.length] = "--baselines";
    flag[options.length + 1] = given.toString();
    assertThat(compare(target, flag)).as(err::toString).isZero();
    assertThat(target.resolve("single-task")).doesNotExist();
    assertThat(results(target).baselines()).hasSize(3);
    for (SweptRun run : results(target).runs()) {
      assertThat(run.values().get("delta/task-weighted")).isFinite();
    }
    assertThat(Files.getLastModifiedTime(given.resolve("row/model/manifest.json")))
        .isEqualTo(trained);

    String[] store = Arrays.copyOf(options, options.length + 2);
    store[options.length] = "--set";
    store[options.length + 1] = "baselines.directory=\"" + folder.resolve("empty") + "\"";
    assertThat(compare(folder.resolve("never"), store)).isEqualTo(2);
    assertThat(err.toString())
        .contains("empty holds no network of task 'row'", "spark-mto train --tasks one")
        .hasLineCount(1);
  }

  @Test
  void severalSeedsAreOneRowWithMeanAndDeviationHereAndInTheReport() throws IOException {
    Path target = folder.resolve("seeds");
    String[] options = {"--methods", "ew,uw", "--seeds", "1,2,3", "--steps", "6", "--no-baselines"};
    assertThat(compare(target, options)).as(err::toString).isZero();
    for (Row row : results(target).rows()) {
      assertThat(row.seeds()).containsExactly(1L, 2L, 3L);
      assertThat(row.values().get("mean/accuracy").deviation()).isNotNegative();
    }
    assertThat(target.resolve("runs/uw/seed-3/model/model.safetensors")).exists();
    assertThat(target.resolve("results.md")).content().contains(" ± ", "over the seeds");

    Path report = folder.resolve("seeds-report");
    List<String> line =
        List.of(
            "report",
            target.resolve("runs/ew").toString(),
            target.resolve("runs/uw").toString(),
            "--out",
            report.toString());
    assertThat(run(line)).as(err::toString).isZero();
    assertThat(report.resolve("report.html"))
        .content()
        .contains("Comparison of 2 methods over 3 seeds", "uw/seed-2", "seeds 1, 2, 3");
    assertThat(report.resolve("results.tex")).content().contains(" \\pm ");
  }

  @Test
  void aMethodThatFailsIsARowAndTheOthersGoOn() throws IOException {
    Path target = folder.resolve("failing");
    String methods = "ew:weights=[1,1,1e300],ew";
    String[] options = {
      "--methods", methods, "--steps", "6", "--no-baselines", "--set", "cluster.ranks=1"
    };
    assertThat(compare(target, options)).isEqualTo(1);
    assertThat(err.toString()).contains("1 run failed; the tables say why");
    List<Row> rows = results(target).rows();
    assertThat(rows.get(0).failure()).contains("diverged at");
    assertThat(rows.get(0).values()).isEmpty();
    assertThat(rows.get(1).failure()).isEmpty();
    assertThat(rows.get(1).values().get("mean/accuracy").mean()).isFinite();
    assertThat(out.toString()).contains("| ew |", "Runs without a result");
  }

  @Test
  void aDirectoryOfSomethingElseIsLeftAlone() throws IOException {
    Path target = Files.createDirectories(folder.resolve("something else"));
    Files.writeString(target.resolve("letter.txt"), "Dear reader");
    assertThat(compare(target, "--methods", "ew", "--overwrite")).isEqualTo(2);
    assertThat(err.toString()).contains("not the directory of a sweep").hasLineCount(1);
    assertThat(target.resolve("letter.txt")).hasContent("Dear reader");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--methods eww                        | unknown method 'eww'",
        "--methods ew:weigths=1               | has no option 'weigths'",
        "--methods ew,imtl,ew                 | 'ew' is named twice",
        "--baselines x --no-baselines         | contradict each other",
        "--methods ew:weights=[1,2]           | 'ew:weights=[1,2]' fits no run",
        "--check-steps 5                      | without --check",
        "--seeds 3,4,3                        | name each of them once",
        "--check --check-steps 1              | needs 2 steps or more",
        "--steps -1                           | training.steps = -1",
        "--set training.bach=1                | unknown key 'training.bach'",
        "--split tset                         | tset",
      })
  void refusesInOneLine(String line, String reason) {
    Path target = folder.resolve("refused");
    assertThat(compare(target, line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(reason).hasLineCount(1);
    assertThat(target).doesNotExist();
  }
}
