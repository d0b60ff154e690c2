package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The look at gradients that a method of losses does not see. */
class GradientLookTest extends StripesRuns {
  private static final int EVERY = 3;

  @BeforeAll
  static void begin() {
    open("local[3]");
  }

  private static Path train(String name, int ranks, String method, String... more) {
    Path run = folder.resolve(name);
    String[] settings = new String[more.length + 3];
    settings[0] = "method." + method;
    settings[1] = "cluster.ranks = " + ranks;
    settings[2] = "training.steps = 8";
    System.arraycopy(more, 0, settings, 3, more.length);
    Runs.train(spark, Runs.configuration(data, run, settings));
    return run;
  }

  private static void assertClose(JsonNode left, JsonNode right) {
    assertThat(left.size()).isPositive().isEqualTo(right.size());
    for (int i = 0; i < left.size(); i++) {
      assertThat(left.path(i).asDouble()).isCloseTo(right.path(i).asDouble(), within(1e-5));
    }
  }

  @ParameterizedTest
  @CsvSource({"ew, 1", "ew, 3", "uw, 2", "famo, 2", "dwa, 1"})
  void itIsLoggedAndChangesNoBitOfTheTraining(String method, int ranks) {
    String name = method + ranks;
    Path plain = train(name + "-plain", ranks, "name = " + method);
    Path seen = train(name + "-seen", ranks, "name = " + method, "log.gradients-every = " + EVERY);
    assertThat(Runs.model(seen)).isEqualTo(Runs.model(plain));
    List<JsonNode> before = Runs.lines(plain, "step");
    List<JsonNode> steps = Runs.lines(seen, "step");
    assertThat(steps).hasSize(8);
    for (int step = 0; step < steps.size(); step++) {
      assertThat(steps.get(step).path("losses")).isEqualTo(before.get(step).path("losses"));
      assertThat(steps.get(step).path("shared")).isEqualTo(before.get(step).path("shared"));
      assertThat(steps.get(step).has("norms")).isEqualTo(step % EVERY == 0);
      assertThat(steps.get(step).has("cosines")).isEqualTo(step % EVERY == 0);
      assertThat(before.get(step).has("norms")).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"graddrop, 2, true", "adatask, 2, true", "auto-lambda, 2, false"})
  void aMethodThatSeesNoInnerProductsKeepsItsBitsToo(String method, int ranks, boolean norms) {
    Path plain = train(method + "-plain", ranks, "name = " + method);
    Path seen =
        train(method + "-seen", ranks, "name = " + method, "log.gradients-every = " + EVERY);
    assertThat(Runs.model(seen)).isEqualTo(Runs.model(plain));
    List<JsonNode> before = Runs.lines(plain, "step");
    List<JsonNode> steps = Runs.lines(seen, "step");
    for (int step = 0; step < steps.size(); step++) {
      boolean looked = step % EVERY == 0;
      assertThat(steps.get(step).path("losses")).isEqualTo(before.get(step).path("losses"));
      assertThat(steps.get(step).has("cosines")).isEqualTo(looked);
      assertThat(steps.get(step).has("norms")).isEqualTo(norms || looked);
      assertThat(before.get(step).has("cosines")).isFalse();
    }
  }

  @Test
  void elementsAreOfTheGradientsThatAMethodOfInnerProductsSees() {
    Path pcgrad = train("pcgrad", 1, "name = pcgrad", "method.level = parameters");
    JsonNode first = Runs.lines(pcgrad, "step").get(0);
    Path drop = train("graddrop-look", 2, "name = graddrop", "log.gradients-every = 7");
    JsonNode look = Runs.lines(drop, "step").get(0);
    for (int task = 0; task < first.path("norms").size(); task++) {
      assertClose(look.path("cosines").path(task), first.path("cosines").path(task));
    }
  }

  @Test
  void itIsWhatAMethodOfGradientsSeesWhateverTheNumberOfRanks() {
    Path imtl = train("imtl-g", 1, "name = imtl-g", "method.level = representation");
    JsonNode first = Runs.lines(imtl, "step").get(0);
    for (int ranks = 1; ranks <= 3; ranks++) {
      Path ew = train("look" + ranks, ranks, "name = ew", "log.gradients-every = 7");
      JsonNode look = Runs.lines(ew, "step").get(0);
      assertClose(look.path("norms"), first.path("norms"));
      for (int task = 0; task < first.path("norms").size(); task++) {
        assertClose(look.path("cosines").path(task), first.path("cosines").path(task));
      }
    }
  }
}
