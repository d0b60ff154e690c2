package org.sparkmto.preprocessing.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The corpus in a process with a heap of 1 GB, with every share of bad samples allowed: one case of
 * each kind of attack on each reader, or every case with {@code -Dspark-mto.hostile=all}.
 */
class HostileInputIT {
  private static final boolean ALL = "all".equals(System.getProperty("spark-mto.hostile"));
  private static final String HEAP = "-Xmx1g";
  private static final long MINUTES = 20;

  @TempDir Path folder;

  @Test
  void everyCaseEndsInTimeAndNoWrongValueIsKept() throws Exception {
    Path out = folder.resolve("out.log");
    Path err = folder.resolve("err.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-") || argument.startsWith("-Djava.awt"))
        .forEach(command::add);
    command.add(HEAP);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(HostileRun.class.getName());
    command.add(folder.resolve("work").toString());
    if (!ALL) {
      command.add("brief");
    }
    Files.createDirectories(folder.resolve("work"));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as(() -> tail(out)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    List<String[]> cases =
        lines(out)
            .filter(line -> line.split(" \\| ", -1).length == 5)
            .map(line -> line.split(" \\| ", -1))
            .toList();
    assertThat(lines(out).reduce("", (before, line) -> line))
        .as(() -> "the last line; " + tail(err))
        .isEqualTo("DONE");
    assertThat(process.exitValue()).isZero();
    assertThat(cases).hasSize((ALL ? HostileCorpus.cases() : HostileCorpus.brief()).size());
    assertThat(cases.stream().map(line -> line[1]).distinct().count()).isGreaterThan(20);
    assertThat(cases.stream().filter(line -> line[4].startsWith("WRONG")).map(List::of)).isEmpty();
    // Some bytes may be anything, such as the density of a JPEG; most harm must be noticed.
    assertThat(cases.stream().filter(line -> line[4].endsWith("quarantine {}")).count())
        .as("cases in which every sample was kept, with its content")
        .isLessThan(cases.size() / 20);
  }

  private static Stream<String> lines(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines();
  }

  private static String tail(Path file) {
    try {
      List<String> lines = lines(file).toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
