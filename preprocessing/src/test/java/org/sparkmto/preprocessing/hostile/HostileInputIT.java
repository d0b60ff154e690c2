package org.sparkmto.preprocessing.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The corpus in two processes side by side, each with a heap of 1 GB, with every share of bad
 * samples allowed: one case of each kind of attack on each reader, or every case with the profile
 * {@code hostile}.
 */
@Tag("hostile")
class HostileInputIT {
  private static final boolean ALL = "all".equals(System.getProperty("spark-mto.hostile"));
  private static final String HEAP = "-Xmx1g";
  private static final long MINUTES = 20;

  @TempDir Path folder;

  /** A process that runs the cases of some data sets, and where it prints. */
  private record Half(Process process, Path out, Path err) {
    List<String[]> cases() throws IOException {
      return lines(out)
          .map(line -> line.split(" \\| ", -1))
          .filter(line -> line.length == 5)
          .toList();
    }
  }

  private Half start(String name, List<String> datasets) throws IOException {
    Path out = folder.resolve(name + ".out");
    Path err = folder.resolve(name + ".err");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.matches("--add-.*|-Djava\\.awt.*|-XX:.*"))
        .forEach(command::add);
    command.add(HEAP);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(HostileRun.class.getName());
    command.add(Files.createDirectories(folder.resolve(name)).toString());
    command.add(ALL ? "all" : "brief");
    command.add("(" + String.join("|", datasets) + "): .*");
    return new Half(
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start(),
        out,
        err);
  }

  @Test
  void everyCaseEndsInTimeAndNoWrongValueIsKept() throws Exception {
    List<HostileCase> corpus = ALL ? HostileCorpus.cases() : HostileCorpus.brief();
    List<Half> halves = new ArrayList<>();
    List<String[]> cases = new ArrayList<>();
    try {
      halves.add(start("first", datasets(corpus, 0)));
      halves.add(start("second", datasets(corpus, 1)));
      for (Half half : halves) {
        assertThat(half.process.waitFor(MINUTES, TimeUnit.MINUTES))
            .as(() -> tail(half.out))
            .isTrue();
        assertThat(lines(half.out).reduce("", (before, line) -> line))
            .as(() -> "the last line; " + tail(half.err))
            .isEqualTo("DONE");
        assertThat(half.process.exitValue()).isZero();
        cases.addAll(half.cases());
      }
    } finally {
      halves.forEach(half -> half.process.destroyForcibly());
    }
    assertThat(cases).hasSize(corpus.size());
    assertThat(cases.stream().map(line -> line[1]).distinct().count()).isGreaterThan(20);
    assertThat(cases.stream().filter(line -> line[4].startsWith("WRONG")).map(List::of)).isEmpty();
    // Some bytes may be anything, such as the density of a JPEG; most harm must be noticed.
    assertThat(cases.stream().filter(line -> line[4].endsWith("quarantine {}")).count())
        .as("cases in which every sample was kept, with its content")
        .isLessThan(cases.size() / 20);
  }

  /** Every data set goes to the half that has fewer cases so far, the largest first. */
  private static List<String> datasets(List<HostileCase> corpus, int half) {
    Map<String, Long> sizes =
        corpus.stream()
            .collect(
                Collectors.groupingBy(HostileCase::dataset, TreeMap::new, Collectors.counting()));
    List<List<String>> halves = List.of(new ArrayList<>(), new ArrayList<>());
    long[] cases = new long[halves.size()];
    sizes.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(
            dataset -> {
              int smaller = cases[0] <= cases[1] ? 0 : 1;
              halves.get(smaller).add(dataset.getKey());
              cases[smaller] += dataset.getValue();
            });
    return halves.get(half);
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
