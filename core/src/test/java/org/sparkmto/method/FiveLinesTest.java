package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A method alone, in a main class that needs nothing but this module and EJML. */
class FiveLinesTest {
  private static final String MAIN =
      """
      class Weigh {
        public static void main(String[] arguments) {
          double[] losses = {0.7, 2.1};
          double[][] gram = {{4, 1}, {1, 9}}; // inner products of the two gradients
          System.out.println(org.sparkmto.method.Methods.of("imtl").weigh(losses, gram).shared());
        }
      }
      """;

  @TempDir Path folder;

  /** What this module needs: its own classes, and EJML's jars. */
  private static String classPath() throws URISyntaxException {
    String own =
        Path.of(Methods.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    String ejml =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> Path.of(entry).getFileName().toString().startsWith("ejml-"))
            .collect(Collectors.joining(File.pathSeparator));
    return own + File.pathSeparator + ejml;
  }

  @Test
  void theReadmeShowsThisClass() throws Exception {
    assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + MAIN + "```");
  }

  @Test
  void aMainClassOfFiveLinesWeighsTwoTasks() throws Exception {
    Path source = Files.writeString(folder.resolve("Weigh.java"), MAIN);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classPath(), "-d", folder.toString(), source.toString());
    assertThat(compiled).isZero();
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                java.toString(), "-cp", classPath() + File.pathSeparator + folder, "Weigh")
            .redirectErrorStream(true)
            .start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(printed).startsWith("[").endsWith("]");
    List<Double> weights =
        Arrays.stream(printed.substring(1, printed.length() - 1).split(", ", -1))
            .map(Double::valueOf)
            .toList();
    // Equal projections on both unit gradients: w1 |g1| = w2 |g2|, of sum 1.
    assertThat(weights).hasSize(2);
    assertThat(weights.get(0)).isCloseTo(0.6, within(1e-12));
    assertThat(weights.get(1)).isCloseTo(0.4, within(1e-12));
  }

  /** Of every kind that inner products are enough for. */
  @ParameterizedTest
  @ValueSource(strings = {"ew", "famo", "pcgrad", "moco", "sdmgrad", "adatask"})
  void methodsTakeOfTheInnerProductsWhatTheySee(String name) {
    Weighing weighing =
        Methods.of(name).weigh(new double[] {0.7, 2.1}, new double[][] {{4, 1}, {1, 9}});
    assertThat(weighing.failure()).isEmpty();
    assertThat(weighing.status()).containsOnly(TaskStatus.ACTIVE);
    assertThat(weighing.heads().size()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"graddrop", "auto-lambda"})
  void aMethodThatNeedsMoreSaysSo(String name) {
    assertThatThrownBy(() -> Methods.of(name).weigh(new double[2], new double[][] {{4, 1}, {1, 9}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + name + "' sees")
        .hasMessageContaining("LocalStep");
  }

  @Test
  void matricesOfAnotherSizeAreRefused() {
    assertThatThrownBy(() -> Methods.of("imtl").weigh(new double[2], new double[][] {{4, 1}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the inner products of the gradients of 2 tasks are 2 rows of 2 numbers");
  }
}
