package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.training.StripesDataset;

/** Comparisons of short runs, through the command as a person gives it. */
class CompareCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;

  private static Path data;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void write() {
    data = StripesDataset.write(folder.resolve("stripes"));
  }

  private int compare(Path target, String... options) {
    List<String> line = new ArrayList<>(List.of("compare", "--master", "local[2]"));
    line.addAll(List.of("--spark-conf", "spark.ui.enabled=false"));
    line.addAll(List.of("--spark-conf", "spark.driver.host=127.0.0.1"));
    line.addAll(List.of("--out", target.toString()));
    if (!List.of(options).contains("--split")) {
      line.addAll(List.of("--split", "val"));
    }
    for (String setting :
        List.of(
            "data.directory=\"" + data + "\"",
            "data.validation=\"\"",
            "data.cache-mib=16",
            "network.width=2",
            "network.features=6",
            "network.hidden=5",
            "schedule.rate=0.01",
            "training.batch=24",
            "cluster.threads=1",
            "cluster.deadline-seconds=60")) {
      line.addAll(List.of("--set", setting));
    }
    line.addAll(List.of(options));
    return Main.run(
        Main.subCommands(),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        line.toArray(String[]::new));
  }

  private static JsonNode row(Path target, int number) throws IOException {
    return JSON.readTree(target.resolve("results.json").toFile()).path("rows").path(number);
  }

  @Test
  void comparesChecksAndGoesOn() throws IOException {
    Path target = folder.resolve("all of it");
    String[] first = {"--methods", "ew,imtl-g", "--steps", "12", "--check", "--check-steps", "6"};
    assertThat(compare(target, first)).as(err::toString).isZero();
    assertThat(err.toString()).isEmpty();
    for (int number = 0; number < 2; number++) {
      JsonNode row = row(target, number);
      assertThat(row.path("steps").asInt()).isEqualTo(12);
      assertThat(row.path("millisPerStep").asDouble()).isPositive();
      assertThat(row.path("mean").path("accuracy").asDouble()).isBetween(0.2, 1.0);
      assertThat(row.has("delta")).isTrue();
      assertThat(row.path("ranksApart").asDouble()).isLessThan(1e-4);
      assertThat(row.path("resumesExactly").asBoolean()).isTrue();
      assertThat(row.has("failure")).isFalse();
    }
    assertThat(row(target, 0).path("ratioToEqualWeights").asDouble()).isEqualTo(1);
    assertThat(row(target, 1).path("level").asText()).isEqualTo("representation");
    assertThat(target.resolve("results.md")).content().contains("| imtl-g | representation |");
    assertThat(target.resolve("results.csv")).content().startsWith("method,level,accuracy,");

    Path model = target.resolve("runs/ew/model/model.safetensors");
    Path single = target.resolve("runs/single-task/row/model/model.safetensors");
    Path checked = target.resolve("checks/ew/1-rank/model/model.safetensors");
    FileTime trained = Files.getLastModifiedTime(model);
    FileTime made = Files.getLastModifiedTime(checked);
    byte[] baseline = Files.readAllBytes(single);
    String[] more = {"--methods", "ew,uw", "--steps", "12", "--check", "--check-steps", "6"};
    assertThat(compare(target, more)).as(err::toString).isZero();
    assertThat(Files.getLastModifiedTime(model)).isEqualTo(trained);
    assertThat(Files.getLastModifiedTime(checked)).isEqualTo(made);
    assertThat(Files.readAllBytes(single)).isEqualTo(baseline);
    assertThat(row(target, 0).path("resumesExactly").asBoolean()).isTrue();
    assertThat(row(target, 1).path("method").asText()).isEqualTo("uw");

    assertThat(compare(target, "--methods", "ew", "--steps", "13")).isEqualTo(2);
    assertThat(err.toString()).contains("another configuration", "--overwrite").hasLineCount(1);
    String store = "baselines.directory=\"" + folder.resolve("store") + "\"";
    String[] anew = {"--methods", "ew", "--steps", "13", "--overwrite", "--set", store};
    err.getBuffer().setLength(0);
    assertThat(compare(target, anew)).as(err::toString).isZero();
    assertThat(row(target, 0).path("steps").asInt()).isEqualTo(13);
    assertThat(row(target, 0).has("delta")).as("against those of the store").isTrue();
    assertThat(target.resolve("runs/uw")).doesNotExist();
  }

  @Test
  void severalSeedsAreOneRowWithMeanAndDeviationHereAndInTheReport() throws IOException {
    Path target = folder.resolve("seeds");
    String[] options = {"--methods", "ew,uw", "--seeds", "1,2,3", "--steps", "6", "--no-baselines"};
    assertThat(compare(target, options)).as(err::toString).isZero();
    for (int number = 0; number < 2; number++) {
      JsonNode row = row(target, number);
      assertThat(row.path("runs").asInt()).isEqualTo(3);
      assertThat(row.path("deviation").path("accuracy").asDouble()).isNotNegative();
    }
    assertThat(target.resolve("runs/uw/seed-3/model/model.safetensors")).exists();
    assertThat(target.resolve("results.md")).content().contains(" ± ", "* seeds: 1, 2, 3;");
    assertThat(target.resolve("results.csv"))
        .content()
        .startsWith("method,level,accuracy,accuracy deviation,");

    Path report = folder.resolve("seeds-report");
    String[] line = {
      "report",
      target.resolve("runs/ew").toString(),
      target.resolve("runs/uw").toString(),
      "--out",
      report.toString()
    };
    int code =
        Main.run(Main.subCommands(), new PrintWriter(out, true), new PrintWriter(err, true), line);
    assertThat(code).as(err::toString).isZero();
    assertThat(report.resolve("report.html"))
        .content()
        .contains("Comparison of 2 methods over 3 seeds", "uw/seed-2", "seeds 1, 2, 3");
    assertThat(report.resolve("results.tex")).content().contains(" \\pm ");
  }

  @Test
  void aMethodThatFailsIsARowAndTheOthersGoOn() throws IOException {
    Path target = folder.resolve("failing");
    String[] methods = {"--methods", "ew:weights=[1,2],ew:weights=[1,1,1e38],ew", "--steps", "6"};
    String[] all = new String[methods.length + 1];
    System.arraycopy(methods, 0, all, 0, methods.length);
    all[methods.length] = "--no-baselines";
    assertThat(compare(target, all)).isEqualTo(1);
    assertThat(err.toString()).contains("of 3 methods failed: ew:weights=[1,2]");
    assertThat(row(target, 0).path("failure").asText()).contains("weights");
    assertThat(row(target, 0).has("mean")).isFalse();
    assertThat(row(target, 2).path("steps").asInt()).isEqualTo(6);
    assertThat(row(target, 2).has("failure")).isFalse();
    assertThat(out.toString()).contains("| ew |");
  }

  @Test
  void aDirectoryOfSomethingElseIsLeftAlone() throws IOException {
    Path target = Files.createDirectories(folder.resolve("something else"));
    Files.writeString(target.resolve("letter.txt"), "Dear reader");
    assertThat(compare(target, "--methods", "ew", "--overwrite")).isEqualTo(2);
    assertThat(err.toString()).contains("not the directory of a comparison").hasLineCount(1);
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
        "--check-steps 5                      | without --check",
        "--seeds 3,4,3                        | a seed is named twice",
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
