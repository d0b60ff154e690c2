package org.sparkmto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A class that grows too long has more than one reason to change. */
class ClassLengthTest {
  private static final int MOST_LINES = 400;

  /** Longer ones whose parts are still to be told apart. */
  private static final Set<String> STILL_LONGER =
      Set.of(
          "SolverRules.java",
          "MethodComparison.java",
          "TrainingConfiguration.java",
          "TrainingRun.java",
          "RunSection.java");

  @Test
  void noClassIsLongerThan400Lines() throws IOException {
    Map<String, Integer> tooLong = new TreeMap<>();
    for (String module : List.of("core", "preprocessing", "spark-job")) {
      Path sources = Path.of("..", module, "src", "main", "java");
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          int lines = Files.readAllLines(file).size();
          if (lines > MOST_LINES && !STILL_LONGER.contains(file.getFileName().toString())) {
            tooLong.put(file.toString(), lines);
          }
        }
      }
    }
    assertThat(tooLong).isEmpty();
  }
}
