package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.metric.Quirk;
import org.sparkmto.options.ConfigurationException;

class MetricsConfigurationTest {
  @TempDir static Path folder;

  private static TrainingConfiguration of(String line) {
    return TrainingConfiguration.parse("run.directory = a\ndata.directory = b\n" + line);
  }

  @Test
  void choicesSurviveRenderingAndEveryQuirkIsDocumented() {
    assertThat(of("").metrics()).isEqualTo(MetricChoices.USUAL);
    TrainingConfiguration chosen =
        of("metrics { quirks = [binary-f1, per-image-iou], edges = [edge] }");
    assertThat(TrainingConfiguration.parse(chosen.render()).metrics())
        .isEqualTo(new MetricChoices(Set.of(Quirk.BINARY_F1, Quirk.PER_IMAGE_IOU), Set.of("edge")));
    assertThat(chosen.identity()).containsKeys("metrics.quirks", "metrics.edges");
    for (Quirk quirk : Quirk.values()) {
      assertThat(TrainingConfiguration.documentedDefaults()).contains("#   " + quirk.label() + " ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "metrics.quirks = [per-picture-iou] | did you mean 'per-image-iou'",
        "metrics.quirks = binary-f1         | metrics.quirks",
        "metrics.quirk = []                 | did you mean 'metrics.quirks'",
        "metrics.quirks = [plain-mean-iou, per-image-iou] | two definitions of one figure",
      })
  void whatIsWrongIsNamed(String line, String message) {
    assertThatThrownBy(() -> of(line))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void edgesAreMaskTasksOfTheDataSet() {
    DatasetManifest manifest =
        StripesDataset.open(StripesDataset.write(folder.resolve("stripes"))).manifest();
    String known = manifest.tasks().get(0).name();
    assertThatThrownBy(() -> of("metrics.edges = [nothing-like-it]").tasks(manifest))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("metrics.edges names 'nothing-like-it'");
    assertThatThrownBy(() -> of("metrics.edges = [" + known + "]").tasks(manifest))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("edges are of kind mask");
  }
}
