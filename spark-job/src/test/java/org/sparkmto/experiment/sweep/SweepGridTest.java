package org.sparkmto.experiment.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.options.ConfigurationException;

/** The file of a sweep and the runs it names. */
class SweepGridTest {
  private static final String BASE =
      """
      data { directory = d, validation = val }
      method { name = cagrad, c = 0.3 }
      optimizer { name = adam, beta1 = 0.8 }
      schedule { name = constant, rate = 0.5 }
      network { name = small-conv, width = 4 }
      """;

  private static SweepGrid grid(String sweep) {
    return SweepGrid.of(ConfigFactory.parseString(BASE + "sweep { directory = s\n" + sweep + "}"));
  }

  @Test
  void everyCombinationIsARun() {
    SweepGrid grid =
        grid(
            """
            methods = [ew, "mgda:normaliser=l2", { name = cagrad, c = 0.4 }]
            optimizers = [adam, "sgd:momentum=0.9"], rates = [0.0003, 1e-1]
            variants { plain {}, wide { network.width = 8 } }, seeds = [3, 1]
            """);
    List<SweepPoint> points = grid.points();
    assertThat(points).hasSize(3 * 2 * 2 * 2).doesNotHaveDuplicates();
    assertThat(points.get(0)).hasToString("plain, ew, adam, 0.0003");
    assertThat(points.stream().map(SweepPoint::folder)).doesNotHaveDuplicates();
    // A network of one task has no method, and Delta_m compares with the plain one.
    assertThat(grid.pointsOfOneTask()).hasSize(4);
    SweepPoint last = points.get(points.size() - 1);
    assertThat(last).hasToString("wide, cagrad:c=0.4, sgd:momentum=0.9, 0.1");
    TrainingConfiguration run = grid.configuration(last);
    assertThat(run.identity())
        .containsEntry("method.c", "0.4")
        .containsEntry("optimizer.momentum", "0.9")
        .containsEntry("network.width", "8")
        .doesNotContainKey("optimizer.beta1");
    assertThat(run.runDirectory()).endsWith("s/runs/" + last.folder());
    assertThat(grid.seeds()).containsExactly(3L, 1L);
  }

  @Test
  void whatTheFileSaysHoldsWhereAnAxisDoesNot() {
    SweepGrid grid = grid("rates = [0.1]");
    TrainingConfiguration run = grid.configuration(grid.points().get(0));
    assertThat(run.identity())
        .containsEntry("method.c", "0.3")
        .containsEntry("optimizer.beta1", "0.8");
    assertThat(grid.by()).isEqualTo("delta");
    assertThat(grid("baselines = false").by()).isEqualTo("loss");
    assertThat(grid("methods = [ew, uw], methods = null").points()).hasSize(1);
    assertThat(grid("").points()).singleElement().hasToString("run");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "metods = [ew] | sweep.metods, methods",
        "methods = ew | sweep.methods, is not a list",
        "methods = [] | is empty",
        "methods = [ew, ew] | named twice",
        "methods = [{ c = 1 }] | has a name",
        "rates = [fast] | 'fast' is not a number",
        "seeds = [1, 1] | name each of them once",
        "tuned = [seed] | there is no axis 'seed', weight-decay",
        "variants = [a] | variants { NAME { KEY = VALUE } }",
        "variants { a = 1 } | 'a' has no settings",
        "preferences = [1, 2] | a list of one number per task",
        "preferences = [[a]] | 'a' is not a number",
        "baselines = false, by = delta | single-task networks",
      })
  void refusesWhatItCannotRead(String sweep, String words) {
    assertThatThrownBy(() -> grid(sweep))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(words.split(", "));
  }

  @Test
  void aPreferenceIsTheOptionThatTheMethodHas() {
    SweepGrid grid = grid("methods = [ew, aligned-mtl, imtl], preferences = [[0.25, 0.75]]");
    List<SweepPoint> points = grid.points();
    assertThat(points.get(0)).hasToString("ew, 0.25:0.75");
    assertThat(grid.configuration(points.get(0)).identity())
        .containsEntry("method.weights", "[0.25,0.75]");
    assertThat(grid.configuration(points.get(1)).identity())
        .containsEntry("method.preferences", "[0.25,0.75]");
    assertThatThrownBy(() -> grid.configuration(points.get(2)))
        .hasMessageContaining("imtl takes no preferences");
  }

  /** The usual method is meant where none is named. */
  @Test
  void aPreferenceWithoutAMethodIsOfTheUsualOne() {
    SweepGrid grid =
        SweepGrid.of(
            ConfigFactory.parseString(
                "data { directory = d, validation = val }\n"
                    + "sweep { directory = s, preferences = [[0.25, 0.75]] }"));
    assertThat(grid.configuration(grid.points().get(0)).identity())
        .containsEntry("method.name", "\"ew\"")
        .containsEntry("method.weights", "[0.25,0.75]");
  }

  @Test
  void aFileWithoutTheSectionIsNoSweep() {
    assertThatThrownBy(() -> SweepGrid.of(ConfigFactory.parseString(BASE)))
        .hasMessageContaining("no section 'sweep'");
    assertThatThrownBy(
            () -> SweepGrid.of(ConfigFactory.parseString(BASE + "sweep { methods = [ew] }")))
        .hasMessageContaining("sweep.directory");
  }

  static Stream<Path> shippedFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../conf"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("sweep-"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("shippedFiles")
  void everyValueOfAFileThatIsShippedFitsARun(Path file) {
    SweepGrid grid = SweepGrid.of(ConfigFactory.parseFile(file.toFile()).resolve());
    Set<String> fitting = new HashSet<>();
    for (SweepPoint point : grid.points()) {
      try {
        TrainingConfiguration unused = grid.configuration(point);
        fitting.addAll(point.names().values());
      } catch (ConfigurationException e) {
        // A method that is made from Adam has no run with SGD; it must have one with Adam.
      }
    }
    grid.axes()
        .forEach(
            (axis, choices) ->
                assertThat(choices.stream().map(SweepAxis.Choice::name)).isSubsetOf(fitting));
  }
}
