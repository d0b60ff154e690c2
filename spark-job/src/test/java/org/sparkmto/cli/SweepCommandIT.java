package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.training.StripesDataset;

/** A small sweep, through the command as a person gives it. */
class SweepCommandIT {
  @TempDir static Path folder;

  private static Path data;

  @BeforeAll
  static void write() {
    data = StripesDataset.write(folder.resolve("stripes"));
  }

  private static Path file(Path out, String sweep) throws IOException {
    Path file = Files.createTempFile(folder, "sweep", ".conf");
    return Files.writeString(
        file,
        """
        data { directory = "%s", validation = val, cache-mib = 16 }
        network { name = small-conv, width = 2, features = 6, hidden = 5 }
        schedule { name = constant, rate = 0.01 }
        training { steps = 12, batch = 24 }
        checkpoint.every-steps = 6
        cluster { ranks = 1, threads = 1, deadline-seconds = 60 }
        sweep {
          directory = "%s"
          split = val
          %s
        }
        """
            .formatted(data, out, sweep));
  }

  private static List<String> line(Path file, String... more) {
    List<String> line = new ArrayList<>(List.of("sweep", file.toString()));
    line.addAll(List.of("--master", "local[2]", "--spark-conf", "spark.ui.enabled=false"));
    line.addAll(List.of("--spark-conf", "spark.driver.host=127.0.0.1"));
    line.addAll(List.of(more));
    return line;
  }

  private static final class Ended {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    int code;
  }

  private static Ended run(List<String> line) {
    Ended ended = new Ended();
    ended.code =
        Main.run(
            Main.subCommands(),
            new PrintWriter(ended.out, true),
            new PrintWriter(ended.err, true),
            line.toArray(String[]::new));
    return ended;
  }

  /** Another process, which can be killed. */
  private static Process begin(List<String> line, Path said) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(word -> word.startsWith("--add") || word.startsWith("-XX:+Ignore"))
        .forEach(command::add);
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx1g", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(line);
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }

  @Test
  void killedAndGivenAgainItEndsInTheSameTables() throws Exception {
    String sweep =
        "methods = [ew, pcgrad], optimizers = [adam], rates = [0.01, 0.001]\n"
            + "seeds = [1, 2], baselines = false";
    Path whole = folder.resolve("whole");
    Ended undisturbed = run(line(file(whole, sweep)));
    assertThat(undisturbed.code).as(undisturbed.err::toString).isZero();
    assertThat(undisturbed.out.toString())
        .contains("Results on val", "Pareto-optimal runs", "report.html");

    Path killed = folder.resolve("killed");
    List<String> line = line(file(killed, sweep));
    Path said = folder.resolve("said");
    Process process = begin(line, said);
    try {
      while (complete(killed) < 3) {
        assertThat(process.isAlive()).as(Files.readString(said)).isTrue();
        Thread.sleep(20);
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(complete(killed)).isLessThan(8);
    Ended again = run(line);
    assertThat(again.code).as(again.err::toString).isZero();
    for (String table : List.of("results.json", "results.md", "results.csv", "results.tex")) {
      assertThat(killed.resolve(table)).hasSameBinaryContentAs(whole.resolve(table));
    }
  }

  private static long complete(Path sweep) throws IOException {
    Path runs = sweep.resolve("runs");
    if (!Files.isDirectory(runs)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(runs)) {
      return files.filter(file -> file.endsWith("model/manifest.json")).count();
    }
  }

  @Test
  void whatCannotBeIsSaidAndWhatFailsDoesNotStopTheRest() throws IOException {
    Path out = folder.resolve("failing");
    Path file =
        file(
            out,
            // mao is made from Adam; at the last rate every loss overflows.
            "methods = [ew, mao], optimizers = [\"sgd:momentum=0.9\", adam], rates = [0.01, 1e38]\n"
                + "tuned = [], by = loss");
    Ended dry = run(line(file, "--set", "sweep.methods=[ew]", "--dry-run"));
    assertThat(dry.code).as(dry.err::toString).isZero();
    assertThat(out).doesNotExist();
    Ended ended = run(line(file, "--set", "sweep.methods=[ew,mao]"));
    assertThat(ended.code).as(ended.err::toString).isEqualTo(1);
    SweepResults results =
        SweepResults.parse(Files.readString(out.resolve(SweepResults.FILE)), "results.json");
    assertThat(results.runs().stream().filter(run -> !run.possible())).hasSize(2);
    assertThat(results.runs().stream().filter(run -> run.failure().contains("diverged")))
        .isNotEmpty();
    assertThat(results.rows().stream().filter(row -> !row.values().isEmpty()))
        .hasSizeGreaterThanOrEqualTo(3);
    // Single-task networks of three tasks, each with two optimisers and two rates; not all diverge.
    assertThat(results.baselines()).hasSize(3);
    assertThat(ended.out.toString()).contains("Single-task networks", "Runs without a result");
    Ended other = run(line(file, "--set", "training.batch=12"));
    assertThat(other.code).isEqualTo(2);
    assertThat(other.err.toString()).contains("holds a sweep of another configuration");
  }

  /** Its length is that of an axis, which the directory of a sweep knows nothing of. */
  @Test
  void aRunThatIsToBeLongerThanItIsGoesOn() throws IOException {
    Path out = folder.resolve("longer");
    for (int steps : new int[] {4, 9}) {
      String variants = "variants { some { training.steps = %d } }".formatted(steps);
      Ended ended =
          run(line(file(out, "methods = [ew], seeds = [1], baselines = false, " + variants)));
      assertThat(ended.code).as(ended.err::toString).isZero();
      Path log = out.resolve("runs/some,ew/seed-1/metrics.jsonl");
      try (Stream<String> lines = Files.lines(log)) {
        assertThat(lines.filter(line -> line.contains("\"step\":" + (steps - 1) + ","))).hasSize(1);
      }
    }
  }

  @Test
  void mistakesAreRefusedBeforeSpark() throws IOException {
    for (String[] one :
        new String[][] {
          {"methods = [ew, pcgard], baselines = false", "pcgrad"},
          {"by = acuracy, baselines = false", "there is no 'acuracy' to choose by"},
          {"split = tset, baselines = false", "tset"},
          {"optimizers = [\"sgd:momentun=0.9\"], baselines = false", "momentum"}
        }) {
      Ended ended = run(line(file(folder.resolve("never"), one[0])));
      assertThat(ended.code).isEqualTo(2);
      assertThat(ended.err.toString()).contains(one[1]);
    }
    assertThat(folder.resolve("never")).doesNotExist();
  }
}
