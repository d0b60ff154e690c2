package org.sparkmto.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Batch;

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
  private final PointerScope scope;
  private final double[] labelled;
  private final double[] lossSums;
  private final Tensor losses;
  private final Tensor representation;
  private final Tensor copies;
  private Tensor cotangents;

  ForwardPass(NetworkPlan plan, Network network, LearnedTensors learned, Batch batch, Cut cut) {
    this.learned = learned;
    this.cut = cut;
    this.labelled = new double[plan.tasks().size()];
    this.scope = new PointerScope();
    boolean ready = false;
    try {
      int tasks = labelled.length;
      List<Target> targets = Target.all(batch, plan);
      for (int task = 0; task < tasks; task++) {
        labelled[task] = targets.get(task).labelled();
      }
      representation = network.encode(HostTensors.inputs(batch, plan), true);
      TensorVector perTask = null;
      if (cut == Cut.AT_REPRESENTATION) {
        copies = copied(representation.detach(), tasks).requires_grad_(true);
        perTask = torch.unbind(copies, 0);
      } else {
        copies = null;
      }
      List<Tensor> sums = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        Tensor z = perTask == null ? representation : perTask.get(task);
        Tensor outputs = network.decode(task, z, true);
        sums.add(TaskLosses.of(plan.tasks().get(task)).sum(outputs, targets.get(task)));
      }
      losses = torch.stack(HostTensors.vector(sums));
      lossSums = doubles(losses.detach());
      ready = true;
    } finally {
      if (!ready) {
        scope.close();
      }
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
   * One backward through heads and encoder; leaves {@code sum_k shared[k] * dS_k} in the shared
   * part of {@link Replica#gradient} and {@code heads[k] * dS_k} in the part of head k.
   */
  public void backward(double[] shared, double[] heads) {
    require(Cut.NONE);
    if (Arrays.equals(shared, heads)) {
      learned.keep(learned.all(), gradients(losses, constants(shared), learned.all(), false));
    } else {
      // The heads once more with their own weights: autograd goes no deeper than it is asked.
      List<Tensor> ofHeads = learned.ofHeads();
      learned.keep(ofHeads, gradients(losses, constants(heads), ofHeads, true));
      learned.keep(learned.shared(), gradients(losses, constants(shared), learned.shared(), false));
    }
  }

  /**
   * One backward through all heads: leaves {@code dS_k/dhead_k}, unweighted, in the heads' part of
   * {@link Replica#gradient} and keeps the K gradients at z.
   */
  public void backwardHeads() {
    require(Cut.AT_REPRESENTATION);
    double[] ones = new double[labelled.length];
    Arrays.fill(ones, 1);
    List<Tensor> ofHeads = learned.ofHeads();
    List<Tensor> inputs = new ArrayList<>(ofHeads);
    inputs.add(copies);
    TensorVector found = gradients(losses, constants(ones), inputs, false);
    learned.keep(ofHeads, found);
    cotangents = found.get(ofHeads.size());
  }

  /**
   * The Gram matrix of the K gradients at z over the rank's samples, row-major, accumulated in
   * double. Because z is per sample, the matrices of ranks add up to that of the whole batch.
   */
  public double[] representationGram() {
    Tensor flat = cotangents().reshape(labelled.length, -1);
    return gram(flat);
  }

  /**
   * Goes on from z: one backward of {@code sum_k weights[k] * dS_k/dz} through the encoder; leaves
   * the gradient in the shared part of {@link Replica#gradient}.
   */
  public void backwardEncoder(double[] weights) {
    Tensor rows = cotangents().reshape(labelled.length, -1);
    Tensor combined = torch.mv(rows.t(), constants(weights)).view_as(representation);
    List<Tensor> inputs = learned.shared();
    learned.keep(inputs, gradients(representation, combined, inputs, false));
  }

  /**
   * One task's exact gradient with respect to the shared parameters.
   *
   * @param task which task
   * @param into a vector of {@link ParameterLayout#shared} floats, borrowed
   */
  public void taskGradient(int task, Tensor into) {
    // A scope of its own: K of these gradients at a time would be K networks in memory.
    try (PointerScope own = new PointerScope()) {
      List<Tensor> inputs = learned.shared();
      TensorVector found = gradients(representation, cotangents().select(0, task), inputs, true);
      long offset = 0;
      for (int i = 0; i < inputs.size(); i++) {
        long elements = inputs.get(i).numel();
        into.narrow(0, offset, elements).copy_(found.get(i).reshape(elements));
        offset += elements;
      }
    }
  }

  /** The Gram matrix of the rows of a K x n float tensor, row-major, accumulated in double. */
  public static double[] gram(Tensor rows) {
    long block = 1 << 15;
    try (PointerScope own = new PointerScope()) {
      long tasks = rows.size(0);
      long columns = rows.size(1);
      Tensor sum = torch.zeros(new long[] {tasks, tasks}, HostTensors.options(ScalarType.Double));
      for (long start = 0; start < columns; start += block) {
        try (PointerScope piece = new PointerScope()) {
          Tensor part =
              rows.narrow(1, start, Math.min(block, columns - start)).toType(ScalarType.Double);
          sum.addmm_(part, part.t());
        }
      }
      return doubles(sum);
    }
  }

  private Tensor cotangents() {
    if (cotangents == null) {
      throw new IllegalStateException("the heads' backward has not run");
    }
    return cotangents;
  }

  private void require(Cut needed) {
    if (cut != needed) {
      throw new IllegalStateException("this pass was made with cut " + cut);
    }
  }

  private static TensorVector gradients(
      Tensor of, Tensor cotangent, List<Tensor> inputs, boolean again) {
    return torch.grad(
        new TensorVector(of),
        HostTensors.vector(inputs),
        new TensorVector(cotangent),
        new BoolOptional(again),
        false,
        false);
  }

  private Tensor constants(double[] weights) {
    float[] floats = new float[weights.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) weights[i];
    }
    return constants(floats);
  }

  /** A vector of constants in the caller's scope. */
  public static Tensor constants(float[] values) {
    return HostTensors.floats(values, ScalarType.Float, values.length);
  }

  private static double[] doubles(Tensor tensor) {
    Tensor wide = tensor.toType(ScalarType.Double).contiguous();
    double[] values = new double[(int) wide.numel()];
    try (DoublePointer data = wide.data_ptr_double()) {
      data.capacity(values.length).get(values);
    }
    return values;
  }

  @Override
  public void close() {
    scope.close();
  }
}
