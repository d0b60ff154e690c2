package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.options.ConfigurationException;

class OwnJarsTest {
  private static final String GONE =
      "method.name = inverse-root, run.directory = RUN, data.directory = SHARDS";

  @Test
  void aMethodOfAJarThatIsNotHereIsSaidWithTheJar() {
    assertThatThrownBy(() -> OwnJars.configuration(Map.of("jar our-methods.jar", "5f"), GONE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("our-methods.jar, which was there in training, is not on the class")
        .hasMessageContaining("unknown method 'inverse-root'");
  }

  @Test
  void withoutJarsTheMessageIsThatOfTheConfiguration() {
    assertThatThrownBy(() -> OwnJars.configuration(Map.of("java", "17"), GONE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("method: unknown method 'inverse-root'");
  }
}
