package org.sparkmto.step;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.configuration.Preference;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.exchange.AggregatorLink;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;

/**
 * Grey 8x8 noise with random labels, and a network of a few hundred parameters without batch
 * normalisation, so that ranks cannot be seen in the result. Real replicas, real routes, a real
 * aggregator; no Spark.
 *
 * @param tasks number of tasks, of two classes each
 * @param samples of the global batch
 * @param missing share of the labels that are missing
 * @param features length of the representation; 198 shared parameters with 6
 */
public record TinyProblem(int tasks, int samples, double missing, long features) {
  private static final String IMAGE = "image";
  private static final String LABELS = "labels";
  private static final int PIXELS = 64;
  private static final int MISSING = 255;

  public TinyProblem(int tasks, int samples, double missing) {
    this(tasks, samples, missing, 6);
  }

  public NetworkPlan plan() {
    return plan(
        "small-conv", Map.of("width", 2L, "features", features, "hidden", 5L), TaskKind.BINARY);
  }

  /** Convolutions and batch normalisation; the last stages have two places a map at most. */
  public NetworkPlan residual(long width) {
    return plan("resnet18", Map.of("width", width), TaskKind.BINARY);
  }

  /** The network that does not look at its images, with the same labels as two classes. */
  public NetworkPlan constant() {
    return plan("constant", Map.of(), TaskKind.CLASSIFICATION);
  }

  private NetworkPlan plan(String network, Map<String, Long> options, TaskKind kind) {
    List<Task> all = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      all.add(new Task("task" + task, kind, List.of(IMAGE), LABELS, task, 2, MISSING));
    }
    return new NetworkPlan(
        Architectures.known().entry(network),
        options,
        all,
        List.of(new Column(IMAGE, Column.Role.INPUT, ElementType.UINT8, List.of(1, 8, 8))),
        Map.of(LABELS, new Column(LABELS, Column.Role.TARGET, ElementType.UINT8, List.of(tasks))),
        Map.of(IMAGE, new ChannelStatistics(List.of(127.5), List.of(73.9))));
  }

  /** Writes the batches of the first steps, as PyTorch needs them, into the field of that name. */
  public void putBatches(ObjectNode root, int steps) {
    ArrayNode batches = root.putArray("batches");
    for (int step = 0; step < steps; step++) {
      Batch batch = batch(step, 0, 1);
      ObjectNode node = batches.addObject();
      ArrayNode inputs = node.putArray("inputs");
      for (byte pixel : batch.column(IMAGE)) {
        inputs.add(((pixel & 0xff) - 127.5) / 73.9);
      }
      ArrayNode labels = node.putArray("labels");
      for (byte label : batch.column(LABELS)) {
        labels.add((double) label);
      }
    }
  }

  public List<String> names() {
    return plan().tasks().stream().map(Task::name).toList();
  }

  public Replica replica() {
    return Replica.of(plan(), Draws.of(11));
  }

  /** The same as the method of a run needs it. */
  public Replica replica(TrainingConfiguration configuration) {
    return Replica.of(Preference.toldTo(plan(), configuration.method()), Draws.of(11));
  }

  /** A rank's part of a step's batch, cut as a run cuts it. */
  public Batch batch(long step, int rank, int ranks) {
    return samples(
        step,
        IntStream.range(
                (int) ((long) samples * rank / ranks), (int) ((rank + 1L) * samples / ranks))
            .toArray());
  }

  /** Some samples of a step's global batch, by their positions. */
  public Batch samples(long step, int... positions) {
    byte[] images = new byte[positions.length * PIXELS];
    byte[] labels = new byte[positions.length * tasks];
    for (int i = 0; i < positions.length; i++) {
      Draws own = Draws.of(5).at(step).at(positions[i]);
      for (int pixel = 0; pixel < PIXELS; pixel++) {
        images[i * PIXELS + pixel] = (byte) own.of("pixel").below(256, pixel);
      }
      for (int task = 0; task < tasks; task++) {
        boolean none = own.of("missing").uniform(task) < missing;
        labels[i * tasks + task] = (byte) (none ? MISSING : own.of("label").below(2, task));
      }
    }
    long[] numbers = Arrays.stream(positions).asLongStream().toArray();
    return new Batch(numbers, Map.of(IMAGE, images, LABELS, labels));
  }

  /** A configuration of these batches, with more settings on top, as HOCON lines. */
  public TrainingConfiguration configuration(String... settings) {
    return TrainingConfiguration.parse(
        """
        run { directory = none, seed = 3 }
        data.directory = none
        training.batch = %d
        """
                .formatted(samples)
            + String.join("\n", settings));
  }

  public Aggregator aggregator(TrainingConfiguration configuration) {
    return aggregator(configuration, plan());
  }

  private Aggregator aggregator(TrainingConfiguration configuration, NetworkPlan network) {
    return new Aggregator(
        configuration,
        names(),
        ParameterGroups.count(configuration.method().method(), network.layout()),
        (seen, weighing) -> {});
  }

  /** The route of a rank. */
  public static GradientRoute route(
      TrainingConfiguration configuration,
      Replica replica,
      RankGroup group,
      AggregatorLink aggregator) {
    return GradientRoute.of(configuration, new GradientRoute.Rank(replica, group, aggregator));
  }

  /** Steps {@code from} to {@code to - 1} of one rank. */
  public void train(GradientRoute route, int from, int to) {
    for (int number = from; number < to; number++) {
      route.step(batch(number, route.group().rank(), route.group().size()), number, 0);
    }
  }

  /** The parameters of every rank after a run's first steps, four of them an epoch. */
  public List<float[]> trained(int ranks, int steps, String... settings) throws Exception {
    return trained(plan(), ranks, steps, settings);
  }

  /** The same of a variant of the network. */
  public List<float[]> trained(NetworkPlan network, int ranks, int steps, String... settings)
      throws Exception {
    TrainingConfiguration configuration = configuration(settings);
    Aggregator aggregator = aggregator(configuration, network);
    Ranks.Body<float[]> body =
        group -> {
          try (Replica replica =
                  Replica.of(Preference.toldTo(network, configuration.method()), Draws.of(11));
              GradientRoute route = route(configuration, replica, group, aggregator::weigh)) {
            for (int number = 0; number < steps; number++) {
              route.step(batch(number, group.rank(), group.size()), number, number / 4);
            }
            return values(replica.parameters());
          }
        };
    return ranks == 1 ? List.of(body.run(new SoloGroup())) : Ranks.run(ranks, body);
  }

  public static float[] values(FlatVector vector) {
    float[] values = new float[Math.toIntExact(vector.length())];
    vector.read(0, values, 0, values.length);
    return values;
  }
}
