package org.sparkmto.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.network.TaskLosses;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.StripesDataset;

class LossConfigurationTest {
  @TempDir static Path folder;

  private static DatasetManifest manifest;

  @BeforeAll
  static void stripes() {
    manifest = StripesDataset.open(StripesDataset.write(folder.resolve("stripes"))).manifest();
  }

  private static TrainingConfiguration of(String lines) {
    return TrainingConfiguration.parse("run.directory = a\ndata.directory = b\n" + lines);
  }

  private static final String CHOSEN =
      """
      loss { row = { name = focal, gamma = 3 }, column.smoothing = 0.1, diagonal = "focal:gamma=1" }
      loss-multiplier { column = 2.5, row = 0.1 }
      """;

  @Test
  void lossesWithOptionsAndMultipliersSurviveRendering() {
    TrainingConfiguration chosen = TrainingConfiguration.parse(of(CHOSEN).render());
    assertThat(chosen.tasks(manifest))
        .extracting(Task::name, Task::loss)
        .containsExactly(
            tuple("row", "focal:gamma=3"),
            tuple("column", usual(1) + ":smoothing=0.1"),
            tuple("diagonal", "focal:gamma=1"));
    assertThat(chosen.networkPlan(manifest).multipliers())
        .isEqualTo(Map.of("column", 2.5, "row", 0.1));
    assertThat(chosen.identity())
        .containsKeys("loss.row.gamma", "loss.column.smoothing", "loss-multiplier.column");
  }

  private static String usual(int task) {
    return TaskLosses.names(manifest.tasks().get(task).kind()).get(0);
  }

  /** So that it is not trained anew because of what is asked of the others. */
  @Test
  void theNetworkOfOneTaskKeepsWhatIsSaidOfThisTaskAlone() {
    Task column = manifest.tasks().get(1);
    assertThat(of(CHOSEN).single(column).identity())
        .isEqualTo(
            of("loss.column.smoothing = 0.1, loss-multiplier.column = 2.5")
                .single(column)
                .identity());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "loss.row = { name = focal, gamma = -1 } | loss.row.gamma = -1 must be a number from zero"
            + " on",
        "loss.row = { name = focall } | loss.row: task 'row' of kind",
        "loss.colum = focal | loss names 'colum', which data set 'stripes' does not have",
        "loss-multiplier.colum = 2 | loss-multiplier names 'colum', which data set",
        "loss-multiplier.row = 0 | loss-multiplier.row = 0 must be a number above zero",
        "loss-multiplier.row = much | loss-multiplier.row = much must be a number",
      })
  void whatIsWrongIsNamed(String line, String message) {
    assertThatThrownBy(() -> of(line).tasks(manifest))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(message);
  }
}
