package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.training.StripesDataset;

/** What is measured of a step on real data, by its form; never its times. */
@Tag("slow")
class LooksAndPlanTest {
  @TempDir private static Path folder;

  private static Path data;

  @BeforeAll
  static void write() {
    data = StripesDataset.write(folder.resolve("stripes"), List.of(0.0, 0.0, 0.0));
  }

  private static CommandHere run(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "--set",
            "data.directory=" + data,
            "--set",
            "network.name=small-conv",
            "--set",
            "network.width=2",
            "--set",
            "training.batch=8",
            "--threads",
            "1"));
    return CommandHere.run(all.toArray(String[]::new));
  }

  @Test
  void looksAreHeldAgainstALookAtEverything() {
    CommandHere looks =
        run(
            "bench",
            "looks",
            "--at",
            "0,4",
            "--batches",
            "2",
            "--every",
            "3",
            "--look",
            "directions=3",
            "--look",
            "sketch=16");
    assertThat(looks.code()).as(looks.err()).isZero();
    assertThat(looks.out())
        .contains("small-conv")
        .containsPattern("equal weights +1.00")
        .containsPattern("every = 3 +\\d")
        // Three directions of three tasks, and everything, are exact.
        .containsPattern("directions=3 +[\\d. ]+( +0.0[0-9]%){7}")
        .containsPattern("everything +[\\d. ]+( +0.0[0-9]%){7}")
        .containsPattern("everything, by gradients +[\\d. ]+( +0.00%){7}")
        .containsPattern("sketch=16 +[\\d. ]+( +\\d+.\\d\\d%){7}");
  }

  @Test
  void costsThatWereMeasuredArePutTogetherForAnotherCluster() {
    String costs = folder.resolve("costs.json").toString();
    CommandHere measured = run("plan", "--measure", "--costs", costs, "--steps", "2");
    assertThat(measured.code()).as(measured.err()).isZero();
    assertThat(measured.out()).contains("measured with batches of 2 and 8; 3 tasks");
    CommandHere read = run("plan", "--costs", costs, "--ranks", "4", "--tasks", "40");
    assertThat(read.code()).as(read.err()).isZero();
    assertThat(read.out())
        .contains("; 40 tasks")
        .contains("4 ranks of 1.00 times that speed")
        .containsPattern("level = parameters +\\d")
        .containsPattern("proposed: \\S");
    CommandHere table =
        run("plan", "--costs", costs, "--ranks", "1,256", "--tasks", "3,100", "--samples", "32");
    assertThat(table.code()).as(table.err()).isZero();
    assertThat(table.out().lines().filter(line -> line.matches("\\| (1|256) \\| (3|100) \\|.*")))
        .hasSize(4);
  }

  @Test
  void whatWasSaidIsHeldAgainstStepsOfRanksHere() {
    CommandHere checked = run("plan", "--measure", "--check", "--ranks", "2", "--steps", "2");
    assertThat(checked.code()).as(checked.err()).isZero();
    String numbers = " +\\d+\\.\\d +\\d+\\.\\d +\\d+\\.\\d\\d\n";
    assertThat(checked.out())
        .containsPattern("2 ranks of 1 threads, [\\d.e+]+ Gbit/s, [\\d.e-]+ ms a message")
        .containsPattern("equal weights" + numbers)
        .containsPattern("level = parameters" + numbers)
        .containsPattern("look.sketch = 8192, every = 10" + numbers);
  }

  @Test
  void whatCannotBePlannedIsSaidInALine() {
    assertThat(run("plan").err()).contains("--measure or --costs FILE is missing");
    assertThat(run("plan", "--costs", folder.resolve("none").toString()).err())
        .contains("there is no such file");
    assertThat(run("plan", "--measure", "--ranks", "9").err()).contains("leaves some of 9 ranks");
    assertThat(run("plan", "--measure", "--check", "--tasks", "2").err())
        .contains("leave --cluster, --tasks and --samples out");
    assertThat(run("bench", "looks", "--at", "5,2").err()).contains("steps must rise");
  }
}
