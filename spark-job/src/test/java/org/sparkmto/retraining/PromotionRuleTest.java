package org.sparkmto.retraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.configuration.RetrainSection;
import org.sparkmto.configuration.RetrainSettings;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.StripesDataset;

/** When a new model takes the place of the old one. */
class PromotionRuleTest {
  @TempDir static java.nio.file.Path folder;

  private static final Figure ACCURACY =
      new Figure("accuracy", Direction.HIGHER_IS_BETTER, true, "labels");
  private static final CountedFigures COUNTED =
      new CountedFigures(Map.of("row", List.of(ACCURACY), "column", List.of(ACCURACY)));
  private static final Map<String, Map<String, Double>> OLD = scores(0.5, 0.8);

  private static SplitEvaluation evaluation;

  @BeforeAll
  static void judge() {
    StripesDataset.write(folder);
    DatasetManifest manifest =
        DatasetDirectory.open(folder.toString(), new org.apache.hadoop.conf.Configuration())
            .manifest();
    evaluation = SplitEvaluation.of(manifest, manifest.tasks(), MetricChoices.USUAL);
  }

  private static Map<String, Map<String, Double>> scores(double row, double column) {
    return Map.of("row", Map.of("accuracy", row), "column", Map.of("accuracy", column));
  }

  private static PromotionRule rule(double betterBy, double noTaskWorseBy, String... reaches) {
    return PromotionRule.of(
        new RetrainSettings(
            null, new RetrainSection.Rule(betterBy, noTaskWorseBy, List.of(reaches)), true),
        evaluation);
  }

  @Test
  void theNewModelMustBeBetterByTheMarginOnAverage() {
    // Row better by 10 %, column worse by 5 %: Delta_m is -2.5 %.
    PromotionRule.Verdict verdict = rule(2.49, 5.01).decide(scores(0.55, 0.76), OLD, COUNTED);
    assertThat(verdict.promote()).as(verdict.reasons().toString()).isTrue();
    assertThat(verdict.delta()).isCloseTo(-2.5, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(verdict.reasons())
        .containsExactly(
            "Delta_m against the old model is -2.50 % (lower is better), not above -2.49 %",
            "task column changes most to the worse, by +5.00 %, at most 5.01 %");
    assertThat(rule(2.6, 6).decide(scores(0.55, 0.76), OLD, COUNTED).promote()).isFalse();
    assertThat(rule(0, 5).decide(OLD, OLD, COUNTED).promote()).isTrue();
    assertThat(rule(-3, 5).decide(scores(0.49, 0.80), OLD, COUNTED).promote()).isTrue();
  }

  @Test
  void oneTaskThatIsMuchWorseKeepsTheOldModel() {
    PromotionRule.Verdict verdict = rule(0, 4.9).decide(scores(0.9, 0.76), OLD, COUNTED);
    assertThat(verdict.promote()).isFalse();
    assertThat(verdict.reasons().get(1))
        .isEqualTo("task column changes most to the worse, by +5.00 %, more than 4.9 %");
  }

  @Test
  void figuresThatAreNamedMustBeReached() {
    PromotionRule.Verdict verdict =
        rule(0, 5, "row/accuracy 0.6", "accuracy >= 0.65").decide(scores(0.55, 0.8), OLD, COUNTED);
    assertThat(verdict.promote()).isFalse();
    assertThat(verdict.reasons().get(2)).isEqualTo("row/accuracy is 0.5500: it misses 0.6");
    // The mean is over all tasks that the new model has, and of one of them nothing is known.
    assertThat(verdict.reasons().get(3)).isEqualTo("accuracy is undefined: it misses 0.65");
    assertThat(rule(0, 5, "row/accuracy 0.5").decide(OLD, OLD, COUNTED).promote()).isTrue();
  }

  @Test
  void whatDoesNotCompareIsNotPromoted() {
    PromotionRule.Verdict verdict = rule(0, 5).decide(scores(0.5, Double.NaN), OLD, COUNTED);
    assertThat(verdict.promote()).isFalse();
    assertThat(verdict.reasons().get(0)).contains("undefined, for lack of column: accuracy");
    assertThat(rule(0, 5).decide(OLD, Map.of(), new CountedFigures(Map.of())).reasons())
        .containsExactly("the models have no task in common: nothing compares them");
  }

  @Test
  void aFigureThatThereIsNotIsRefused() {
    assertThatThrownBy(() -> rule(0, 5, "row/acuracy 0.5"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("retrain.promote-if.reaches names 'row/acuracy'")
        .hasMessageContaining("did you mean 'row/accuracy'");
    assertThatThrownBy(() -> rule(0, 5, "row/accuracy"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is no figure and its value");
  }
}
