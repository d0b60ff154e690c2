package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.metric.RelativePerformance.Convention;
import org.sparkmto.metric.RelativePerformance.Term;

class RelativePerformanceTest {

  @Test
  void aBaselineOfZeroMakesItUndefinedAndSaysWhere() {
    Term zero = new Term("left", "accuracy", Direction.HIGHER_IS_BETTER, 0.5, 0);
    Term fine = new Term("right", "accuracy", Direction.HIGHER_IS_BETTER, 0.5, 0.4);
    RelativePerformance delta = new RelativePerformance(List.of(zero, fine), Convention.DROP);
    assertThat(delta.taskWeighted()).isNaN();
    assertThat(delta.metricWeighted()).isNaN();
    assertThat(delta.undefined()).containsExactly(zero);
  }

  /** Whether a figure is defined is a matter of the split: the same figures count for every run. */
  @Test
  void whatTheBaselineHasUndefinedIsLeftOutAndNamed() {
    Term none = new Term("left", "f1", Direction.HIGHER_IS_BETTER, Double.NaN, Double.NaN);
    Term fine = new Term("right", "accuracy", Direction.HIGHER_IS_BETTER, 0.5, 0.4);
    RelativePerformance delta = new RelativePerformance(List.of(none, fine), Convention.DROP);
    assertThat(delta.taskWeighted()).isEqualTo(-25, within(1e-9));
    assertThat(delta.metricWeighted()).isEqualTo(-25, within(1e-9));
    assertThat(delta.counted()).isEqualTo(Map.of("right", List.of("accuracy")));
    assertThat(delta.meaning())
        .endsWith("counted: right: accuracy; undefined and left out: left: f1");
    RelativePerformance nothing = new RelativePerformance(List.of(none), Convention.DROP);
    assertThat(nothing.taskWeighted()).isNaN();
    assertThat(nothing.values()).startsWith("undefined");
    assertThat(nothing.meaning()).contains("counted: nothing;");
  }

  /** A network that went astray must not gain by it. */
  @Test
  void whatTheRunAloneHasUndefinedMakesTheWholeUndefined() {
    Term lost = new Term("left", "mae", Direction.LOWER_IS_BETTER, Double.NaN, 0.5);
    Term fine = new Term("right", "accuracy", Direction.HIGHER_IS_BETTER, 0.5, 0.4);
    RelativePerformance delta = new RelativePerformance(List.of(lost, fine), Convention.DROP);
    assertThat(delta.taskWeighted()).isNaN();
    assertThat(delta.values()).isEqualTo("undefined, for lack of left: mae");
  }

  @Test
  void worseIsAPositiveDropWhateverTheSignOfTheBaseline() {
    for (double baseline : new double[] {-2, 2}) {
      Term worse = new Term("t", "m", Direction.LOWER_IS_BETTER, baseline + 1, baseline);
      assertThat(new RelativePerformance(List.of(worse), Convention.DROP).taskWeighted())
          .isEqualTo(50);
    }
  }

  private static final CountedFigures ACCURACY =
      new CountedFigures(Map.of("left", List.of(Figure.higher("accuracy"))));

  @Test
  void countsWhatIsChosenAndNothingElse() {
    RelativePerformance delta =
        RelativePerformance.against(
            Map.of("left", Map.of("accuracy", 0.8, "f1", 0.9)),
            Map.of("left", Map.of("accuracy", 0.9), "right", Map.of("accuracy", 0.1)),
            ACCURACY,
            Convention.DROP);
    assertThat(delta.taskWeighted()).isEqualTo(-12.5, within(1e-12));
    assertThat(delta.metricWeighted()).isEqualTo(-12.5, within(1e-12));
    assertThat(delta.meaning())
        .isEqualTo(
            "relative drop against the baseline in percent, lower is better; counted: left:"
                + " accuracy");
  }

  @Test
  void whatCountsMustBeOnBothSides() {
    Map<String, Map<String, Double>> there = Map.of("left", Map.of("accuracy", 0.9));
    assertThatThrownBy(() -> against(Map.of(), there))
        .hasMessage("the baseline has no task 'left'");
    assertThatThrownBy(() -> against(there, Map.of())).hasMessage("the run has no task 'left'");
    assertThatThrownBy(() -> against(Map.of("left", Map.of("f1", 0.5)), there))
        .hasMessage("the baseline has no accuracy of task 'left'");
  }

  private static RelativePerformance against(
      Map<String, Map<String, Double>> baseline, Map<String, Map<String, Double>> run) {
    return RelativePerformance.against(baseline, run, ACCURACY, Convention.DROP);
  }

  @Test
  void theConventionIsFoundByItsText() {
    for (Convention convention : Convention.values()) {
      assertThat(Convention.ofText(convention.text())).contains(convention);
    }
    assertThat(Convention.ofText("up")).isEmpty();
    assertThat(Convention.DROP.direction()).isEqualTo(Direction.LOWER_IS_BETTER);
  }
}
