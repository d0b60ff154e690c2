package org.sparkmto.step;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.method.Slices;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Replica;
import org.sparkmto.network.Safetensors;
import org.sparkmto.network.Safetensors.Declared;
import org.sparkmto.network.Safetensors.Dtype;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.network.SafetensorsWriter;
import org.sparkmto.network.TensorElements;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Schedule;

/**
 * The optimiser's step on a rank's copy, or on a part of it, and the optimiser's state, all of it
 * where the parameters lie. Element by element, so every rank computes the same bits.
 *
 * <p>Where the state is shared among the ranks (stage 1 of ZeRO, Rajbhandari et al., SC 2020), a
 * rank has that of its slice, updates the slice by the gradient that all have, and takes the other
 * slices from the others.
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
  private final Slices slices;
  private final RankGroup group;

  /** The parameters of which the state is here. */
  private final ParameterGroups.Range own;

  private final List<FlatVector> state;

  /** The update of all parameters of a network, as configured. */
  ParameterUpdate(TrainingConfiguration configuration, Replica replica, RankGroup group) {
    this(
        configuration.optimizer(),
        configuration.schedule(),
        configuration.update().clipNorm(),
        UpdateSpan.of(
            configuration.update(),
            replica.layout(),
            configuration.update().frozenHeads(replica.plan().tasks())),
        replica,
        0,
        configuration.cluster().shardOptimizer(),
        group);
  }

  /** The plain update of the parameters from {@code first} on, with all of its state here. */
  ParameterUpdate(
      Optimizer optimizer, Schedule schedule, Replica replica, long first, RankGroup group) {
    this(
        optimizer,
        schedule,
        0,
        UpdateSpan.usual(replica.layout().total()),
        replica,
        first,
        false,
        group);
  }

  private ParameterUpdate(
      Optimizer optimizer,
      Schedule schedule,
      double clipNorm,
      List<UpdateSpan> spans,
      Replica replica,
      long first,
      boolean shared,
      RankGroup group) {
    this.optimizer = optimizer;
    this.undecayed = optimizer.withoutDecay().withCoupledDecay(0);
    this.schedule = schedule;
    this.clipNorm = clipNorm;
    this.spans = spans;
    this.first = first;
    this.group = group;
    this.slices = new Slices(replica.layout().total() - first, shared ? group.size() : 1);
    int part = shared ? group.rank() : 0;
    long from = first + slices.start(part);
    this.own = new ParameterGroups.Range(from, from + slices.length(part));
    this.state =
        optimizer.state().stream()
            .map(name -> replica.parameters().zerosBeside(own.length()))
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
    replica.gradient().scale(shortened(norm));
    return OptionalDouble.of(norm);
  }

  /** What a gradient that is too long is multiplied by. */
  double shortened(double norm) {
    return clipNorm / (norm + CLIP_EPSILON);
  }

  /** Whether a step leaves the shared parameters as they are. */
  boolean freezesEncoder(long step) {
    return !spans.get(0).moves(step);
  }

  private boolean isShared() {
    return slices.ranks() > 1;
  }

  /** Makes the step on all its parameters, on every rank. */
  void apply(Replica replica, long step, long epoch) {
    apply(replica, own.from(), own.to(), step, epoch);
    if (isShared()) {
      try (PointerScope scope = new PointerScope()) {
        Tensor all = replica.parameters().tensor().narrow(0, first, slices.elements());
        new SlicedVector(replica.parameters(), own.from(), slices, group).gather(all);
      }
    }
  }

  /** Makes the step on some of those parameters whose state is here, given by their places. */
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
                state.stream().map(vector -> vector.elements(at - own.from(), count)).toList(),
                step + 1 - span.firstStep(),
                rate));
  }

  /**
   * Multiplies gradients by the effective learning rates of the step that was just made. Every rank
   * calls it; the replica's gradient is used up.
   *
   * @param gradients rows of the parameters from {@code start} on; changed
   * @return whether the optimiser has such rates
   */
  boolean timesRates(Tensor gradients, long start, Replica replica, long step, long epoch) {
    long end = start + gradients.size(1);
    List<FlatVector> here = state;
    long at = own.from();
    if (isShared()) {
      here = gathered(start, end, replica);
      at = start;
    }
    try (FlatVector rates = replica.parameters().zerosBeside(end - start)) {
      boolean told = true;
      for (UpdateSpan span : spans) {
        if (span.moves(step)) {
          ParameterGroups.Range part =
              new ParameterGroups.Range(span.from(), span.to()).within(start, end);
          told &= addRates(part, span, here, at, rates, start, replica, step, epoch);
        }
      }
      gradients.mul_(rates.tensor());
      return told;
    } finally {
      if (isShared()) {
        here.forEach(FlatVector::close);
      }
    }
  }

  private boolean addRates(
      ParameterGroups.Range part,
      UpdateSpan span,
      List<FlatVector> here,
      long at,
      FlatVector rates,
      long start,
      Replica replica,
      long step,
      long epoch) {
    boolean[] told = {true};
    rates.byPieces(
        part.from(),
        part.to(),
        (from, count) -> {
          Optional<TensorElements> found =
              optimizer.effectiveRates(
                  replica.parameters().elements(from, count),
                  here.stream().map(vector -> vector.elements(from - at, count)).toList(),
                  step + 1 - span.firstStep(),
                  span.rateFactor() * rate(step, epoch));
          told[0] &= found.isPresent();
          found.ifPresent(own -> rates.elements(from - start, count).add(1, own));
        });
    return told[0];
  }

  /** Some elements of the state, of whatever rank has them. */
  private List<FlatVector> gathered(long start, long end, Replica replica) {
    List<FlatVector> parts = new ArrayList<>();
    for (FlatVector vector : state) {
      try (PointerScope scope = new PointerScope()) {
        Tensor all = replica.gradient().tensor().narrow(0, first, slices.elements());
        new SlicedVector(vector, 0, slices, group).gather(all);
        FlatVector part = vector.zerosBeside(end - start);
        part.tensor().copy_(all.narrow(0, start - first, end - start));
        parts.add(part);
      }
    }
    return parts;
  }

  double rate(long step, long epoch) {
    return schedule.rate(step, epoch);
  }

  /**
   * Writes the state, whole: every rank calls it, and the stream of rank 0 matters.
   *
   * @param replica whose gradient is used up
   */
  void save(OutputStream out, Replica replica) throws IOException {
    if (!isShared()) {
      if (group.rank() == 0) {
        Safetensors.writeFloats(out, state(), Map.of());
      }
      return;
    }
    SafetensorsWriter writer = new SafetensorsWriter(out, declared(), Map.of());
    for (FlatVector vector : state) {
      new SlicedVector(vector, 0, slices, group).write(writer, replica.gradient());
    }
    writer.finish();
  }

  private List<Declared> declared() {
    return optimizer.state().stream()
        .map(name -> Declared.vector(name, Dtype.F32, slices.elements()))
        .toList();
  }

  /** Takes the state, or what of it is this rank's, out of what ranks of any number have saved. */
  void restore(InputStream in, String where) throws IOException {
    if (!isShared()) {
      Safetensors.readFloats(in, where, state());
      return;
    }
    SafetensorsReader reader = new SafetensorsReader(in, where);
    reader.require(declared());
    Map<String, FlatVector> vectors = state();
    for (Declared vector : reader.tensors()) {
      new SlicedVector(vectors.get(vector.name()), 0, slices, group).read(reader);
    }
    reader.finish();
  }

  /** The state vectors that are here, by name; borrowed. */
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
