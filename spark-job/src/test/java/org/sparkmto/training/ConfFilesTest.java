package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.network.Architectures;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.preprocessing.DatasetOptions;
import org.sparkmto.preprocessing.job.RawDatasets;

/** What the files in conf/ say can be run, on data sets with the columns of the real ones. */
class ConfFilesTest {
  private static final Path CONF = Path.of("..", "conf");
  private static final Pattern COMMAND = Pattern.compile("spark-mto (\\S+) ?(\\S*) .*");
  private static final Pattern CONFIG = Pattern.compile("--config conf/(\\S+)");
  private static final Pattern SET = Pattern.compile("--set (\\S+?)=(\\S+)");

  /** In commands for several files or methods. */
  private static final Pattern PLACEHOLDER = Pattern.compile("NETWORK|METHOD|NAME");

  private static final List<String> IMAGE = List.of("image");

  @ParameterizedTest
  @MethodSource("trainingFiles")
  void aTrainingFileFitsItsDataSet(Path file) {
    TrainingConfiguration configuration = configuration(file);
    if (isBase(file)) {
      return;
    }
    String directory = configuration.dataDirectory();
    DatasetManifest manifest = manifest(directory.substring(directory.lastIndexOf('/') + 1));

    ParameterLayout layout = configuration.networkPlan(manifest).layout();

    assertThat(layout).isNotNull();
    assertThatNoException().isThrownBy(() -> configuration.augmentation(manifest));
  }

  @ParameterizedTest
  @MethodSource("files")
  void theCommandsOfAHeaderAreAccepted(Path file) throws IOException {
    for (String command : commands(file)) {
      Matcher of = CONFIG.matcher(command);
      Matcher name = COMMAND.matcher(command);
      if (!of.find() || !name.matches() || PLACEHOLDER.matcher(command).find()) {
        continue;
      }
      Config config = settings(command).withFallback(parsed(CONF.resolve(of.group(1)))).resolve();
      switch (name.group(1)) {
        case "train" -> TrainingConfiguration.of(withDirectories(config));
        case "preprocess" -> DatasetOptions.of(config, RawDatasets.named(name.group(2)).options());
        default -> throw new AssertionError(file + ": " + command);
      }
    }
  }

  @Test
  void everyFileForPreprocessingShowsItsCommand() throws IOException {
    for (Path file : files().filter(one -> name(one).startsWith("preprocess-")).toList()) {
      assertThat(commands(file)).as(name(file)).anyMatch(line -> line.contains(name(file)));
    }
  }

  @Test
  void theDefaultsDescribeEveryNetworkAndItsOptions() {
    String text = TrainingConfiguration.documentedDefaults();
    for (var network : Architectures.known().all()) {
      assertThat(text).contains("  #   " + network.name() + " ");
      for (var option : network.options()) {
        assertThat(text)
            .as(network.name())
            .containsPattern("#     " + option.name() + " +" + "= " + option.usualText() + ": ");
      }
    }
  }

  private static TrainingConfiguration configuration(Path file) {
    return TrainingConfiguration.of(withDirectories(parsed(file).resolve()));
  }

