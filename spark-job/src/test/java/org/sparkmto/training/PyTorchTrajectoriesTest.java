package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.configuration.AverageSection;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.Replica;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.step.TinyProblem;

/**
 * Clipping, decay of matrices alone, rates by group, freezing and averages end where PyTorch ends
 * with the same network, starting weights and batches. {@code pytorch-trajectories.py} made the
 * fixture; run this test with {@code -Dspark-mto.record=problem.json} for what it reads.
 */
class PyTorchTrajectoriesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TinyProblem PROBLEM = new TinyProblem(2, 12, 0);
  private static final int STEPS = 8;
  private static final int STEPS_PER_EPOCH = 2;

  /** Eight steps in single precision against double precision. */
  private static final double ROUNDING = 1e-6;

  @BeforeAll
  static void oneThreadARank() throws IOException {
    ComputeThreads.use(1);
    String record = System.getProperty("spark-mto.record");
    if (record != null) {
      Files.writeString(Path.of(record), problem().toString());
    }
  }

  /** What PyTorch needs to know. */
  private static ObjectNode problem() {
    ObjectNode root = JSON.createObjectNode().put("steps-per-epoch", STEPS_PER_EPOCH);
    PROBLEM.names().forEach(root.putArray("tasks")::add);
    ObjectNode start = root.putObject("start");
    try (Replica replica = PROBLEM.replica()) {
      float[] values = TinyProblem.values(replica.parameters());
      for (ParameterLayout.Entry entry : replica.layout().entries()) {
        ObjectNode tensor = start.putObject(entry.name());
        entry.shape().forEach(tensor.putArray("shape")::add);
        ArrayNode array = tensor.putArray("values");
        for (long i = entry.offset(); i < entry.offset() + entry.elements(); i++) {
          array.add((double) values[(int) i]);
        }
      }
    }
    PROBLEM.putBatches(root, STEPS);
    return root;
  }

  private record Case(String name, JsonNode settings, JsonNode parameters) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    try (InputStream in =
        PyTorchTrajectoriesTest.class.getResourceAsStream("pytorch-trajectories.json")) {
      JSON.readTree(in)
          .path("cases")
          .properties()
          .forEach(
              one ->
                  cases.add(
                      new Case(
                          one.getKey(),
                          one.getValue().path("case"),
                          one.getValue().path("parameters"))));
    }
    return cases.stream();
  }

  /** The settings of a case in this project's words. */
  private static String[] settings(JsonNode of) {
    List<String> lines = new ArrayList<>();
    lines.add("schedule.rate = " + of.path("rate"));
    lines.add("optimizer.name = " + of.path("optimizer"));
    of.path("options")
        .properties()
        .forEach(
            option ->
                lines.add(
                    "optimizer." + option.getKey().replace('_', '-') + " = " + option.getValue()));
    for (String key :
        List.of("clip-norm", "decay", "encoder-rate", "head-rate", "freeze-encoder-steps")) {
      if (of.has(key)) {
        lines.add("update." + key + " = " + of.path(key));
      }
    }
    return lines.toArray(String[]::new);
  }

  static Stream<Case> casesOfAverages() throws IOException {
    return cases().filter(PyTorchTrajectoriesTest::averages);
  }

  @ParameterizedTest
  @MethodSource("casesOfAverages")
  void averagesAreThoseOfPyTorch(Case given) throws Exception {
    TrainingConfiguration configuration = PROBLEM.configuration(settings(given.settings()));
    Aggregator aggregator = PROBLEM.aggregator(configuration);
    AverageSection section =
        new AverageSection(
            given.settings().path("ema").doubleValue(),
            given.settings().path("last-epochs").longValue());
    RunLength length = new RunLength(STEPS_PER_EPOCH, STEPS);
    try (Replica replica = PROBLEM.replica();
        GradientRoute route =
            TinyProblem.route(configuration, replica, new SoloGroup(), aggregator::weigh);
        WeightAverage average = WeightAverage.of(section, length, replica).orElseThrow()) {
      average.start(replica);
      for (int step = 0; step < STEPS; step++) {
        PROBLEM.train(route, step, step + 1);
        average.take(replica, step);
      }
      average.exchange(replica);
      float[] values = TinyProblem.values(replica.parameters());
      for (int i = 0; i < values.length; i++) {
        assertThat((double) values[i])
            .as("parameter %d", i)
            .isCloseTo(given.parameters().get(i).doubleValue(), within(ROUNDING));
      }
    }
  }

  private static boolean averages(Case of) {
    return of.settings().has("ema") || of.settings().has("last-epochs");
  }

  static Stream<Case> casesWithoutAverage() throws IOException {
    return cases().filter(one -> !averages(one));
  }

  @ParameterizedTest
  @MethodSource("casesWithoutAverage")
  void parametersAreThoseOfPyTorchOnAnyNumberOfRanks(Case given) throws Exception {
    for (int ranks = 1; ranks <= 3; ranks++) {
      for (float[] parameters : PROBLEM.trained(ranks, STEPS, settings(given.settings()))) {
        assertThat(parameters).hasSize(given.parameters().size());
        for (int i = 0; i < parameters.length; i++) {
          assertThat((double) parameters[i])
              .as("parameter %d on %d ranks", i, ranks)
              .isCloseTo(given.parameters().get(i).doubleValue(), within(ROUNDING));
        }
      }
    }
  }
}
