package org.sparkmto.step;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.configuration.AnalyzeSection;
import org.sparkmto.configuration.LookSection;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Task;
import org.sparkmto.exchange.AggregatorLink;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Vector;
import org.sparkmto.naming.Counted;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/**
 * A step of training on one rank: forward, what the method must see summed over the ranks, the
 * driver's weights, the combined gradient, the update. Every rank ends with the same parameters.
 * Decided by what the method must see, one class for each kind of method; here, and nowhere else,
 * kinds differ in what they compute and move ({@link RouteByKind}).
 */
public abstract class GradientRoute implements AutoCloseable {
  private static final double[] NONE = {};

  private final Rank rank;
  private final ParameterUpdate update;
  private int gradientsEvery;
  private LookSection look = LookSection.ALWAYS;
  private BatchPieces pieces = new BatchPieces(0, 1, 0);
  private StatisticsSum statistics;
  private LongFunction<Optional<Vector>> preferences = step -> Optional.empty();
  private StepAnalysis analysis = new StepAnalysis(new AnalyzeSection(0, 0), Draws.of(0), 0);

  /**
   * What a rank steps with.
   *
   * @param replica its copy of the network; borrowed
   * @param group the ranks together; borrowed
   * @param aggregator rank 0's way to the aggregator; borrowed
   */
  public record Rank(Replica replica, RankGroup group, AggregatorLink aggregator) {}

  GradientRoute(Rank rank, ParameterUpdate update) {
    this.rank = rank;
    this.update = update;
  }

  /** The route of the configured method, with a replica that makes its passes as configured. */
  public static GradientRoute of(TrainingConfiguration configuration, Rank rank) {
    StatisticsSum statistics = new StatisticsSum(rank.group());
    Set<Integer> frozen = configuration.update().frozenHeads(rank.replica().plan().tasks());
    rank.replica()
        .makePasses(
            configuration
                .training()
                .passes(configuration.network(), statistics)
                .withFrozenHeads(frozen));
    MethodEntry.Made made = configuration.method();
    GradientRoute route = made.method().accept(new RouteByKind(configuration, made, rank));
    route.gradientsEvery = configuration.log().gradientsEvery();
    route.look = configuration.look();
    route.pieces = BatchPieces.of(configuration, rank.group().size());
    route.statistics = statistics;
    if (made.method().drawnPreference().isPresent()) {
      List<String> tasks = rank.replica().plan().tasks().stream().map(Task::name).toList();
      route.preferences = Aggregator.weigher(configuration, tasks, 1)::preference;
    }
    route.analysis =
        new StepAnalysis(
            configuration.analyze(), Draws.of(configuration.seed()), configuration.batch());
    return route;
  }

  /**
   * Checks that every rank has samples of every part of a batch, and as many pieces as the others.
   *
   * @throws ConfigurationException if not
   */
  public static void requireParts(TrainingConfiguration configuration, int batch, int ranks) {
    requireParts("the method", configuration.method().method().parts(), batch, ranks);
    requireParts("look.samples", configuration.look().parts(), batch, ranks);
    BatchPieces.require(configuration, batch, ranks);
  }

  private static void requireParts(String who, int parts, int batch, int ranks) {
    if (batch / ranks < parts) {
      throw new ConfigurationException(
          "training.batch = %d leaves %s, but %s cuts every batch into %d parts; set it to at least %d or use fewer ranks"
              .formatted(
                  batch,
                  (ranks == 1 ? "a rank with " : "some of " + ranks + " ranks with ")
                      + Counted.of(batch / ranks, "sample"),
                  who,
                  parts,
                  (long) parts * ranks));
    }
  }

  final Replica replica() {
    return rank.replica();
  }

  /** Told what a step is doing. */
  final StepClock clock() {
    return rank.replica().clock();
  }

  final RankGroup group() {
    return rank.group();
  }

  final ParameterUpdate update() {
    return update;
  }

  /**
   * Makes the step.
   *
   * @param batch this rank's part of the global batch
   * @param step its number, from 0
   * @param epoch its epoch, from 0
   * @return whether the driver wants no further one; the same on every rank
   */
  public final boolean step(Batch batch, long step, long epoch) {
    try {
      return make(batch, step, epoch);
    } catch (RuntimeException e) {
      throw statistics.reason(e);
    }
  }

  private boolean make(Batch batch, long step, long epoch) {
    StepExchange exchange = exchange(step, epoch);
    replica().at(step);
    preferences
        .apply(step)
        .ifPresent(drawn -> replica().askFor(Arrays.stream(drawn.toArray()).boxed().toList()));
    replica().freezeEncoderStatistics(update.freezesEncoder(step));
    if (!analysis.isDue(step)) {
      make(batch, exchange);
    } else {
      try (StepAnalysis.Begun begun = analysis.begin(this, batch, exchange)) {
        begun.end(exchange, make(batch, exchange));
      }
    }
    exchange.finish();
    return exchange.isLast();
  }

