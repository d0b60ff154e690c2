package org.sparkmto.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.input.Augmentation;
import org.sparkmto.input.DepthRule;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.StripesDataset;

class AugmentationConfigurationTest {
  @TempDir static Path folder;

  private static TrainingConfiguration of(String line) {
    return TrainingConfiguration.parse("run.directory = a\ndata.directory = b\n" + line);
  }

  @Test
  void allOfItIsOffUnlessSetAndSurvivesRendering() {
    DatasetManifest manifest =
        StripesDataset.open(StripesDataset.write(folder.resolve("stripes"))).manifest();
    assertThat(of("").augmentation(manifest)).isEqualTo(Augmentation.NONE);
    TrainingConfiguration all =
        of(
            "augmentation { flip = true, scales = [1, 1.2, 1.5], rotation-degrees = 20,"
                + " depth-rule = geometric }");
    assertThat(TrainingConfiguration.parse(all.render()).augmentation(manifest))
        .isEqualTo(new Augmentation(true, List.of(1.0, 1.2, 1.5), 20, DepthRule.GEOMETRIC));
    assertThat(all.identity())
        .containsEntry("augmentation.flip", "true")
        .containsEntry("augmentation.scales", "[1,1.2,1.5]")
        .containsEntry("augmentation.rotation-degrees", "20")
        .containsEntry("augmentation.depth-rule", "\"geometric\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "augmentation.flip = maybe          | augmentation.flip",
        "augmentation.flop = true           | did you mean 'augmentation.flip'",
        "augmentation.scales = 1.2          | augmentation.scales",
        "augmentation.scales = [1, big]     | augmentation.scales",
        "augmentation.scales = [1, 0.5]     | augmentation: scales: 0.5 must be 1 or more",
        "augmentation.rotation-degrees = -1 | augmentation: rotation-degrees = -1.0 must be within",
        "augmentation.rotation-degrees = far | augmentation.rotation-degrees",
        "augmentation.depth-rule = papers   | depth-rule = papers must be one of paper, geometric",
      })
  void whatIsWrongIsNamed(String line, String message) {
    assertThatThrownBy(() -> of(line))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }
}
