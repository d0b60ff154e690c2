package org.sparkmto.step;

import java.util.List;
import java.util.Optional;
import org.sparkmto.configuration.LookSection;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Task;
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
import org.sparkmto.method.ValueFunctionMethod;
import org.sparkmto.method.Weigher;
import org.sparkmto.random.Draws;

/** What a rank does in a step, for each kind of method. */
record RouteByKind(
    TrainingConfiguration configuration, MethodEntry.Made made, GradientRoute.Rank rank)
    implements Method.Visitor<GradientRoute> {

  private ParameterUpdate update() {
    return new ParameterUpdate(configuration, rank.replica(), rank.group());
  }

  private BatchParts parts(int parts) {
    long first = (long) rank.group().rank() * configuration.batch() / rank.group().size();
    return new BatchParts(parts, first);
  }

  private BatchParts parts() {
    return parts(made.method().parts());
  }

  private List<String> taskNames() {
    return rank.replica().plan().tasks().stream().map(Task::name).toList();
  }

  @Override
  public GradientRoute losses(LossMethod method) {
    Optional<Weigher> weigher =
        Optional.of(made)
            .filter(MethodEntry.Made::seesNothing)
            .map(own -> Aggregator.weigher(configuration, taskNames(), 1));
    return new LossRoute(method, weigher, rank, update());
  }

  @Override
  public GradientRoute gram(GramMethod method) {
    LookSection look = configuration.look();
    boolean atParameters = made.level().orElseThrow() == Level.PARAMETERS;
    if (atParameters && look.isPartial()) {
      return new LookRoute(
          look,
          Draws.of(configuration.seed()),
          parts(look.parts()),
          BatchPieces.of(configuration, rank.group().size()).copies(look.parts()),
          rank,
          update());
    }
    return atParameters
        ? new ParameterRoute(look.factors(), rank, update())
        : new RepresentationRoute(rank, update());
  }

  @Override
  public GradientRoute layerwise(LayerwiseMethod method) {
    return new LayerwiseRoute(
        ParameterGroups.of(rank.replica().layout(), method.groups()), rank, update());
  }

  @Override
  public GradientRoute buffered(BufferMethod method) {
    return new BufferRoute(rank, update());
  }

  @Override
  public GradientRoute sampled(SampledMethod method) {
    return new SampledRoute(parts(), rank, update());
  }

  @Override
  public GradientRoute elements(ElementMethod method) {
    return new ElementRoute(method, Draws.of(configuration.seed()), rank, update());
  }

  @Override
  public GradientRoute taskwise(TaskwiseMethod method) {
    return method.alternates()
        ? new AlternatingRoute(method, configuration, rank)
        : new TaskwiseRoute(method, configuration, rank);
  }

  @Override
  public GradientRoute bilevel(BilevelMethod method) {
    return new BilevelRoute(
        method.targets(taskNames()),
        method.weighsHeads() && made.heads() != HeadWeights.ONES,
        configuration.update().frozenHeads(rank.replica().plan().tasks()),
        parts(),
        rank,
        update());
  }

  @Override
  public GradientRoute valueFunction(ValueFunctionMethod method) {
    return new ValueFunctionRoute(
        method,
        made.heads() != HeadWeights.ONES,
        configuration.update().frozenHeads(rank.replica().plan().tasks()),
        parts(),
        rank,
        update());
  }
}
