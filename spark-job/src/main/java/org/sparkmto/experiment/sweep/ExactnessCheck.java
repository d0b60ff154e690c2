package org.sparkmto.experiment.sweep;

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
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.json.Json;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.runlog.SweepResults.Check;
import org.sparkmto.training.ModelDifference;
import org.sparkmto.training.RunDirectory;
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
  private final SweepGrid grid;
  private final PrintStream console;

  /** Checks of as many steps as the grid says. */
  ExactnessCheck(JavaSparkContext spark, SweepGrid grid, PrintStream console) {
    this.spark = spark;
    hadoop = spark.hadoopConfiguration();
    this.grid = grid;
    this.console = console;
  }

  /**
   * What the runs come to; as it was found before if there was a check of as many steps.
   *
   * @param point without optimiser and rate, which are those of the check
   */
  Check of(SweepPoint point) throws InterruptedException {
    RunDirectory folder = RunDirectory.of(grid.placeOfCheck(point), hadoop);
    Optional<Check> before = folder.read(FILE).flatMap(text -> parse(text, point));
    if (before.isPresent()) {
      return before.get();
    }
    int steps = grid.checkSteps();
    TrainingConfiguration one = shortRun(point, "1-rank", 1, steps);
    TrainingConfiguration two = shortRun(point, "2-ranks", 2, steps);
    TrainingConfiguration whole = shortRun(point, "interrupted", 1, steps);
    anew(one);
    anew(two);
    anew(shortRun(point, "interrupted", 1, steps / 2));
    TrainingRun.run(spark, whole, TrainingRun.Start.RESUME, console);
    Check check =
        new Check(
            point.labels(),
            ModelDifference.between(one, two, hadoop).relative(),
            ModelDifference.between(one, whole, hadoop).sameBits(),
            "");
    ObjectNode json = Json.object().put("steps", steps);
    Json.put(json, "ranksApart", check.ranksApart());
    folder.write(FILE, Json.pretty(json.put("resumesExactly", check.resumesExactly())));
    return check;
  }

  private Optional<Check> parse(String text, SweepPoint point) {
    try {
      JsonNode json = Json.parse(text);
      return json.path("steps").asInt() == grid.checkSteps()
          ? Optional.of(
              new Check(
                  point.labels(),
                  Json.number(json.path("ranksApart")),
                  json.path("resumesExactly").asBoolean(),
                  ""))
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

  private TrainingConfiguration shortRun(SweepPoint point, String name, int ranks, int length) {
    Config run = grid.set(point, grid.placeOfCheck(point) + "/" + name);
    Config changed =
        ConfigFactory.parseMap(
                Map.of(
                    "data.validation",
                    "",
                    "training.steps",
                    length,
                    "cluster.ranks",
                    ranks,
                    "checkpoint.every-steps",
                    grid.checkSteps()))
            .withFallback(run.withoutPath("schedule"));
    try {
      return TrainingConfiguration.of(
          ConfigFactory.parseString(DESCENT).withFallback(changed.withoutPath("optimizer")));
    } catch (ConfigurationException e) {
      double rate =
          ConfigFactory.parseString(TrainingConfiguration.of(run).render())
              .getDouble("schedule.rate");
      return TrainingConfiguration.of(
          ConfigFactory.parseMap(Map.of("schedule.rate", rate / 10)).withFallback(changed));
    }
  }
}
