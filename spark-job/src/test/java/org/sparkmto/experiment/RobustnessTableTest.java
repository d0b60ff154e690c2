package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.metric.CorruptionRobustness;
import org.sparkmto.metric.Direction;
import org.sparkmto.preprocessing.corruption.CorruptionCondition;

class RobustnessTableTest {
  private static final List<CorruptionCondition> CONDITIONS =
      List.of(
          new CorruptionCondition("shot-noise", 1),
          new CorruptionCondition("fog", 1),
          new CorruptionCondition("fog", 4));

  /** A figure whose equation 26 is this under each of the conditions. */
  private static CorruptionRobustness of(double... values) {
    List<Double> corrupted =
        List.of(2 * (0.5 + values[0]), 2 * (0.5 + values[1]), 2 * (0.5 + values[2]));
    return new CorruptionRobustness(
        Direction.HIGHER_IS_BETTER, 2, corrupted, 4, List.of(2.0, 2.0, 2.0));
  }

  private static CorruptionRobustness even(double value) {
    return of(value, value, value);
  }

  /** SegNet with EW on Cityscapes in the paper: the last column is the mean over the metrics. */
  @Test
  void theMeanIsOverFiguresAsInThePaper() {
    Map<String, Map<String, CorruptionRobustness>> seed = new LinkedHashMap<>();
    seed.put("segmentation", Map.of("mean-iou", even(-0.2922), "pixel-accuracy", even(-0.1386)));
    seed.put("depth", Map.of("absolute-error", even(-0.3175), "relative-error", even(-0.4949)));
    RobustnessTable table =
        new RobustnessTable(
            Map.of(), CONDITIONS, List.of(new RobustnessTable.Row("runs/ew", List.of(seed))));
    assertThat(table.toMarkdown())
        .contains("| segmentation mean-iou | -0.2922 |")
        .contains("| **mean** | **-0.3108** |");
  }

  private static RobustnessTable ofTwoSeeds() {
    return new RobustnessTable(
        Map.of("split", "test"),
        CONDITIONS,
        List.of(
            new RobustnessTable.Row(
                "runs/a,b",
                List.of(
                    Map.of("bag", Map.of("accuracy", of(0.1, 0.2, 0.3))),
                    Map.of("bag", Map.of("accuracy", of(0.3, 0.2, 0.1)))))));
  }

  @Test
  void seedsHaveADeviationAndFamiliesTheirMeans() throws IOException {
    RobustnessTable table = ofTwoSeeds();
    assertThat(table.toMarkdown())
        .contains("mean over 3 conditions")
        .contains("| bag accuracy | +0.2000 ± 0.0000 |")
        .contains("| **noise** | +0.2000 ± 0.1414 |") // of 0.1 and 0.3
        .contains("| **weather** | +0.2000 ± 0.0707 |") // of 0.25 and 0.15
        .contains("| fog | +0.2000 ± 0.0707 |")
        .contains("| bag accuracy | 2.0000 ± 0.0000, 1.4000 ± 0.0000 |")
        .contains("| bag accuracy, alone | 4.0000 ± 0.0000, 2.0000 ± 0.0000 |")
        .doesNotContain("blur");
    JsonNode json = new ObjectMapper().readTree(table.toJson());
    assertThat(json.at("/runs/0/families/noise/deviation").asDouble())
        .isCloseTo(0.1414, within(1e-4));
    assertThat(json.at("/runs/0/seeds/1/bag/accuracy/robustness").asDouble())
        .isCloseTo(0.2, within(1e-12));
    assertThat(json.at("/conditions/2").asText()).isEqualTo("fog-4");
  }

  @Test
  void theCsvHasALineForEachSeedConditionAndFigure() {
    List<String> lines = ofTwoSeeds().toCsv().lines().toList();
    assertThat(lines).hasSize(1 + 2 * 3);
    assertThat(lines.get(5))
        .startsWith("\"runs/a,b\",2,fog,weather,1,bag,accuracy,higher,2.0,1.4,4.0,2.0,-0.3");
  }

  @Test
  void thePageShadesEveryConditionOnceForEachTable() throws IOException {
    String page = ofTwoSeeds().toPage(List.of("robustness.md"));
    assertThat(page)
        .contains("runs/a,b: mean over all figures", "runs/a,b: bag accuracy")
        .contains("severity 1", "severity 4", "href=\"robustness.md\"")
        // The strongest cell is 0.2, the mean of the seeds; shot noise has no severity 4.
        .containsPattern("class=\"pos\" fill-opacity=\"1.00\"")
        .contains("class=\"none\"");
    assertThat(page.split("<rect", -1)).hasSize(1 + 2 * 4);
  }

  @Test
  void withoutABaselineItSaysWhatIsLost() {
    CorruptionRobustness error =
        CorruptionRobustness.alone(Direction.LOWER_IS_BETTER, 2, List.of(3.0, 2.0, 4.0));
    RobustnessTable table =
        new RobustnessTable(
            Map.of(),
            CONDITIONS,
            List.of(
                new RobustnessTable.Row(
                    "runs/a", List.of(Map.of("depth", Map.of("rmse", error))))));
    assertThat(table.toMarkdown())
        .contains("below 0 corruption makes the network worse")
        .contains("| depth rmse | -0.5000 |")
        .contains("| fog | -0.5000 |")
        .contains("| depth rmse | 2.0000, 3.0000 |")
        .doesNotContain("alone");
    assertThat(table.toCsv()).endsWith("fog,weather,4,depth,rmse,lower,2.0,4.0,,,-1.0,\n");
  }
}
