package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.metric.RelativePerformance.Convention;

/**
 * Delta_m of published tables, from the values printed beside it. The papers average over seeds
 * before they round, and the values have two or three digits, hence the tolerance of 0.05 percent.
 */
class PublishedDeltaTest {
  private static final double ROUNDING = 0.05;

  /** Elich et al., full results on NYUv2 with SegNet: the figures in the order of the table. */
  private static final String SINGLE = "0.392 0.646 0.607 0.258 24.74 18.49 0.308 0.582 0.700";

  private static final CountedFigures NYUV2 = nyuv2(MetricChoices.USUAL);

  private static CountedFigures nyuv2(MetricChoices choices) {
    Map<String, List<Figure>> tasks = new LinkedHashMap<>();
    Map.of(
            "segmentation", MetricsOf.segmentation(13, choices),
            "depth", MetricsOf.depth(choices),
            "normals", MetricsOf.normals(choices))
        .forEach(
            (task, metrics) ->
                tasks.put(task, choices.counted(task, task, metrics.get(0).figures())));
    return new CountedFigures(tasks);
  }

  /** With figures that the table does not have, to see that they change nothing. */
  private static Map<String, Map<String, Double>> row(String text, double besides) {
    double[] v = List.of(text.split(" ")).stream().mapToDouble(Double::parseDouble).toArray();
    return Map.of(
        "segmentation", Map.of("mean-iou", v[0], "pixel-accuracy", v[1]),
        "depth", Map.of("absolute-error", v[2], "relative-error", v[3], "rmse", besides),
        "normals",
            Map.of(
                "mean-angle", v[4],
                "median-angle", v[5],
                "within-11.25", v[6],
                "within-22.5", v[7],
                "within-30", v[8],
                "mean-cosine", besides));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ew,          10.08, 0.398 0.650 0.530 0.212 29.53 25.02 0.216 0.454 0.584
          uw,           5.42, 0.401 0.652 0.522 0.213 27.93 22.80 0.243 0.494 0.623
          aligned-mtl, -0.86, 0.385 0.648 0.519 0.212 25.51 19.66 0.288 0.557 0.680
          """)
  void commonParadigmsWeighsByMetric(String method, double printed, String values) {
    RelativePerformance delta =
        RelativePerformance.against(row(SINGLE, 0.5), row(values, 5), NYUV2, Convention.DROP);

    assertThat(delta.metricWeighted()).as(method).isEqualTo(printed, within(ROUNDING));
    // By task it is another number, by more than any rounding.
    assertThat(Math.abs(delta.taskWeighted() - printed)).as(method).isGreaterThan(2);
    assertThat(delta.counted()).isEqualTo(NYUV2.names());
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          uw,  -3.31, 43.97 0.5874 21.61
          ial, -0.44, 44.60 0.5751 20.62
          """)
  void impartialAuxiliaryLearningCountsOneFigureOfEachTask(
      String method, double printed, String values) {
    CountedFigures counted =
        nyuv2(
            new MetricChoices(
                Set.of(),
                Set.of(),
                Set.of(),
                Map.of(
                    "segmentation", List.of("mean-iou"),
                    "depth", List.of("rmse"),
                    "normals", List.of("mean-angle"))));
    RelativePerformance delta =
        RelativePerformance.against(
            one("43.58 0.5877 19.49"), one(values), counted, Convention.IMPROVEMENT);

    assertThat(delta.taskWeighted()).as(method).isEqualTo(printed, within(ROUNDING));
    assertThat(delta.metricWeighted()).as(method).isEqualTo(printed, within(ROUNDING));
  }

  private static Map<String, Map<String, Double>> one(String text) {
    double[] v = List.of(text.split(" ")).stream().mapToDouble(Double::parseDouble).toArray();
    return Map.of(
        "segmentation", Map.of("mean-iou", v[0]),
        "depth", Map.of("rmse", v[1]),
        "normals", Map.of("mean-angle", v[2]));
  }

  @Test
  void theUsualFiguresAreThoseOfThePapers() {
    assertThat(NYUV2.names())
        .containsEntry("segmentation", List.of("mean-iou", "pixel-accuracy"))
        .containsEntry("depth", List.of("absolute-error", "relative-error"))
        .containsEntry(
            "normals",
            List.of("mean-angle", "median-angle", "within-11.25", "within-22.5", "within-30"));
    assertThat(usual(MetricsOf.classification(5))).containsExactly("accuracy");
    assertThat(usual(MetricsOf.binary(0.5, MetricChoices.USUAL))).containsExactly("accuracy");
    assertThat(usual(MetricsOf.binary(0.5, MetricChoices.USUAL.quirks(Quirk.BINARY_F1))))
        .containsExactly("f1");
    assertThat(usual(MetricsOf.numbers())).containsExactly("mae");
    assertThat(usual(MetricsOf.multiLabel(3))).containsExactly("mean-average-precision", "mean-f1");
    assertThat(usual(MetricsOf.mask("m", 4, MetricChoices.USUAL))).containsExactly("iou");
  }

  private static List<String> usual(List<? extends Metric> metrics) {
    return metrics.stream()
        .flatMap(metric -> metric.figures().stream())
        .filter(Figure::counted)
        .map(Figure::name)
        .toList();
  }
}
