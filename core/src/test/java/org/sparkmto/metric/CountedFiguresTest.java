package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CountedFiguresTest {
  private static final List<Figure> DEPTH = new DepthScores(0).figures();

  private static List<String> counted(Map<String, List<String>> delta) {
    return new MetricChoices(Set.of(), Set.of(), Set.of(), delta)
        .counted("disparity", "depth", DEPTH).stream().map(Figure::name).toList();
  }

  @Test
  void aTaskHasTheLineOfItsNameElseOfItsKindElseTheUsual() {
    List<String> root = List.of("rmse");
    assertThat(counted(Map.of("disparity", root, "depth", List.of("relative-error"))))
        .isEqualTo(root);
    assertThat(counted(Map.of("depth", root, "normals", List.of("mean-angle")))).isEqualTo(root);
    assertThat(counted(Map.of("normals", List.of("mean-angle"))))
        .containsExactly("absolute-error", "relative-error");
  }

  @Test
  void aFigureThatTheTaskHasNotIsRefused() {
    assertThatThrownBy(() -> counted(Map.of("depth", List.of("rms"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "task 'disparity' has absolute-error, relative-error, rmse, mean-square-error, not"
                + " 'rms'; did you mean 'rmse'?");
    assertThatThrownBy(() -> new CountedFigures(Map.of("depth", List.of())))
        .hasMessage("no figure of task 'depth' counts");
  }

  @Test
  void theTextPutsTasksOfTheSameFiguresTogether() {
    Map<String, List<Figure>> tasks = new LinkedHashMap<>();
    tasks.put("depth", DEPTH.subList(0, 2));
    for (int k = 0; k < 40; k++) {
      tasks.put("attribute" + k, List.of(Accuracy.FIGURE));
    }
    tasks.put("disparity", DEPTH.subList(0, 2));
    assertThat(new CountedFigures(tasks))
        .hasToString("depth, disparity: absolute-error, relative-error; 40 tasks: accuracy");
  }

  @Test
  void whatIsMeasuredOnRequestIsOnlyThenThere() {
    MetricChoices asked =
        new MetricChoices(Set.of(), Set.of(), Set.of("average-precision"), Map.of());
    assertThat(MetricsOf.binary(0.5, asked)).contains(new BinaryAveragePrecision());
    assertThat(MetricsOf.binary(0.5, MetricChoices.USUAL))
        .doesNotContain(new BinaryAveragePrecision());
    assertThatThrownBy(
            () -> new MetricChoices(Set.of(), Set.of(), Set.of("average-precison"), Map.of()))
        .hasMessageContaining("did you mean 'average-precision'");
  }
}
