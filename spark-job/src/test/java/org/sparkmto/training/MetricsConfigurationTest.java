package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.configuration.DocumentedKeys;
import org.sparkmto.configuration.NamedFigure;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.metric.Direction;
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
        of(
            """
            metrics {
              quirks = [binary-f1, per-image-iou]
              edges = [edge]
              also = [average-precision]
              delta { depth = [rmse], "a task.1" = [accuracy] }
            }
            """);
    assertThat(TrainingConfiguration.parse(chosen.render()).metrics())
        .isEqualTo(
            new MetricChoices(
                Set.of(Quirk.BINARY_F1, Quirk.PER_IMAGE_IOU),
                Set.of("edge"),
                Set.of("average-precision"),
                Map.of("depth", List.of("rmse"), "a task.1", List.of("accuracy"))));
    assertThat(chosen.identity())
        .containsKeys("metrics.quirks", "metrics.edges", "metrics.also", "metrics.delta.depth");
    for (Quirk quirk : Quirk.values()) {
      assertThat(DocumentedKeys.hocon()).contains("#   " + quirk.label() + " ");
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
        "metrics.also = [average-precison]  | did you mean 'average-precision'",
        "metrics.delta = [mean-iou]         | metrics.delta",
        "metrics.delta.depth = rmse         | metrics.delta.depth",
        "metrics.delta.depth = []           | metrics.delta.depth is empty",
        "metrics.deltas.depth = [rmse]      | unknown key 'metrics.deltas.depth'",
      })
  void whatIsWrongIsNamed(String line, String message) {
    assertThatThrownBy(() -> of(line))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theFiguresThatCountAreThoseOfTasksOrKindsOfTheDataSet() {
    DatasetManifest manifest =
        StripesDataset.open(StripesDataset.write(folder.resolve("counted"))).manifest();
    Task task = manifest.tasks().get(0);
    String other = manifest.tasks().get(1).name();
    TrainingConfiguration byTask =
        of("metrics.delta { " + task.name() + " = [balanced-accuracy] }");
    assertThat(byTask.evaluation(manifest).counted().names())
        .containsEntry(task.name(), List.of("balanced-accuracy"))
        .containsEntry(other, List.of("accuracy"));
    assertThat(
            of("metrics.delta." + task.kind().label() + " = [balanced-accuracy, accuracy]")
                .evaluation(manifest)
                .counted()
                .names())
        .containsEntry(task.name(), List.of("accuracy", "balanced-accuracy"));

    assertThatThrownBy(() -> of("metrics.delta.depth = [rmse]").tasks(manifest))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("metrics.delta names 'depth'");
    assertThatThrownBy(
            () -> of("metrics.delta." + task.name() + " = [acuracy]").evaluation(manifest))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("did you mean 'accuracy'");
    // A network of its own is not another one because of what counts for the other tasks.
    assertThat(of("metrics.delta." + other + " = [balanced-accuracy]").single(task).identity())
        .isEqualTo(of("").single(task).identity());
    assertThat(byTask.single(task).metrics().delta()).containsOnlyKeys(task.name());
  }

  @Test
  void checkpointsAreComparedByAFigureOrLossThatThereIs() {
    DatasetManifest manifest =
        StripesDataset.open(StripesDataset.write(folder.resolve("compared"))).manifest();
    List<String> tasks = manifest.tasks().stream().map(Task::name).toList();
    assertThat(rule("accuracy", manifest).by().get().tasks()).isEqualTo(tasks);
    NamedFigure one = rule(tasks.get(1) + "/loss", manifest).by().get();
    assertThat(one.tasks()).containsExactly(tasks.get(1));
    assertThat(one.direction()).isEqualTo(Direction.LOWER_IS_BETTER);
    assertThat(rule("delta", manifest).by()).isEmpty();
    assertThatThrownBy(() -> rule("acuracy", manifest))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "there is no 'acuracy' to choose by; there are delta, loss, accuracy,"
                + " balanced-accuracy, and each of one task, such as %s/loss; did you mean"
                    .formatted(tasks.get(0))
                + " 'accuracy'?");
    assertThatThrownBy(() -> rule("average-precision", manifest))
        .hasMessageContaining("metrics.also = [average-precision] measures average-precision");
    assertThatThrownBy(() -> rule("rocauc", manifest))
        .hasMessageContaining("metrics.also = [roc-auc] measures roc-auc");
    assertThatThrownBy(() -> of("selection.by = loss"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("selection.by = loss chooses nothing");
    // An earlier version's checkpoint is continued, and networks of one task have their own.
    assertThat(of("").identity()).doesNotContainKeys("selection.by", "selection.min-delta");
    String best = "selection { model = best, by = " + tasks.get(1) + "/";
    assertThat(of(best + "loss }").single(manifest.tasks().get(0)).selection().by())
        .isEqualTo("loss");
    assertThat(of(best + "accuracy }").single(manifest.tasks().get(0)).selection().by())
        .isEqualTo("delta");
  }

  @Test
  void aFigureThatNoTaskHasIsRefusedBeforeARunAndNotByAnEarlierOne() {
    String data = StripesDataset.write(folder.resolve("also")).toString();
    DatasetManifest manifest = StripesDataset.open(Path.of(data)).manifest();
    String line = "data.directory = " + data + "\nrun.directory = a\nmetrics.also = ";
    TrainingConfiguration numbers =
        TrainingConfiguration.parse(line + "[roc-auc, absolute-error-90]");
    assertThatThrownBy(() -> RunPlan.of(numbers, new Configuration()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "metrics.also names 'absolute-error-90', which no task of data set '"
                + manifest.dataset()
                + "' has; it is a figure of ")
        .hasMessageContaining("Its tasks have average-precision, ");
    assertThat(numbers.evaluation(manifest).figures()).hasSize(manifest.tasks().size());
    RunPlan.of(TrainingConfiguration.parse(line + "[roc-auc]"), new Configuration());
  }

  private static SelectionRule rule(String by, DatasetManifest manifest) {
    TrainingConfiguration chosen = of("selection { model = best, by = \"" + by + "\" }");
    return SelectionRule.of(chosen.selection(), chosen.evaluation(manifest));
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
