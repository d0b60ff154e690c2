package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.Replica;
import org.sparkmto.network.ScriptFixtures;
import org.sparkmto.random.Draws;
import org.sparkmto.training.Runs;

/**
 * Networks from TorchScript files are trained as the same layers that are made here, and as PyTorch
 * trains them. {@code trajectory.py} beside the files made {@code losses.json}; run this test with
 * {@code -Dspark-mto.record=problem.json} for what it reads, and with {@code
 * -Dspark-mto.torchscript=FOLDER} for the files of {@code export.py} at any width.
 */
class ScriptTrajectoriesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TinyProblem PROBLEM = new TinyProblem(2, 12, 0);
  private static final int STEPS = 20;
  private static final double SAME = 1e-4;

  /** A folder of files of any width, and of PyTorch's losses with them, to try by hand. */
  private static final String OTHERS = System.getProperty("spark-mto.torchscript", "");

  @TempDir Path folder;

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
    ObjectNode root = JSON.createObjectNode();
    PROBLEM.names().forEach(root.putArray("tasks")::add);
    PROBLEM.putBatches(root, STEPS);
    return root;
  }

  private NetworkPlan scripted(String version, String kind) {
    if (!OTHERS.isEmpty()) {
      return ScriptFixtures.plan(PROBLEM.plan(), ScriptFixtures.files(Path.of(OTHERS), "residual"));
    }
    return ScriptFixtures.plan(
        PROBLEM.plan(), ScriptFixtures.files(ScriptFixtures.unpack(version, folder), kind));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method.name = ew                              | optimizer.name = sgd",
        "method { name = imtl-g, level = representation } | optimizer { name = sgd, momentum = 0.9"
            + " }",
        "method { name = pcgrad, level = parameters }  | optimizer.name = adam",
        "method.name = mao                             | optimizer.name = adam"
      })
  void aResidualNetworkEndsWhereTheBuiltInOneEnds(String method, String optimizer)
      throws Exception {
    NetworkPlan scripted = scripted("2.10.0", "residual");
    long width = scripted.layout().entries().get(0).shape().get(0);
    NetworkPlan built = ScriptFixtures.other(PROBLEM.plan(), "resnet18", Map.of("width", width));
    byte[] start;
    try (Replica replica = Replica.of(scripted, Draws.of(1))) {
      start = weights(replica);
    }
    String[] settings = {method, optimizer, "schedule.rate = 0.01"};
    for (int ranks = 1; ranks <= 2; ranks++) {
      Map<String, float[]> expected = trained(built, start, ranks, 6, settings);
      Map<String, float[]> found = trained(scripted, start, ranks, 6, settings);
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      expected.forEach(
          (name, values) -> assertThat(largest(found.get(name), values)).as(name).isLessThan(SAME));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"imtl-g", "pcgrad", "gradvac, per = layer", "sdmgrad"})
  void anyNumberOfRanksEndsInTheSameParameters(String method) throws Exception {
    String settings = "method { name = " + method + " }, optimizer.name = sgd, schedule.rate = 0.1";
    NetworkPlan scripted = scripted("2.15.0", "small");
    float[] one = PROBLEM.trained(scripted, 1, 6, settings).get(0);
    for (int ranks = 2; ranks <= 3; ranks++) {
      for (float[] parameters : PROBLEM.trained(scripted, ranks, 6, settings)) {
        assertThat(Runs.difference(parameters, one)).isLessThan(1e-5);
      }
    }
  }

  @Test
  void lossesAreThoseOfPyTorch() throws Exception {
    JsonNode recorded;
    try (InputStream in =
        OTHERS.isEmpty()
            ? ScriptFixtures.class.getResourceAsStream("torchscript/losses.json")
            : Files.newInputStream(Path.of(OTHERS, "losses.json"))) {
      recorded = JSON.readTree(in);
    }
    NetworkPlan scripted = scripted("2.10.0", "small");
    TrainingConfiguration configuration =
        PROBLEM.configuration(
            "method.name = ew",
            "optimizer.name = sgd",
            "schedule.rate = " + recorded.path("rate").doubleValue());
    List<double[]> losses = new ArrayList<>();
    Aggregator aggregator =
        new Aggregator(
            configuration,
            PROBLEM.names(),
            1,
            (seen, weighing) ->
                losses.add(new double[] {seen.losses().at(0), seen.losses().at(1)}));
    try (Replica replica = Replica.of(scripted, Draws.of(1));
        GradientRoute route =
            TinyProblem.route(configuration, replica, new SoloGroup(), aggregator::weigh)) {
      PROBLEM.train(route, 0, STEPS);
    }
    assertThat(losses).hasSize(STEPS);
    for (int step = 0; step < STEPS; step++) {
      for (int task = 0; task < 2; task++) {
        assertThat(losses.get(step)[task])
            .as("task %d at step %d", task, step)
            .isCloseTo(recorded.path("losses").path(step).path(task).doubleValue(), within(SAME));
      }
    }
  }

  private static double largest(float[] left, float[] right) {
    double largest = 0;
    for (int i = 0; i < right.length; i++) {
      largest = Math.max(largest, Math.abs((double) left[i] - right[i]));
    }
    return largest;
  }

  private static byte[] weights(Replica replica) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    replica.weights().write(out);
    return out.toByteArray();
  }

  /** The parameters by name after some steps from given weights. */
  private static Map<String, float[]> trained(
      NetworkPlan network, byte[] start, int ranks, int steps, String... settings)
      throws Exception {
    TrainingConfiguration configuration = PROBLEM.configuration(settings);
    Aggregator aggregator =
        new Aggregator(
            configuration,
            PROBLEM.names(),
            ParameterGroups.count(configuration.method().method(), network.layout()),
            (seen, weighing) -> {});
    org.sparkmto.exchange.Ranks.Body<Map<String, float[]>> body =
        group -> trained(configuration, aggregator, network, start, steps, group);
    return ranks == 1
        ? body.run(new SoloGroup())
        : org.sparkmto.exchange.Ranks.run(ranks, body).get(0);
  }

  private static Map<String, float[]> trained(
      TrainingConfiguration configuration,
      Aggregator aggregator,
      NetworkPlan network,
      byte[] start,
      int steps,
      RankGroup group)
      throws IOException {
    try (Replica replica = Replica.of(network, Draws.of(11));
        GradientRoute route = TinyProblem.route(configuration, replica, group, aggregator::weigh)) {
      replica.weights().readWarm(new ByteArrayInputStream(start), "weights", false);
      for (int number = 0; number < steps; number++) {
        route.step(PROBLEM.batch(number, group.rank(), group.size()), number, 0);
      }
      Map<String, float[]> byName = new TreeMap<>();
      for (ParameterLayout.Entry entry : replica.layout().entries()) {
        float[] values = new float[Math.toIntExact(entry.elements())];
        replica.parameters().read(entry.offset(), values, 0, values.length);
        byName.put(entry.name(), values);
      }
      return byName;
    }
  }
}
