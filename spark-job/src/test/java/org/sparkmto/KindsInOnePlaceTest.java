package org.sparkmto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Method;
import org.sparkmto.method.SecondLook;

/**
 * Kinds of methods are told apart by {@link Method.Visitor} alone, where a kind without a case does
 * not compile: no source asks a method, or a summary of gradients, what it is an instance of.
 */
class KindsInOnePlaceTest {
  private static final Pattern ASKED =
      Pattern.compile(
          "instanceof\\s+(?:final\\s+)?(?:\\w+\\.)*("
              + Stream.of(
                      Stream.of(Method.class.getPermittedSubclasses()),
                      Stream.of(GradientSummary.class.getPermittedSubclasses()),
                      Stream.<Class<?>>of(SecondLook.class))
                  .flatMap(kinds -> kinds)
                  .map(Class::getSimpleName)
                  .collect(Collectors.joining("|"))
              + ")\\b");

  @Test
  void noSourceAsksForAKind() throws IOException {
    List<String> asking = new ArrayList<>();
    int files = 0;
    for (String module : List.of("core", "spark-job")) {
      try (Stream<Path> all = Files.walk(Path.of("..", module, "src"))) {
        for (Path file : all.filter(path -> path.toString().endsWith(".java")).toList()) {
          files++;
          String source = Files.readString(file);
          ASKED
              .matcher(source)
              .results()
              .forEach(found -> asking.add(file.getFileName() + ": " + found.group()));
        }
      }
    }
    assertThat(asking).isEmpty();
    assertThat(files).isGreaterThan(300);
  }

  /** The pattern finds what it is to find. */
  @Test
  void aQuestionWouldBeFound() {
    for (String kind : List.of("GramMethod", "BilevelMethod bilevel", "GradientSummary.PartGram")) {
      assertThat(ASKED.matcher("method instanceof " + kind).find()).as(kind).isTrue();
    }
    assertThat(ASKED.matcher("e instanceof DivergedException").find()).isFalse();
  }
}
