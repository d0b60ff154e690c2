package org.sparkmto.training;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.method.BilevelMethod;
import org.sparkmto.method.BufferMethod;
import org.sparkmto.method.ElementMethod;
import org.sparkmto.method.GramMethod;
import org.sparkmto.method.HeadWeights;
import org.sparkmto.method.LayerwiseMethod;
import org.sparkmto.method.Level;
import org.sparkmto.method.LossMethod;
import org.sparkmto.method.Method;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.SampledMethod;
import org.sparkmto.method.TaskwiseMethod;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;

/**
 * How a gradient gets from the losses to the update, decided by what the method must see: one class
 * for each kind of method. Here, and nowhere else, kinds differ in what they compute and move.
 */
interface GradientRoute extends AutoCloseable {

  /** The route of the configured method for this rank's copy of the network. */
  static GradientRoute of(TrainingConfiguration configuration, Replica replica, RankGroup group) {
    MethodEntry.Made made = configuration.method();
    Method method = made.method();
    if (method instanceof TaskwiseMethod taskwise) {
      return new TaskwiseRoute(taskwise, configuration, replica, group);
    }
    ParameterUpdate update =
        new ParameterUpdate(
            configuration.optimizer(), configuration.schedule(), replica.layout().total());
    if (method instanceof LossMethod losses) {
      return new LossRoute(losses, replica, group, update);
    }
    if (method instanceof GramMethod) {
      return made.level().orElseThrow() == Level.REPRESENTATION
          ? new RepresentationRoute(replica, group, update)
          : new ParameterRoute(List.of(), replica, group, update);
    }
    if (method instanceof LayerwiseMethod layerwise) {
      return new ParameterRoute(
          ParameterGroups.of(replica.layout(), layerwise.groups()), replica, group, update);
    }
    if (method instanceof BufferMethod) {
      return new BufferRoute(replica, group, update);
    }
    if (method instanceof SampledMethod sampled) {
      return new SampledRoute(parts(sampled.parts(), configuration, group), replica, group, update);
    }
    if (method instanceof ElementMethod elements) {
      Draws draws = Draws.of(configuration.seed());
      return new ElementRoute(elements, draws, replica, group, update);
    }
    if (method instanceof BilevelMethod bilevel) {
      List<String> names = replica.plan().tasks().stream().map(task -> task.name()).toList();
      return new BilevelRoute(
          bilevel.target(names).toArray(),
          made.heads() != HeadWeights.ONES,
          parts(BilevelRoute.PARTS, configuration, group),
          replica,
          group,
          update);
    }
    throw new IllegalStateException(made.entry().name() + " is of no kind that has a route");
  }

  private static BatchParts parts(int parts, TrainingConfiguration configuration, RankGroup group) {
    int batch = configuration.batch();
    return new BatchParts(parts, (long) group.rank() * batch / group.size());
  }

  /**
   * Checks that every rank has samples of every part of a batch.
   *
   * @throws ConfigurationException if not
   */
  static void requireParts(Method method, int batch, int ranks) {
    int parts =
        method instanceof SampledMethod sampled
            ? sampled.parts()
            : method instanceof BilevelMethod ? BilevelRoute.PARTS : 1;
    if (batch / ranks < parts) {
      throw new ConfigurationException(
          "training.batch = %d leaves some of %d ranks with %d samples, but the method cuts every batch into %d parts; set it to at least %d or use fewer ranks"
              .formatted(batch, ranks, batch / ranks, parts, (long) parts * ranks));
    }
  }

  /** Makes a step: from this rank's part of the batch to the updated parameters. */
  void step(Batch batch, Counsel counsel);

  /** The optimiser's state by name; the arrays themselves. */
  Map<String, float[]> optimizerState();

  /** What is remembered for every task and shared parameter. */
  default Optional<RowState> rowState() {
    return Optional.empty();
  }

  @Override
  default void close() {}
}