  private static Config parsed(Path file) {
    return ConfigFactory.parseFile(
        file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
  }

  private static Config withDirectories(Config config) {
    return config.withFallback(ConfigFactory.parseMap(Map.of("run.directory", "runs/test")));
  }

  private static Config settings(String command) {
    Config settings = ConfigFactory.empty();
    Matcher set = SET.matcher(command);
    while (set.find()) {
      settings =
          ConfigFactory.parseString(set.group(1) + " = " + set.group(2)).withFallback(settings);
    }
    return settings;
  }

  /** Commands of a file's comments, each in one line. */
  private static List<String> commands(Path file) throws IOException {
    List<String> commands = new ArrayList<>();
    String open = "";
    for (String line : Files.readAllLines(file)) {
      String text = line.replaceFirst("^#", "").strip();
      if (!open.isEmpty() || text.startsWith("spark-mto ")) {
        open += text.replaceFirst("\\\\$", "");
        if (!text.endsWith("\\")) {
          commands.add(open);
          open = "";
        }
      }
    }
    return commands;
  }

  static Stream<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(CONF)) {
      return all
          .filter(file -> name(file).endsWith(".conf") && !name(file).startsWith("spark-"))
          .sorted()
          .toList()
          .stream();
    }
  }

  static Stream<Path> trainingFiles() throws IOException {
    return files()
        .filter(file -> !name(file).startsWith("preprocess-") && !name(file).equals("own.conf"));
  }

  /** What other files include; it names no network. */
  private static boolean isBase(Path file) {
    return name(file).endsWith("-protocol.conf");
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static DatasetManifest manifest(String dataset) {
    return switch (dataset) {
      case "nyuv2-13" -> rooms(288, 384);
      case "rooms" -> rooms(72, 96);
      case "cityscapes-2" -> streets(128, 256, "inverse-depth");
      case "streets" -> streets(64, 128, "disparity");
      case "cityscapes-3" ->
          manifest(
              List.of(
                  input("image", 256, 512),
                  target("segmentation", ElementType.UINT8, 32, 64),
                  target("offsets", ElementType.FLOAT32, 2, 32, 64),
                  target("disparity", ElementType.UINT16, 32, 64)),
              List.of(
                  Task.of("segmentation", TaskKind.SEGMENTATION, IMAGE, "segmentation", 19),
                  Task.of("instances", TaskKind.VECTORS, IMAGE, "offsets", 2)
                      .named(List.of("dy", "dx")),
                  Task.of("disparity", TaskKind.DEPTH, IMAGE, "disparity", 1)));
      case "cityscapes-parts" ->
          manifest(
              List.of(
                  input("image", 256, 512),
                  target("segmentation", ElementType.UINT8, 256, 512),
                  target("parts", ElementType.UINT8, 256, 512),
                  target("disparity", ElementType.UINT16, 256, 512).measured(1, 0, "px")),
              List.of(
                  Task.of("segmentation", TaskKind.SEGMENTATION, IMAGE, "segmentation", 19),
                  Task.of("parts", TaskKind.SEGMENTATION, IMAGE, "parts", 10),
                  Task.of("disparity", TaskKind.DEPTH, IMAGE, "disparity", 1)));
      case "pascal-context" ->
          manifest(
              List.of(
                  input("image", 512, 512),
                  target("segmentation", ElementType.UINT8, 512, 512),
                  target("human_parts", ElementType.UINT8, 512, 512),
                  target("normals", ElementType.INT16, 3, 512, 512),
                  target("saliency", ElementType.UINT8, 512, 512),
                  target("edges", ElementType.UINT8, 512, 512)),
              List.of(
                  Task.of("segmentation", TaskKind.SEGMENTATION, IMAGE, "segmentation", 21),
                  Task.of("human_parts", TaskKind.SEGMENTATION, IMAGE, "human_parts", 7),
                  Task.of("normals", TaskKind.NORMALS, IMAGE, "normals", 3),
                  Task.of("saliency", TaskKind.MASK, IMAGE, "saliency", 2),
                  Task.of("edges", TaskKind.MASK, IMAGE, "edges", 2)));
      case "celeba", "fashion-40" -> labels(List.of(3, 64, 64), TaskKind.BINARY, 40, 2);
      case "multi-cifar100" -> labels(List.of(3, 32, 32), TaskKind.CLASSIFICATION, 20, 5);
      case "multi-fashion" -> labels(List.of(1, 36, 36), TaskKind.CLASSIFICATION, 2, 10);
      case "emotic" -> {
        List<String> both = List.of("image", "person");
        yield manifest(
            List.of(
                input("image", 224, 224),
                input("person", 224, 224),
                target("categories", ElementType.UINT8, 26),
                target("continuous", ElementType.FLOAT32, 3)),
            List.of(
                Task.of("categories", TaskKind.MULTI_LABEL, both, "categories", 26),
                Task.of("continuous", TaskKind.REGRESSION, both, "continuous", 3).withLoss("l1")));
      }
      default -> throw new AssertionError("no data set like " + dataset + " is described here");
    };
  }

  private static DatasetManifest rooms(int height, int width) {
    return manifest(
        List.of(
            input("image", height, width),
            target("segmentation", ElementType.UINT8, height, width),
            target("depth", ElementType.FLOAT32, height, width).measured(1, 0, "m"),
            target("normals", ElementType.INT16, 3, height, width).measured(1.0 / 32767, 0, "")),
        List.of(
            Task.of("segmentation", TaskKind.SEGMENTATION, IMAGE, "segmentation", 13),
            Task.of("depth", TaskKind.DEPTH, IMAGE, "depth", 1),
            Task.of("normals", TaskKind.NORMALS, IMAGE, "normals", 3)));
  }

  private static DatasetManifest streets(int height, int width, String task) {
    return manifest(
        List.of(
            input("image", height, width),
            target("segmentation", ElementType.UINT8, height, width),
            target("disparity", ElementType.UINT16, height, width)),
        List.of(
            Task.of("segmentation", TaskKind.SEGMENTATION, IMAGE, "segmentation", 7),
            Task.of(task, TaskKind.DEPTH, IMAGE, "disparity", 1)));
  }

  private static DatasetManifest labels(
      List<Integer> image, TaskKind kind, int tasks, int classes) {
    return manifest(
        List.of(
            new Column("image", Column.Role.INPUT, ElementType.UINT8, image),
            target("labels", ElementType.UINT8, tasks)),
        IntStream.range(0, tasks)
            .mapToObj(k -> new Task("task" + k, kind, IMAGE, "labels", k, classes, Task.MISSING))
            .toList());
  }

  private static Column input(String name, int height, int width) {
    return new Column(name, Column.Role.INPUT, ElementType.UINT8, List.of(3, height, width));
  }

  private static Column target(String name, ElementType type, Integer... shape) {
    return new Column(name, Column.Role.TARGET, type, List.of(shape));
  }

  private static DatasetManifest manifest(List<Column> columns, List<Task> tasks) {
    return new DatasetManifest(
        "described",
        "test",
        0,
        columns,
        tasks,
        Map.of(),
        Map.of(),
        Map.of("saliency", new LabelHistogram(List.of(9L, 1L), 0)),
        new SourceCounts(0, 0, Map.of()),
        Map.of());
  }
}
