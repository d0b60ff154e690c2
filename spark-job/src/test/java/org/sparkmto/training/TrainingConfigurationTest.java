package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.options.ConfigurationException;

class TrainingConfigurationTest {
  private static final String LEAST = "run.directory = runs/a\ndata.directory = shards/b\n";

  @TempDir static Path folder;

  private static TrainingConfiguration of(String... lines) {
    return TrainingConfiguration.parse(LEAST + String.join("\n", lines));
  }

  @Test
  void theDefaultsAreCompleteAndDocumentEveryKey() {
    TrainingConfiguration defaults = of();
    assertThat(defaults.methodName()).isEqualTo("ew");
    assertThat(defaults.batch()).isEqualTo(128);
    assertThat(defaults.ranks()).isZero();
    assertThat(defaults.taskNames()).isEmpty();
    Set<String> keys = new TreeSet<>();
    ConfigFactory.parseString(TrainingConfiguration.documentedDefaults())
        .entrySet()
        .forEach(entry -> keys.add(entry.getKey()));
    assertThat(keys)
        .contains("cluster.max-restarts", "checkpoint.every-steps", "log.cosines-every");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "method { name = imtl, level = parameters }",
        "run.directory = \"s3a://bucket/runs/a b\"",
        "run.directory = \"/data/ünïcode \\\"quoted\\\"\"",
        "data.tasks = [a, \"b c\", \"5_o_Clock_Shadow\"]",
        "run.seed = -9223372036854775808",
        "optimizer { name = adam, beta1 = 0.5 }",
        "schedule { name = step-decay, rate = 1e-3, every-steps = 5 }"
      })
  void renderingAndParsingIsStable(String line) {
    TrainingConfiguration configuration = of(line);
    TrainingConfiguration again = TrainingConfiguration.parse(configuration.render());
    assertThat(again.render()).isEqualTo(configuration.render());
    assertThat(again.identity()).isEqualTo(configuration.identity());
    assertThat(again.runDirectory()).isEqualTo(configuration.runDirectory());
    assertThat(again.taskNames()).isEqualTo(configuration.taskNames());
    assertThat(again.seed()).isEqualTo(configuration.seed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method.name = dwa         | true",
        "run.seed = 2              | true",
        "data.tasks = [a]          | true",
        "data.window-rows = 5      | true",
        "network.width = 8         | true",
        "optimizer.beta1 = 0.8     | true",
        "schedule.rate = 0.1       | true",
        "training.batch = 64       | true",
        "training.steps = 500      | false",
        "training.epochs = 500     | false",
        "run.directory = other     | false",
        "data.directory = other    | false",
        "cluster.ranks = 2         | false",
        "checkpoint.keep = 9       | false",
        "log.cosines-every = 3     | false",
      })
  void identityIsWhatMustNotChangeWhenARunGoesOn(String line, boolean changes) {
    assertThat(of(line).identity().equals(of().identity())).isEqualTo(!changes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "training.bacth = 5             | unknown key 'training.bacth'; did you mean"
            + " 'training.batch'",
        "trianing.batch = 5             | unknown key 'trianing.batch'; did you mean"
            + " 'training.batch'",
        "batch = 5                      | unknown key 'batch'",
        "method.name = imtll            | unknown method 'imtll'",
        "method.name = imtll            | 'imtl",
        "method { name = imtl-g, levle = parameters } | option 'levle'",
        "method { name = imtl-g, level = heads }      | option 'level' must be",
        "method { name = mgda-ub, level = parameters } | level",
        "method { name = ew, heads = big }            | option 'heads' must be",
        "network.name = resnet51        | network 'resnet51'",
        "network.widht = 5              | network 'small-conv' has no option 'widht'; did you mean"
            + " 'width'",
        "optimizer.name = adamm         | optimizer: ",
        "optimizer.beta3 = 1            | has no option 'beta3'",
        "optimizer.beta1 = 2            | beta1",
        "optimizer.beta1 = big          | beta1",
        "schedule.name = cosinus        | schedule: ",
        "schedule.rate = -1             | rate",
        "schedule.rate = fast           | rate",
        "schedule { name = step-decay } | every-epochs or every-steps",
        "training.batch = many          | training.batch",
        "training.batch = 1.5           | training.batch",
        "training.batch = 0             | training.batch = 0 must be 1 or more",
        "training.batch = 4294967296    | training.batch = 4294967296 must be",
        "training.batch = null          | training.batch",
        "training.batch = [5]           | training.batch",
        "training.steps = -1            | training.steps = -1 must be 0 or more",
        "training { epochs = 0, steps = 0 } | both 0",
        "run.seed = abc                 | run.seed",
        "run.seed = 1.5                 | run.seed",
        "data.tasks = row               | data.tasks",
        "data.train = []                | data.train",
        "cluster.max-restarts = -1      | cluster.max-restarts",
        "network.width = wide           | network.width",
        "training.batch = ${x}          | x",
        "training = 5                   | training",
      })
  void whatIsWrongIsNamed(String line, String message) {
    assertThatThrownBy(() -> of(line))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatHasNoDefaultMustBeGiven() {
    assertThatThrownBy(() -> TrainingConfiguration.parse("data.directory = x"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "run.directory is not set; add it to the configuration or give --set"
                + " run.directory=...");
    assertThatThrownBy(() -> TrainingConfiguration.parse("run.directory = x"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("data.directory is not set");
  }

  @Test
  void tasksComeInTheOrderOfTheDataSetAndUnknownOnesAreNamed() {
    DatasetManifest manifest =
        StripesDataset.open(StripesDataset.write(folder.resolve("stripes"))).manifest();
    assertThat(of("data.tasks = [diagonal, row]").tasks(manifest))
        .extracting(task -> task.name())
        .containsExactly("row", "diagonal");
    assertThat(of().tasks(manifest)).hasSize(3);
    assertThatThrownBy(() -> of("data.tasks = [row, colum]").tasks(manifest))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("data.tasks names 'colum'")
        .hasMessageContaining("did you mean 'column'");
    assertThatThrownBy(() -> of("data.tasks = [row, row]"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("data.tasks");
  }

  @Test
  void aNetworkThatCannotTakeTheImagesIsRefused() {
    DatasetManifest manifest =
        StripesDataset.open(StripesDataset.write(folder.resolve("again"))).manifest();
    assertThatThrownBy(() -> of("network.width = 0").networkPlan(manifest))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("width");
  }

  @Test
  void nullTakesAnOptionBack() {
    String keys =
        "run.directory = r, data.directory = d, network { name = constant, width = 16 }\n";
    assertThatThrownBy(() -> TrainingConfiguration.parse(keys))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has no option 'width'");
    TrainingConfiguration without = TrainingConfiguration.parse(keys + "network.width = null");
    assertThat(TrainingConfiguration.parse(without.render()).render()).isEqualTo(without.render());
  }
}
