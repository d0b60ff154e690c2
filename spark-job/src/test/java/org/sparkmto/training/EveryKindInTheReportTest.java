package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.experiment.NamedOptions;
import org.sparkmto.experiment.sweep.Sweep;
import org.sparkmto.experiment.sweep.SweepGrid;
import org.sparkmto.json.Json;
import org.sparkmto.method.MethodInput;
import org.sparkmto.report.Report;
import org.sparkmto.report.WrittenReport;
import org.sparkmto.runlog.RunHeader;

/**
 * What training writes down, evaluation, comparison and report read: one real run with every kind
 * of method, through all of them. Nothing here imitates a file.
 */
@Tag("slow")
class EveryKindInTheReportTest {
  private static final int STEPS = 7;
  private static final int TASKS = StripesDataset.TASKS.size();

  /** At least one method for everything that a method can see, and those of several weights. */
  private static final List<String> METHODS =
      names(
          "ew,uw,dwa,famo,imtl:level=representation,pcgrad:level=parameters,gradvac:per=layer,"
              + "gradvac:per=tensor,sdmgrad,modo,graddrop,mao,db-mtl,moco,auto-lambda,"
              + "moml,forum");

  private static List<String> names(String list) {
    return NamedOptions.list(list).stream().map(NamedOptions::toString).toList();
  }

  @TempDir static Path folder;

  private static Sweep.Made compared;
  private static WrittenReport written;
  private static JsonNode results;
  private static final Map<String, String> SECTIONS = new LinkedHashMap<>();