  /** Makes the step, and gives what the combined gradient was multiplied by to be short enough. */
  private double make(Batch batch, StepExchange exchange) {
    long step = exchange.step();
    if (look.looks(step)) {
      leaveGradient(batch, exchange);
    } else {
      leaveWeightedGradient(
          batch, exchange, (totals, pass) -> exchange.weights(totals, GradientSummary.none()));
    }
    OptionalDouble clipped =
        clock().during(StepPhase.OPTIMIZER, () -> update.clip(rank.replica(), step));
    clipped.ifPresent(exchange::clipped);
    clock().spend(StepPhase.OPTIMIZER, () -> move(exchange));
    lookAgain(batch, exchange);
    return clipped.isPresent() ? update.shortened(clipped.getAsDouble()) : 1;
  }

  /** What this rank and the others exchange over a step. */
  public final StepExchange exchange(long step, long epoch) {
    return new StepExchange(rank.group(), rank.aggregator(), step, epoch);
  }

  /** This rank's samples through the network, in as many pieces as configured. */
  final ForwardPass forward(Batch batch, Cut cut, boolean reachesEncoder) {
    return replica().forward(pieces.of(batch), cut, reachesEncoder, NONE);
  }

  /** Those of one part of the batch, in the same way. */
  final ForwardPass forward(Batch batch, BatchParts parts, int part, Cut cut) {
    return replica().forward(pieces.of(parts.of(batch, part), parts.parts()), cut, true, NONE);
  }

  /** Whether a step moves the shared parameters, so that their gradient is wanted. */
  final boolean movesEncoder(StepExchange exchange) {
    return !update.freezesEncoder(exchange.step());
  }

  /** The sum over all ranks of the gradient that a backward pass is about to leave. */
  final TravellingGradient travelling(boolean withEncoder) {
    return new TravellingGradient(replica(), group(), withEncoder);
  }

  /** Whether the log wants to know the gradients of a step, also of a method that does not. */
  final boolean looksAt(StepExchange exchange) {
    return gradientsEvery > 0 && exchange.step() % gradientsEvery == 0;
  }

  /**
   * Leaves the gradient of the weighted losses: one backward pass.
   *
   * @param weighed asks for the weights, or knows them
   */
  final void leaveWeightedGradient(
      Batch batch,
      StepExchange exchange,
      BiFunction<Totals, ForwardPass, StepAnswer.Weights> weighed) {
    boolean moves = movesEncoder(exchange);
    List<Batch> all = pieces.of(batch);
    Optional<Vector> known = constantWeights();
    double[] expected =
        all.size() > 1 && known.isPresent()
            ? exchange.perLabel(known.get(), replica().labelled(batch))
            : NONE;
    try (ForwardPass pass = replica().forward(all, Cut.NONE, moves, expected)) {
      Totals totals = exchange.totals(pass);
      StepAnswer.Weights weights = weighed.apply(totals, pass);
      TravellingGradient sum = travelling(moves);
      pass.backward(totals.perLabel(weights.shared()), totals.perLabel(weights.heads()), sum.ear());
      sum.end();
    }
  }

  /** The weights of the losses, where they are those of every step. */
  Optional<Vector> constantWeights() {
    return Optional.empty();
  }

  /** Leaves the combined gradient of all ranks in the replica's gradient. */
  public abstract void leaveGradient(Batch batch, StepExchange exchange);

  /** Updates the parameters from that gradient. */
  void move(StepExchange exchange) {
    update.apply(rank.replica(), exchange.step(), exchange.epoch());
  }

  /**
   * Turns the gradients of the tasks into what each contributed to the update of the step that was
   * just made: effective learning rate times weighted gradient. The replica's gradient is used up.
   *
   * @param parts those of the mean losses over the whole batch, a row for each task, of the shared
   *     parameters from {@code start} on; changed
   * @return whether method and optimiser tell what is of which task; all ranks have to ask
   */
  boolean leaveContributions(Tensor parts, long start, StepExchange exchange) {
    return weighParts(parts, exchange)
        && update.timesRates(parts, start, replica(), exchange.step(), exchange.epoch());
  }

  /**
   * Turns the gradients of the tasks into their parts of the combined gradient.
   *
   * @return whether the method tells what is of which task
   */
  boolean weighParts(Tensor parts, StepExchange exchange) {
    weigh(parts, exchange.sharedWeights());
    return true;
  }

  /** Multiplies rows by a weight each. */
  static void weigh(Tensor rows, Vector weights) {
    for (int row = 0; row < rows.size(0); row++) {
      rows.select(0, row).mul_(new Scalar(weights.at(row)));
    }
  }

  /** Looks at what the update has done, where the method wants to know. */
  void lookAgain(Batch batch, StepExchange exchange) {}

  /** Writes the optimiser's state: every rank calls it, and the stream of rank 0 matters. */
  public final void saveOptimizer(OutputStream out) throws IOException {
    update.save(out, replica());
  }

  /** Takes up what was written, by however many ranks. */
  public final void restoreOptimizer(InputStream in, String where) throws IOException {
    update.restore(in, where);
  }

  /** What of the optimiser's state is here, by name; borrowed. */
  public final Map<String, FlatVector> optimizerState() {
    return update.state();
  }

  /** What is remembered for every task and shared parameter. */
  public Optional<RowState> rowState() {
    return Optional.empty();
  }

  /** What the last look at gradients kept and moved, if the route takes their inner products. */
  public Optional<LookRows.Size> looked() {
    return Optional.empty();
  }

  /** Frees what the route remembers; a route that holds more frees that, too. */
  @Override
  public void close() {
    update.close();
  }
}
