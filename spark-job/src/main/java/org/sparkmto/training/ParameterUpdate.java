package org.sparkmto.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Replica;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Schedule;

/**
 * The optimiser's step on a rank's copy, or on a part of it, and the optimiser's state, all of it
 * where the parameters lie. Element by element, so every rank computes the same bits.
 */
final class ParameterUpdate implements AutoCloseable {
  /** As in PyTorch's clip_grad_norm_. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Optimizer optimizer;
  private final Optimizer undecayed;
  private final Schedule schedule;
  private final double clipNorm;
  private final List<UpdateSpan> spans;
  private final long first;
  private final long end;
  private final List<FlatVector> state;

  /** The update of all parameters of a network, as configured. */
  ParameterUpdate(TrainingConfiguration configuration, Replica replica) {
    this(
        configuration.optimizer(),
        configuration.schedule(),
        configuration.update().clipNorm(),
        UpdateSpan.of(configuration.update(), replica.layout()),
        replica,
        0);
  }

  /** The plain update of the parameters from {@code first} on. */
  ParameterUpdate(Optimizer optimizer, Schedule schedule, Replica replica, long first) {
    this(optimizer, schedule, 0, UpdateSpan.usual(replica.layout().total()), replica, first);
  }

  private ParameterUpdate(
      Optimizer optimizer,
      Schedule schedule,
      double clipNorm,
      List<UpdateSpan> spans,
      Replica replica,
      long first) {
    this.optimizer = optimizer;
    this.undecayed = optimizer.withoutDecay().withCoupledDecay(0);
    this.schedule = schedule;
    this.clipNorm = clipNorm;
    this.spans = spans;
    this.first = first;
    this.end = replica.layout().total();
    this.state =
        optimizer.state().stream()
            .map(name -> replica.parameters().zerosBeside(end - first))
            .toList();
  }

  /**
   * Shortens the gradient of the parameters that move in a step, if it is too long. It is the same
   * on every rank, so each computes the same without asking.
   *
   * @return its length before, if it was too long
   */
  OptionalDouble clip(Replica replica, long step) {
    if (clipNorm == 0) {
      return OptionalDouble.empty();
    }
    double squares = 0;
    for (UpdateSpan span : spans) {
      if (span.moves(step)) {
        squares += replica.gradient().squares(span.from(), span.to() - span.from());
      }
    }
    double norm = Math.sqrt(squares);
    if (!(norm > clipNorm)) {
      return OptionalDouble.empty();
    }
    replica.gradient().scale(clipNorm / (norm + CLIP_EPSILON));
    return OptionalDouble.of(norm);
  }

  /** Whether a step leaves the shared parameters as they are. */
  boolean freezesEncoder(long step) {
    return !spans.get(0).moves(step);
  }

  /** Makes the step on all its parameters. */
  void apply(Replica replica, long step, long epoch) {
    apply(replica, first, end, step, epoch);
  }

  /** Makes the step on some of its parameters, given by their places in the replica. */
  void apply(Replica replica, long from, long to, long step, long epoch) {
    double rate = rate(step, epoch);
    for (UpdateSpan span : spans) {
      if (span.moves(step)) {
        apply(replica, span, Math.max(from, span.from()), Math.min(to, span.to()), step, rate);
      }
    }
  }

  private void apply(
      Replica replica, UpdateSpan span, long from, long to, long step, double ofSchedule) {
    Optimizer rule = span.decays() ? optimizer : undecayed;
    double rate = span.rateFactor() == 1 ? ofSchedule : span.rateFactor() * ofSchedule;
    FlatVector parameters = replica.parameters();
    parameters.byPieces(
        from,
        to,
        (at, count) ->
            // Steps are counted from the first that moves these parameters, as PyTorch counts.
            rule.update(
                parameters.elements(at, count),
                replica.gradient().elements(at, count),
                state.stream().map(vector -> vector.elements(at - first, count)).toList(),
                step + 1 - span.firstStep(),
                rate));
  }

  double rate(long step, long epoch) {
    return schedule.rate(step, epoch);
  }

  /** The state vectors by name; borrowed, for saving and for restoring into. */
  Map<String, FlatVector> state() {
    List<String> names = optimizer.state();
    Map<String, FlatVector> vectors = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      vectors.put(names.get(i), state.get(i));
    }
    return vectors;
  }

  @Override
  public void close() {
    state.forEach(FlatVector::close);
  }
}