  @BeforeAll
  static void trainEvaluateCompareAndReport() throws Exception {
    Path data = StripesDataset.write(folder.resolve("stripes"));
    Path out = folder.resolve("compared");
    SweepGrid grid =
        SweepGrid.of(
            ConfigFactory.parseString(
                    """
                    data { directory = "%s", validation = val, cache-mib = 16 }
                    network { name = small-conv, width = 2, features = 6, hidden = 5 }
                    optimizer.name = adam
                    schedule.rate = 0.001
                    training { steps = %d, batch = 24 }
                    checkpoint.every-steps = 4
                    log.cosines-every = 1
                    cluster { deadline-seconds = 60, threads = 1, ranks = 2 }
                    sweep { directory = "%s", split = val, baselines = false, seeds = [1] }
                    """
                        .formatted(data, STEPS, out))
                .withValue("sweep.methods", ConfigValueFactory.fromAnyRef(METHODS)));
    List<Path> runs;
    try (JavaSparkContext spark = Runs.spark("local[2]");
        PrintStream quiet =
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)) {
      compared = new Sweep(grid, false, spark.hadoopConfiguration(), quiet).run(spark);
      try (var folders = Files.list(out.resolve("runs"))) {
        runs = folders.sorted().map(method -> method.resolve("seed-1")).toList();
      }
      for (Path run : runs) {
        TrainedModel.open(run.toString(), spark.hadoopConfiguration())
            .evaluate(spark, "train", Optional.empty(), Optional.empty());
      }
    }
    Path report = folder.resolve("report");
    written = Report.write(runs, report);
    results = Json.parse(Files.readString(report.resolve(Report.JSON)));
    String page = Files.readString(report.resolve(Report.PAGE));
    for (String section : page.split("<section class=\"run\"", -1)) {
      SECTIONS.put(text(section, "<p class=\"eyebrow\">([^<]*)<"), section);
    }
  }

  private static String text(String page, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(page);
    return found.find() ? found.group(1) : "";
  }

  private static String section(String run) {
    return SECTIONS.get(run);
  }

  private static String sectionOf(String method) {
    return section(method + "/seed-1");
  }

  /** Points of every line of a chart. */
  private static List<Integer> points(String section, String title) {
    int from = section.indexOf("<h3>" + title + "</h3>");
    assertThat(from).as(title).isPositive();
    String figure = section.substring(from, section.indexOf("</figure>", from));
    return Pattern.compile("<path class=\"line [^>]* d=\"([^\"]*)\"")
        .matcher(figure)
        .results()
        .map(line -> (int) line.group(1).chars().filter(c -> c == 'M' || c == 'L').count())
        .toList();
  }

  private static List<Integer> everyStepOfEveryTask() {
    Integer[] points = new Integer[TASKS];
    Arrays.fill(points, STEPS);
    return List.of(points);
  }

  @Test
  void everyRunIsCompared() {
    assertThat(compared.failed()).isZero();
    assertThat(compared.results().rows()).hasSize(METHODS.size());
    assertThat(compared.results().rows()).allMatch(row -> !row.values().isEmpty());
    assertThat(compared.times().values()).hasSize(METHODS.size()).allMatch(millis -> millis > 0);
  }

  @Test
  void everythingThatAMethodCanSeeIsAmongTheRuns() {
    TreeSet<String> seen = new TreeSet<>();
    results.path("runs").forEach(run -> seen.add(run.at("/header/sight").asText()));
    assertThat(seen)
        .containsAll(Arrays.stream(MethodInput.values()).map(MethodInput::words).toList());
  }

  @Test
  void noLineOfAnyLogIsSkipped() {
    assertThat(written.notes()).isEmpty();
    assertThat(results.path("runs")).hasSize(METHODS.size());
    for (JsonNode run : results.path("runs")) {
      assertThat(run.path("stepsLogged").asInt()).isEqualTo(STEPS);
      assertThat(run.path("fallbackSteps").asInt()).isZero();
      assertThat(run.at("/results/train/duringTraining").isBoolean()).isTrue();
      assertThat(run.at("/results/train/duringTraining").asBoolean()).isFalse();
      assertThat(run.at("/results/val/tasks")).hasSize(TASKS);
    }
  }

  @Test
  void theChartsOfEveryRunHoldEveryStep() {
    for (JsonNode run : results.path("runs")) {
      String name = run.at("/header/run").asText();
      String section = section(name);
      assertThat(section).as(name).isNotNull();
      List<Integer> losses = new ArrayList<>(everyStepOfEveryTask());
      // Beside them the losses on val, after steps 4 and 7.
      losses.addAll(Collections.nCopies(TASKS, 2));
      assertThat(points(section, "Training loss")).as(name).isEqualTo(losses);
      boolean apart = section.contains("<h3>Weights of the shared part</h3>");
      assertThat(points(section, apart ? "Weights of the shared part" : "Task weights"))
          .as(name)
          .isEqualTo(everyStepOfEveryTask());
      assertThat(points(section, "Learning rate")).as(name).containsExactly(STEPS);
      // The first step, which starts every library, is not drawn.
      assertThat(points(section, "Step time in milliseconds")).as(name).containsExactly(STEPS - 1);
      // Evaluated after steps 4 and 7.
      assertThat(points(section, "Accuracy on val")).as(name).containsOnly(2).hasSize(TASKS + 1);
    }
  }

  @Test
  void normsAndCosinesOfEveryMethodThatSeesThemAreThere() {
    for (String run :
        List.of("imtl_level=representation", "gradvac_per=layer", "sdmgrad", "modo", "db-mtl")) {
      assertThat(points(sectionOf(run), "Gradient norms")).isEqualTo(everyStepOfEveryTask());
      assertThat(sectionOf(run)).contains("Mean over " + STEPS + " logged steps.");
    }
  }

  @Test
  void severalWeightsOfATaskAreSaidInTheChartsWords() {
    for (String run : List.of("sdmgrad", "modo")) {
      assertThat(sectionOf(run))
          .contains("a weight for each of the 3 parts of the batch; shown is their sum.");
    }
    assertThat(sectionOf("gradvac_per=layer"))
        .containsPattern(
            "a weight for each of the \\d groups of shared parameters \\([a-z0-9., ]+\\)")
        .contains("; shown is their mean.");
    assertThat(sectionOf("pcgrad_level=parameters")).doesNotContain("shown is their");
  }

  @Test
  void theHeaderHasTheThreadsThatTheModelsManifestHas() throws Exception {
    Path run = folder.resolve("compared/runs/ew/seed-1");
    RunHeader header =
        RunHeader.parse(Files.readString(run.resolve(RunHeader.FILE)), RunHeader.FILE);
    JsonNode manifest = Json.parse(Files.readString(run.resolve("model/manifest.json")));
    assertThat(header.versions()).containsEntry("threads per rank", "1");
    header
        .versions()
        .forEach(
            (name, value) ->
                assertThat(manifest.at("/environment").path(name).asText())
                    .as(name)
                    .isEqualTo(value));
  }
}
