package org.sparkmto.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.training.StripesDataset;

class TrainingConfigurationTest {
  private static final String LEAST = "run.directory = runs/a\ndata.directory = shards/b\n";

  @TempDir static Path folder;

  private static TrainingConfiguration of(String... lines) {
    return TrainingConfiguration.parse(LEAST + String.join("\n", lines));
  }

  @Test
  void theDefaultsAreCompleteAndDocumentEveryKey() {
    TrainingConfiguration defaults = of();
    assertThat(defaults.method().entry().name()).isEqualTo("ew");
    assertThat(defaults.batch()).isEqualTo(128);
    assertThat(defaults.ranks()).isZero();
    assertThat(defaults.data().tasks()).isEmpty();
    TrainingConfiguration documented = of(DocumentedKeys.hocon());
    assertThat(documented.identity()).isEqualTo(defaults.identity());
    assertThat(ConfigFactory.parseString(documented.render()))
        .isEqualTo(ConfigFactory.parseString(defaults.render()));
  }

  /** A key is one component of its section's record, and one option that says what it means. */
  @Test
  void everyKeyIsDocumentedAndAComponentOfItsSectionsRecord() {
    Map<ConfigurationSection, Class<?>> records = new HashMap<>();
    records.put(TargetsSection.KEYS, TargetsSection.class);
    records.put(UpdateSection.KEYS, UpdateSection.class);
    records.put(AverageSection.KEYS, AverageSection.class);
    records.put(StartSection.KEYS, StartSection.class);
    records.put(RetrainSection.KEYS, RetrainSection.class);
    records.put(RetrainSection.RULE_KEYS, RetrainSection.Rule.class);
    records.putAll(
        Map.of(
            RunSection.KEYS, RunSection.class,
            DataSection.KEYS, DataSection.class,
            AugmentationSection.KEYS, AugmentationSection.class,
            TrainingSection.KEYS, TrainingSection.class,
            ClusterSection.KEYS, ClusterSection.class,
            BaselinesSection.KEYS, BaselinesSection.class,
            MetricsSection.KEYS, MetricsSection.class,
            SelectionSection.KEYS, SelectionSection.class,
            CheckpointSection.KEYS, CheckpointSection.class,
            LogSection.KEYS, LogSection.class));
    records.put(LookSection.KEYS, LookSection.class);
    records.put(AnalyzeSection.KEYS, AnalyzeSection.class);
    records.put(TrackingSection.KEYS, TrackingSection.class);
    for (ConfigurationSection section : ConfigurationKeys.ALL) {
      for (Option key : section.keys()) {
        assertThat(key.meaning()).as(section.key(key.name())).hasSizeGreaterThan(10);
        assertThat(DocumentedKeys.markdown()).contains("| `" + section.key(key.name()) + "` | ");
      }
      assertThat(section.open() || records.containsKey(section)).as(section.name()).isTrue();
      if (records.containsKey(section)) {
        assertThat(Arrays.stream(records.get(section).getRecordComponents()))
            .extracting(component -> kebab(component.getName()))
            .containsExactlyElementsOf(section.keys().stream().map(Option::name).toList());
      }
    }
  }

