package org.sparkmto.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.Batch;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/**
 * One batch through the network, ready for the backward passes that a method asks for. It owns all
 * native memory of the step and is closed at its end.
 *
 * <p>Losses are sums over the rank's labelled elements, and so are all gradients here: what is a
 * sum adds up over ranks. Whoever combines them divides by the labels of the whole batch.
 */
public final class ForwardPass implements AutoCloseable {
  private final LearnedTensors learned;
  private final Cut cut;
  private final boolean reachesEncoder;
  private final PointerScope scope;
  private final double[] labelled;
  private final double[] lossSums;
  private final List<Tensor> sums;
  private final Tensor losses;
  private final Tensor representation;
  private final Tensor copies;
  private final StepClock clock;

  ForwardPass(
      NetworkPlan plan,
      List<Objective> objectives,
      Network network,
      LearnedTensors learned,
      Batch batch,
      Device device,
      Cut cut,
      boolean encoderTrains,
      boolean reachesEncoder,
      StepClock clock) {
    this.clock = clock;
    this.learned = learned;
    this.cut = cut;
    this.reachesEncoder = reachesEncoder;
    this.labelled = new double[plan.tasks().size()];
    this.scope = new PointerScope();
    boolean ready = false;
    StepPhase before = clock.turnTo(StepPhase.FORWARD);
    try {
      int tasks = labelled.length;
      List<Target> targets = Target.all(batch, plan, device);
      for (int task = 0; task < tasks; task++) {
        labelled[task] = targets.get(task).labelled();
      }
      List<Tensor> inputs = HostTensors.inputs(batch, plan, device);
      representation =
          reachesEncoder
              ? network.encode(inputs, encoderTrains)
              : encoded(network, inputs, encoderTrains);
      clock.turnTo(StepPhase.HEADS);
      TensorVector perTask = null;
      if (cut == Cut.AT_REPRESENTATION) {
        copies = copied(representation.detach(), tasks).requires_grad_(true);
        perTask = torch.unbind(copies, 0);
      } else {
        copies = null;
      }
      sums = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        Tensor z = perTask == null ? representation : perTask.get(task);
        Tensor outputs = network.decode(task, z, true);
        sums.add(objectives.get(task).sum(outputs, targets.get(task)));
      }
      losses = torch.stack(HostTensors.vector(sums));
      lossSums = HostTensors.doubles(losses.detach());
      ready = true;
    } finally {
      clock.turnTo(before);
      if (!ready) {
        scope.close();
      }
    }
  }

  /** z as if it were given: nothing is kept for a backward pass through the encoder. */
  private static Tensor encoded(Network network, List<Tensor> inputs, boolean encoderTrains) {
    try (NoGradGuard guard = new NoGradGuard()) {
      return network.encode(inputs, encoderTrains).requires_grad_(true);
    }
  }

  private static Tensor copied(Tensor z, int tasks) {
    long[] shape = new long[(int) z.dim() + 1];
    shape[0] = tasks;
    for (int axis = 1; axis < shape.length; axis++) {
      shape[axis] = z.size(axis - 1);
    }
    return z.unsqueeze(0).expand(shape).contiguous();
  }

  /** How many elements of the rank's batch are labelled, by task: samples, numbers or pixels. */
  public double[] labelled() {
    return labelled.clone();
  }

  /** The sum of the losses over those elements, by task. */
  public double[] lossSums() {
    return lossSums.clone();
  }

  /**
   * One backward through heads and encoder, or through the heads alone if the pass does not reach
   * the encoder: the shared part of the gradient stays as it is then.
   *
   * @return the flat gradient of the replica, with {@code sum_k shared[k] * dS_k} in its shared
   *     part and {@code heads[k] * dS_k} in the part of head k
   */
  public FlatVector backward(double[] shared, double[] heads) {
    require(Cut.NONE);
    Tensor ofShared = HostTensors.constants(shared, losses);
    if (!reachesEncoder) {
      List<Tensor> ofHeads = learned.ofHeads();
      Tensor own = HostTensors.constants(heads, losses);
      clock.spend(
          StepPhase.HEADS,
          () -> learned.keep(ofHeads, Autograd.gradients(losses, own, ofHeads, false)));
    } else if (Arrays.equals(shared, heads)) {
      List<Tensor> all = learned.all();
      clock.spend(
          StepPhase.BACKWARD,
          () -> learned.keep(all, Autograd.gradients(losses, ofShared, all, false)));
    } else {
      // The heads once more with their own weights: autograd goes no deeper than it is asked.
      List<Tensor> ofHeads = learned.ofHeads();
      Tensor own = HostTensors.constants(heads, losses);
      clock.spend(
          StepPhase.HEADS,
          () -> learned.keep(ofHeads, Autograd.gradients(losses, own, ofHeads, true)));
      List<Tensor> ofEncoder = learned.shared();
      clock.spend(
          StepPhase.BACKWARD,
          () -> learned.keep(ofEncoder, Autograd.gradients(losses, ofShared, ofEncoder, false)));
    }
    return learned.gradient();
  }

  /**
   * A look at the task gradients at the representation z, which changes nothing of the pass: every
   * head's backward once more, none of the encoder's.
   *
   * @return the Gram matrix of the gradients {@code dS_k/dz} over the rank's samples, row-major, as
   *     {@link RepresentationGradients#gram} gives it
   */
  public double[] gramAtRepresentation() {
    require(Cut.NONE);
    return clock.during(StepPhase.GRAM, this::gramOfHeads);
  }

  private double[] gramOfHeads() {
    try (PointerScope own = new PointerScope()) {
      List<Tensor> rows = new ArrayList<>();
      for (Tensor sum : sums) {
        rows.add(
            sum.requires_grad()
                ? Autograd.gradients(sum, torch.ones_like(sum), List.of(representation), true)
                    .get(0)
                    .reshape(-1)
                : torch.zeros_like(representation).reshape(-1));
      }
      return TaskRows.gram(torch.stack(HostTensors.vector(rows)));
    }
  }

  /**
   * One backward through all heads; leaves {@code dS_k/dhead_k}, unweighted, in the heads' part of
   * {@link Replica#gradient}.
   *
   * @return the K gradients at z
   */
  public RepresentationGradients backwardHeads() {
    require(Cut.AT_REPRESENTATION);
    List<Tensor> ofHeads = learned.ofHeads();
    List<Tensor> by = new ArrayList<>(ofHeads);
    by.add(copies);
    TensorVector found =
        clock.during(
            StepPhase.HEADS,
            () -> {
              TensorVector all = Autograd.gradients(losses, torch.ones_like(losses), by, false);
              learned.keep(ofHeads, all);
              return all;
            });
    return new RepresentationGradients(learned, representation, found.get(ofHeads.size()), clock);
  }

  private void require(Cut needed) {
    if (cut != needed) {
      throw new IllegalStateException("this pass was made with cut " + cut);
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
