package org.sparkmto.configuration;

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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.job.RawDatasets;

/** What the files in conf/ say can be run, on data sets with the columns of the real ones. */
class ConfFilesTest {
  private static final Path CONF = Path.of("..", "conf");
  private static final Pattern COMMAND = Pattern.compile("spark-mto (\\S+) ?(\\S*) .*");
  private static final Pattern CONFIG = Pattern.compile("--config conf/(\\S+)");
  private static final Pattern SET = Pattern.compile("--set (\\S+?)=(\\S+)");
  private static final Pattern SETTINGS = Pattern.compile("#( +--set \\S+=\\S+)+");
  private static final Pattern NETWORKS = Pattern.compile("for NETWORK one of ([^:]+):");
  private static final Pattern FILE = Pattern.compile("[a-z0-9-]+\\.conf");

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
    requireFits(configuration);
  }

  private static void requireFits(TrainingConfiguration configuration) {
    DatasetManifest manifest = manifest(configuration);
    ParameterLayout layout = configuration.networkPlan(manifest).layout();

    assertThat(layout).isNotNull();
    assertThatNoException().isThrownBy(() -> configuration.augmentation(manifest));
    assertThatNoException().isThrownBy(() -> configuration.evaluation(manifest));
    for (Task task : configuration.tasks(manifest)) {
      assertThatNoException()
          .isThrownBy(() -> configuration.single(task).evaluation(manifest).counted());
    }
  }

  /** Lines of settings to copy, such as the rate of each method, are settings of their file. */
  @ParameterizedTest
  @MethodSource("trainingFiles")
  void theSettingsOfAHeaderAreAccepted(Path file) throws IOException {
    String before = "";
    for (String line : Files.readAllLines(file)) {
      if (SETTINGS.matcher(line).matches() && !before.endsWith("\\")) {
        requireFits(
            TrainingConfiguration.of(
                withDirectories(settings(line).withFallback(parsed(file)).resolve())));
      }
      before = line;
    }
  }

  /** By the columns of the table that each file names. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nyuv2-segnet             | segmentation: mean-iou, pixel-accuracy; depth: absolute-error, \
          relative-error; normals: mean-angle, median-angle, within-11.25, within-22.5, within-30
          cityscapes-2-segnet      | segmentation: mean-iou, pixel-accuracy; inverse-depth: \
          absolute-error, relative-error
          nyuv2-imtl               | segmentation: mean-iou; depth: absolute-error; normals: mean-cosine
          nyuv2-ial                | segmentation: mean-iou; depth: rmse; normals: mean-angle
          cityscapes-parts-deeplab | segmentation, parts: mean-iou; disparity: absolute-error
          pascal-context-deeplab   | segmentation, human_parts: mean-iou; normals: mean-angle; \
          saliency: iou; edges: ods-f
          cityscapes-3-pspnet      | segmentation: mean-iou; instances: mae; disparity: \
          mean-square-error
          cityscapes-3-imtl        | segmentation: mean-iou; instances: mae; disparity: absolute-error
          celeba                   | 40 tasks: accuracy
          multi-cifar100-vgg16     | 20 tasks: accuracy
          emotic-26                | 26 tasks: average-precision
          nyuv2-40-mtan            | segmentation: mean-iou, pixel-accuracy; depth: absolute-error, \
          relative-error; normals: mean-angle, median-angle
          """)
  void whatCountsIsWhatThePaperCounts(String file, String counted) {
    TrainingConfiguration configuration = configuration(CONF.resolve(file + ".conf"));
    assertThat(configuration.evaluation(manifest(configuration)).counted()).hasToString(counted);
  }

  @Test
  void everyMetricCountsTheSameWhereThePaperHasItSo() {
    assertThat(configuration(CONF.resolve("nyuv2-segnet.conf")).selection().weighting())
        .isEqualTo(SelectionSection.Weighting.METRIC);
    assertThat(configuration(CONF.resolve("cityscapes-2-deeplab.conf")).selection().weighting())
        .isEqualTo(SelectionSection.Weighting.METRIC);
    assertThat(configuration(CONF.resolve("nyuv2-mtan.conf")).selection().weighting())
        .isEqualTo(SelectionSection.Weighting.TASK);
  }

  /** An include without {@code required} of a file that is not there is silently nothing. */
  @ParameterizedTest
  @MethodSource("files")
  void everyFileThatIsNamedIsThere(Path file) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("include ")) {
        assertThat(line).as(name(file)).startsWith("include required(");
      }
      Matcher named = FILE.matcher(line.replaceAll("\\S*(NETWORK|NAME)\\S*", ""));
      while (named.find()) {
        assertThat(CONF.resolve(named.group())).as(name(file)).exists();
      }
    }
  }

  /** A head that speaks of a file for each NETWORK says which there are. */
  @ParameterizedTest
  @MethodSource("files")
  void everyNetworkThatIsNamedHasItsFile(Path file) throws IOException {
    String text = Files.readString(file);
    Matcher names = NETWORKS.matcher(text);
    while (names.find()) {
      for (String network : names.group(1).split(", ", -1)) {
        assertThat(CONF.resolve(name(file).replace("protocol", network))).as(name(file)).exists();
      }
    }
  }

  /** Tables 4 and 5 of MAO: one ResNet-18 and one HRNet-18, alone and in the sweep. */
  @Test
  void networksOfMaoStandOnWhatThePaperSays() throws IOException {
    NetworkSection mtan = configuration(CONF.resolve("nyuv2-40-mtan.conf")).network();
    assertThat(mtan.name()).isEqualTo("mtan-resnet");
    assertThat(mtan.options()).containsEntry("depth", 18);
    assertThat(Files.readString(CONF.resolve("sweep-mao-nyuv2.conf")))
        .contains("{ name = mtan-resnet, depth = 18 }");
  }

  @ParameterizedTest
  @MethodSource("preprocessingFiles")
  void aPreprocessingFileFitsItsDataSet(Path file) throws IOException {
    List<String> datasets =
        commands(file).stream()
            .filter(line -> line.contains("conf/" + name(file)))
            .map(COMMAND::matcher)
            .filter(Matcher::matches)
            .map(command -> command.group(2))
            .toList();
    assertThat(datasets).as(name(file)).isNotEmpty();
    for (String dataset : datasets) {
      assertThatNoException()
          .as(name(file))
          .isThrownBy(() -> ChosenDataset.of(RawDatasets.named(dataset), parsed(file).resolve()));
    }
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
        case "train" ->
            TrainingConfiguration.of(
                TrainingConfiguration.withoutForeignOptions(
                    withDirectories(config),
                    origin ->
                        origin.filename() == null ? 1 : 0, // what --set says is above the file
                    said -> {}));
        case "preprocess" -> ChosenDataset.of(RawDatasets.named(name.group(2)), config);
        default -> throw new AssertionError(file + ": " + command);
      }
    }
  }

  @Test
  void theDefaultsDescribeEveryNetworkAndItsOptions() {
    String text = DocumentedKeys.hocon();
    for (var network : Architectures.known().all()) {
      assertThat(text).contains("  #   " + network.name() + " ");
      for (var option : network.options()) {
        assertThat(text)
            .as(network.name())
            .containsPattern(
                "#     %s +%s"
                    .formatted(
                        option.name(),
                        option.usualText().isEmpty() ? "" : "= " + option.usualText() + ": "));
      }
    }
  }

  private static TrainingConfiguration configuration(Path file) {
    return TrainingConfiguration.of(withDirectories(parsed(file).resolve()));
  }

  /** The configuration of a run; what makes a file one of a sweep is SweepGridTest's. */
  private static Config parsed(Path file) {
    return ConfigFactory.parseFile(
            file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
        .withoutPath("sweep");
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

  static Stream<Path> preprocessingFiles() throws IOException {
    return files().filter(file -> name(file).startsWith("preprocess-"));
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

  private static DatasetManifest manifest(TrainingConfiguration configuration) {
    String directory = configuration.dataDirectory();
    return manifest(directory.substring(directory.lastIndexOf('/') + 1));
  }

  private static DatasetManifest manifest(String dataset) {
    return switch (dataset) {
      case "nyuv2-13" -> rooms(288, 384, 13);
      case "nyuv2-40" -> rooms(480, 640, 40);
      case "rooms" -> rooms(72, 96, 13);
      case "rooms-48" -> rooms(48, 64, 13);
      case "cityscapes-2" -> streets(128, 256, "inverse-depth");
      case "portraits" ->
          manifest(
              List.of(
                  input("image", 48, 48),
                  target("labels", ElementType.UINT8, 3),
                  target("age", ElementType.FLOAT32, 1),
                  target("head", ElementType.UINT8, 48, 48)),
              List.of(
                  new Task("smiles", TaskKind.BINARY, IMAGE, "labels", 0, 2, Task.MISSING),
                  new Task("hat", TaskKind.BINARY, IMAGE, "labels", 1, 2, Task.MISSING),
                  new Task("glasses", TaskKind.CLASSIFICATION, IMAGE, "labels", 2, 4, Task.MISSING),
                  Task.of("age", TaskKind.REGRESSION, IMAGE, "age", 1),
                  Task.of("head", TaskKind.MASK, IMAGE, "head", 2)));
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
      case "fashion-40-32" -> labels(List.of(3, 32, 32), TaskKind.BINARY, 40, 2);
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
      case "emotic-26" ->
          manifest(
              List.of(
                  input("image", 224, 224),
                  input("person", 224, 224),
                  target("categories", ElementType.UINT8, 26)),
              IntStream.range(0, 26)
                  .mapToObj(
                      k ->
                          new Task(
                              "category" + k,
                              TaskKind.BINARY,
                              List.of("image", "person"),
                              "categories",
                              k,
                              2,
                              Task.MISSING))
                  .toList());
      default -> throw new AssertionError("no data set like " + dataset + " is described here");
    };
  }

  private static DatasetManifest rooms(int height, int width, int classes) {
    return manifest(
        List.of(
            input("image", height, width),
            target("segmentation", ElementType.UINT8, height, width),
            target("depth", ElementType.FLOAT32, height, width).measured(1, 0, "m"),
            target("normals", ElementType.INT16, 3, height, width).measured(1.0 / 32767, 0, "")),
        List.of(
            Task.of("segmentation", TaskKind.SEGMENTATION, IMAGE, "segmentation", classes),
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
        Map.of(),
        new SourceCounts(0, 0, Map.of()),
        Map.of(),
        List.of());
  }
}