  private static String kebab(String component) {
    return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
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
    assertThat(again.data().tasks()).isEqualTo(configuration.data().tasks());
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
        "method { name = imtl-g, level = heads }      | method.level = heads must be one of"
            + " representation, parameters",
        "method { name = mgda-ub, level = parameters } | level",
        "method { name = ew, heads = big }            | method.heads = big must be one of own,"
            + " ones, shared",
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
    assertThatThrownBy(() -> of("data.tasks = [007]").tasks(manifest))
        .as("a name that looks like a number is what is spelled")
        .hasMessageContaining("data.tasks names '007'");
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

  /**
   * {@code null} takes a whole section back, as some files in {@code conf} do with what they
   * include: what is not set again is as usual, and the run is the one that never had it.
   */
  @Test
  void nullTakesASectionBackWithoutItsUsualValues() {
    for (ConfigurationSection section : ConfigurationKeys.ALL) {
      String taken = section.name() + " = null\n";
      if (section.keys().stream().anyMatch(Option::required)) {
        assertThatThrownBy(() -> of(taken))
            .as(section.name())
            .isInstanceOf(ConfigurationException.class)
            .hasMessageMatching(section.name() + "\\.\\w+ is not set; add it .*");
        continue;
      }
      assertThat(of(taken).render()).as(section.name()).isEqualTo(of().render());
      assertThat(of().with(taken).render()).as(section.name()).isEqualTo(of().render());
      section.keys().stream()
          .filter(key -> key.usual().isPresent())
          .map(key -> "%s { %s = %s }".formatted(section.name(), key.name(), usual(section, key)))
          .forEach(again -> assertSame(of(taken, again), of(again)));
    }
    assertSame(
        of("network { width = 4 }, network = null, network { name = resnet18 }"),
        of("network.name = resnet18"));
  }

  private static String usual(ConfigurationSection section, Option key) {
    return ConfigurationKeys.usual()
        .getValue(section.key(key.name()))
        .render(ConfigRenderOptions.concise());
  }

  private static void assertSame(TrainingConfiguration one, TrainingConfiguration other) {
    assertThat(one.render()).isEqualTo(other.render());
    assertThat(one.identity()).isEqualTo(other.identity());
  }

  /** {@code --set network.name=resnet18} above a file that configures a small convolution. */
  @Test
  void optionsOfAnotherNetworkInALowerLayerAreLeftOutWithALine() {
    Config file = layer("a file", LEAST + "network { name = small-conv, features = 8, width = 4 }");
    List<String> said = new ArrayList<>();
    TrainingConfiguration configuration =
        layered(layer("--set", "network.name = resnet18").withFallback(file), said);
    assertThat(configuration.render()).doesNotContain("features").contains("width=4");
    assertThat(said)
        .containsExactly(
            "network resnet18 has no option features (a file: 3): left out, because network.name"
                + " was set above it");
    assertThat(TrainingConfiguration.parse(configuration.render()).identity())
        .isEqualTo(configuration.identity());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method.name = ew | method { name = imtl-g, rcond = 1e-9, level = parameters }",
        "optimizer.name = sgd | optimizer { name = adam, beta1 = 0.5 }",
        "schedule.name = constant | schedule { name = cosine, steps = 5, end = 0 }",
      })
  void theSameForMethodsOptimisersAndSchedules(String set, String file) {
    List<String> said = new ArrayList<>();
    Config both = layer("--set", set).withFallback(layer("a file", LEAST + file));
    assertThat(layered(both, said).render()).isNotEmpty();
    assertThat(said).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // What stands above the name, or beside it, was meant for it.
        "network { name = resnet18, features = 8 } | network.name = small-conv",
        "network.features = 8                      | network.name = resnet18",
        // What no network has is a mistake wherever it stands.
        "network.name = resnet18                   | network { name = small-conv, featurs = 8 }",
      })
  void anUnknownOptionOfTheNetworkItselfIsStillRefused(String set, String file) {
    Config both = layer("--set", set).withFallback(layer("a file", LEAST + file));
    List<String> said = new ArrayList<>();
    assertThatThrownBy(() -> layered(both, said))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("network 'resnet18' has no option 'feat");
    assertThat(said).isEmpty();
  }

  private static Config layer(String description, String text) {
    return ConfigFactory.parseString(
        text, ConfigParseOptions.defaults().setOriginDescription(description));
  }

  private static TrainingConfiguration layered(Config config, List<String> said) {
    return TrainingConfiguration.of(
        TrainingConfiguration.withoutForeignOptions(
            config, origin -> origin.description().startsWith("--set") ? 1 : 0, said::add));
  }
}
