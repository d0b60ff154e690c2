package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The example in docs/extending.md of a method is this one, it compiles, and it does what it says.
 */
class InverseNormTest {
  @Test
  void standsInTheReadme() throws IOException {
    Path source = Path.of("src/test/java/org/sparkmto/method/InverseNorm.java");
    String code = Files.readString(source);
    String shown = code.substring(code.indexOf("/**"));
    assertThat(Files.readString(Path.of("../docs/extending.md")))
        .contains("```java\n" + shown + "```");
    assertThat(shown.lines().count()).isLessThanOrEqualTo(20);
  }

  @Test
  void makesGradientsEquallyLong() {
    double[][] gradients = {{3, 4}, {0, 0.1}};
    Method method = InverseNorm.ENTRY.make(Map.of()).method();
    Systems.assertEachClose(
        Systems.weigh(method, gradients, Vector.ones(2)).shared(), Vector.of(0.2, 10), 1e-14);
    Method sum = InverseNorm.ENTRY.make(Map.of("power", 0)).method();
    assertThat(Systems.weigh(sum, gradients, Vector.ones(2)).shared()).isEqualTo(Vector.ones(2));
  }
}
