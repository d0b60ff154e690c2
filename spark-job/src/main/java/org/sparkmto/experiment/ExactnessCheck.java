package org.sparkmto.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.json.Json;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.ModelDifference;
import org.sparkmto.training.RunDirectory;
import org.sparkmto.training.TrainingConfiguration;
import org.sparkmto.training.TrainingRun;

/**
 * Checks a method by three short runs: one rank in one go, one rank with an interruption, two
 * ranks. They descend with momentum, because adaptive optimisers amplify rounding: their first
 * steps have the length of the rate however small a gradient is, so a gradient that rounding alone
 * keeps from zero moves its parameter by the rate. A method that needs an adaptive optimiser keeps
 * the run's, at a tenth of the rate. Batches of half the size end more than 1e-2 apart, so 1e-4
 * tells right from wrong.
 */
final class ExactnessCheck {
  private static final String FILE = "check.json";
  private static final String DESCENT =
      "optimizer { name = sgd, momentum = 0.9 }, schedule { name = constant, rate = 0.003 }";

  private final JavaSparkContext spark;
  private final Configuration hadoop;
  private final ComparedRuns runs;
  private final int steps;
  private final PrintStream console;

  /** Checks of this many steps, at least 2. */
  ExactnessCheck(JavaSparkContext spark, ComparedRuns runs, int steps, PrintStream console) {
    this.spark = spark;
    hadoop = spark.hadoopConfiguration();
    this.runs = runs;
    this.steps = steps;
    this.console = console;
  }

  /** What the runs come to; as it was found before if there was a check of as many steps. */
  ComparisonTable.Check of(NamedOptions method) throws InterruptedException {
    RunDirectory folder =
        RunDirectory.of(runs.place(ComparedRuns.CHECKS, ComparedRuns.folder(method)), hadoop);
    Optional<ComparisonTable.Check> before = folder.read(FILE).flatMap(this::parse);
    if (before.isPresent()) {
      return before.get();
    }
    TrainingConfiguration one = shortRun(method, "1-rank", 1, steps);
    TrainingConfiguration two = shortRun(method, "2-ranks", 2, steps);
    TrainingConfiguration whole = shortRun(method, "interrupted", 1, steps);
    anew(one);
    anew(two);
    anew(shortRun(method, "interrupted", 1, steps / 2));
    TrainingRun.run(spark, whole, TrainingRun.Start.RESUME, console);
    ComparisonTable.Check check =
        new ComparisonTable.Check(
            ModelDifference.between(one, two, hadoop).relative(),
            ModelDifference.between(one, whole, hadoop).sameBits());
    folder.write(FILE, toJson(check));
    return check;
  }

  private String toJson(ComparisonTable.Check check) {
    ObjectNode json = Json.object().put("steps", steps);
    Json.put(json, "ranksApart", check.ranksApart());
    return Json.pretty(json.put("resumesExactly", check.resumesExactly()));
  }

  private Optional<ComparisonTable.Check> parse(String text) {
    try {
      JsonNode json = Json.parse(text);
      return json.path("steps").asInt() == steps
          ? Optional.of(
              new ComparisonTable.Check(
                  Json.number(json.path("ranksApart")), json.path("resumesExactly").asBoolean()))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty(); // cut off or touched: the check is made again
    }
  }

  private void anew(TrainingConfiguration configuration) throws InterruptedException {
    boolean there = RunDirectory.of(configuration.runDirectory(), hadoop).exists();
    TrainingRun.run(
        spark, configuration, there ? TrainingRun.Start.OVERWRITE : TrainingRun.Start.NEW, console);
  }

  private TrainingConfiguration shortRun(NamedOptions method, String name, int ranks, int length) {
    double rate = ConfigFactory.parseString(runs.any().render()).getDouble("schedule.rate");
    Config changed =
        ConfigFactory.parseMap(
                Map.of(
                    "data.validation", "",
                    "training.steps", length,
                    "cluster.ranks", ranks,
                    "checkpoint.every-steps", steps))
            .withFallback(runs.configuration().withoutPath("schedule"));
    String directory = runs.place(ComparedRuns.CHECKS, ComparedRuns.folder(method), name);
    try {
      return ComparedRuns.training(
          ConfigFactory.parseString(DESCENT).withFallback(changed.withoutPath("optimizer")),
          method,
          directory);
    } catch (ConfigurationException e) {
      return ComparedRuns.training(
          ConfigFactory.parseMap(Map.of("schedule.rate", rate / 10)).withFallback(changed),
          method,
          directory);
    }
  }
}
