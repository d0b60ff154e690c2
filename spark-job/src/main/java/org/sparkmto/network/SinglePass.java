package org.sparkmto.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.Batch;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/** A batch that goes through the network at once. */
final class SinglePass implements ForwardPass {
  private final LearnedTensors learned;
  private final Cut cut;
  private final boolean reachesEncoder;
  private final PointerScope scope;
  private final double[] labelled;
  private final List<Tensor> sums;
  private final Tensor losses;
  private final Encoding encoding;
  private final Tensor copies;
  private final StepClock clock;
  private double[] lossSums;

  SinglePass(
      NetworkPlan plan,
      List<Objective> objectives,
      Network network,
      SampleTasks sampleTasks,
      LearnedTensors learned,
      Batch batch,
      Device device,
      Cut cut,
      boolean encoderTrains,
      boolean reachesEncoder,
      BooleanSupplier copyable,
      PassSettings settings,
      StepClock clock) {
    this.clock = clock;
    this.learned = learned;
    this.cut = cut;
    this.reachesEncoder = reachesEncoder;
    this.labelled = new double[plan.tasks().size()];
    this.scope = new PointerScope();
    Encoding ofInputs = null;
    boolean ready = false;
    StepPhase before = clock.turnTo(StepPhase.FORWARD);
    try {
      int tasks = labelled.length;
      List<Target> targets = Target.all(batch, plan, device);
      for (int task = 0; task < tasks; task++) {
        labelled[task] = targets.get(task).labelled();
      }
      List<Tensor> inputs =
          settings.format().laid(HostTensors.inputs(batch, plan, device, learned.numbers()));
      Network ofBatch =
          plan.normalisedByTask()
              ? sampleTasks.running(network, SampleTasks.membership(batch, plan, device))
              : network;
      NumericNetwork computing = new NumericNetwork(ofBatch, settings.precision());
      ofInputs =
          reachesEncoder && settings.recompute() == PassSettings.Recompute.BLOCKS
              ? new RecomputedEncoding(computing.blocks(), inputs, encoderTrains, learned)
              : kept(computing, inputs, encoderTrains, copyable);
      encoding = ofInputs;
      Tensor representation = encoding.representation();
      clock.turnTo(StepPhase.HEADS);
      TensorVector perTask = null;
      if (cut.isAtRepresentation()) {
        copies = copied(representation.detach(), tasks).requires_grad_(true);
        perTask = torch.unbind(copies, 0);
      } else {
        copies = null;
      }
      sums = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        Tensor z = perTask == null ? representation : perTask.get(task);
        // In a scope of its own: only what the graph needs of what is in between is kept.
        try (PointerScope head = new PointerScope()) {
          boolean trains = !settings.frozenHeads().contains(task);
          Tensor outputs = computing.decode(task, z, trains);
          Target target = targets.get(task);
          Tensor sum = connected(objectives.get(task).sum(outputs, target), outputs);
          for (Tensor early : computing.early(task, z, trains)) {
            sum = sum.add(connected(objectives.get(task).sum(early, target), early));
          }
          sums.add(lasting(sum));
        }
      }
      losses = torch.stack(HostTensors.vector(sums));
      ready = true;
    } finally {
      clock.turnTo(before);
      if (!ready) {
        if (ofInputs != null) {
          ofInputs.close();
        }
        scope.close();
      }
    }
  }

  private Encoding kept(
      NumericNetwork network,
      List<Tensor> inputs,
      boolean encoderTrains,
      BooleanSupplier copyable) {
    if (cut != Cut.AT_LAYERS || !reachesEncoder) {
      Tensor z = encoded(network, inputs, encoderTrains, reachesEncoder);
      return new KeptEncoding(z, reachesEncoder, learned, List.of());
    }
    List<Tensor> z = new ArrayList<>();
    LayerTap tap =
        LayerTap.during(scope, () -> z.add(encoded(network, inputs, encoderTrains, true)));
    return new CopiedEncoding(
        new KeptEncoding(z.get(0), true, learned, tap.layers(learned.shared())),
        inputs,
        copies -> BatchStatistics.lasting(() -> network.encode(copies, encoderTrains)),
        copyable);
  }

  /** z in the scope of the pass, and besides only what a graph keeps of what is before it. */
  private Tensor encoded(
      NumericNetwork network, List<Tensor> inputs, boolean encoderTrains, boolean reachesEncoder) {
    try (PointerScope own = new PointerScope()) {
      if (reachesEncoder) {
        return lasting(network.encode(inputs, encoderTrains));
      }
      // As if it were given.
      try (NoGradGuard guard = new NoGradGuard()) {
        return lasting(network.encode(inputs, encoderTrains)).requires_grad_(true);
      }
    }
  }

  /** A tensor of a scope within the pass, as long as that. */
  private Tensor lasting(Tensor tensor) {
    Tensor own = new Tensor(tensor);
    scope.attach(own);
    return own;
  }

  /**
   * A loss that depends on its outputs, if only as on nothing: a rank without a label goes the same
   * way back as the others.
   */
  private static Tensor connected(Tensor sum, Tensor outputs) {
    return sum.requires_grad() || !outputs.requires_grad()
        ? sum
        : sum.add(outputs.reshape(-1).narrow(0, 0, 0).sum());
  }

  private static Tensor copied(Tensor z, int tasks) {
    long[] shape = new long[(int) z.dim() + 1];
    shape[0] = tasks;
    for (int axis = 1; axis < shape.length; axis++) {
      shape[axis] = z.size(axis - 1);
    }
    return z.unsqueeze(0).expand(shape).contiguous();
  }

  @Override
  public double[] labelled() {
    return labelled.clone();
  }

  @Override
  public double[] lossSums() {
    if (lossSums == null) {
      lossSums = HostTensors.doubles(losses.detach());
    }
    return lossSums.clone();
  }

  @Override
  public FlatVector backward(double[] shared, double[] heads, FoundGradient heard) {
    require(Cut.NONE);
    if (!reachesEncoder) {
      clock.spend(StepPhase.HEADS, () -> backwardHeads(heads, false));
    } else if (encoding.isInGraph() && Arrays.equals(shared, heads)) {
      Tensor weights = HostTensors.constants(shared, losses);
      clock.spend(StepPhase.BACKWARD, () -> backward(learned.all(), weights, false, heard));
    } else {
      // The heads once more with their own weights: autograd goes no deeper than it is asked.
      clock.spend(StepPhase.HEADS, () -> backwardHeads(heads, true));
      heard.found(learned.sharedElements(), learned.gradient().length());
      Tensor weights = HostTensors.constants(shared, losses);
      clock.spend(StepPhase.BACKWARD, () -> backwardEncoder(weights, heard));
    }
    return learned.gradient();
  }

  private void backward(List<Tensor> by, Tensor weights, boolean again, FoundGradient heard) {
    learned.keep(by, heard, () -> Autograd.gradients(losses, weights, by, again));
  }

  private void backwardHeads(double[] weights, boolean again) {
    Tensor own = HostTensors.constants(weights, losses);
    backward(learned.ofHeads(), own, again, FoundGradient.UNHEARD);
  }

  private void backwardEncoder(Tensor weights, FoundGradient heard) {
    if (encoding.isInGraph()) {
      backward(learned.shared(), weights, false, heard);
    } else {
      List<Tensor> z = List.of(encoding.representation());
      Tensor atEnd = Autograd.gradients(losses, weights, z, false).get(0);
      encoding.backward(atEnd.unsqueeze(0), learned.sharedGradient(heard), false);
    }
  }

  @Override
  public double[] gramAtRepresentation() {
    require(Cut.NONE);
    return clock.during(StepPhase.GRAM, this::gramOfHeads);
  }

  private double[] gramOfHeads() {
    Tensor representation = encoding.representation();
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

  @Override
  public KeptGradients backwardHeads() {
    return atRepresentation(learned.ofHeads());
  }

  /** The K gradients at z once more; those of the heads stay as they are. */
  KeptGradients atRepresentation() {
    return atRepresentation(List.of());
  }

  private KeptGradients atRepresentation(List<Tensor> ofHeads) {
    require(Cut.AT_REPRESENTATION);
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
    return new KeptGradients(learned, encoding, found.get(ofHeads.size()), clock);
  }

  private void require(Cut needed) {
    if (cut.isAtRepresentation() != needed.isAtRepresentation()) {
      throw new IllegalStateException("this pass was made with cut " + cut);
    }
  }

  @Override
  public void close() {
    encoding.close();
    scope.close();
  }
}
