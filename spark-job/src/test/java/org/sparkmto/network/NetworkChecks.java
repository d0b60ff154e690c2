package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Batch;
import org.sparkmto.random.Draws;

/** What must hold of every network. */
public final class NetworkChecks {
  private NetworkChecks() {}

  /**
   * A network that has been declared.
   *
   * @param book of its parameters
   */
  public record Declared(ParameterBook book, Network network) {
    /** That of a plan. */
    public static Declared of(NetworkPlan plan) {
      NetworkPlan.Declared declared = plan.declare();
      return new Declared(declared.book(), declared.network());
    }
  }

  /** z of a batch. */
  public static Tensor encode(Replica replica, Batch batch, boolean training) {
    List<Tensor> inputs = HostTensors.inputs(batch, replica.plan(), replica.device());
    return replica.network().encode(inputs, training);
  }

  /** What the head of a task makes of z. */
  public static Tensor decode(Replica replica, int task, Tensor z, boolean training) {
    return replica.network().decode(task, z, training);
  }

  /** Gradients of a plain sum of losses through the whole graph and through the cut at z agree. */
  public static void cutsAgree(NetworkPlan plan, Batch batch) {
    double[] ones = new double[plan.tasks().size()];
    Arrays.fill(ones, 1);
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      float[] whole;
      try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
        pass.backward(ones, ones);
        whole = Tiny.values(replica.gradient());
      }
      replica.gradient().tensor().zero_();
      float[] cut;
      try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
        RepresentationGradients gradients = pass.backwardHeads();
        gradients.backward(ones);
        cut = Tiny.values(replica.gradient());
      }
      double largest = 0;
      for (float g : whole) {
        largest = Math.max(largest, Math.abs(g));
      }
      for (ParameterLayout.Entry entry : replica.layout().entries()) {
        double own = 0;
        double difference = 0;
        for (int i = 0; i < entry.elements(); i++) {
          int at = (int) entry.offset() + i;
          own = Math.max(own, Math.abs(whole[at]));
          difference = Math.max(difference, Math.abs(cut[at] - whole[at]));
        }
        // Other orders of float sums, through up to 50 layers. A bias before a batch normalisation
        // has the gradient 0 but for rounding, so that biases are compared with all gradients.
        if (entry.name().endsWith(".weight")) {
          assertThat(own).as("gradient of " + entry.name()).isPositive();
          assertThat(difference).as(entry.name()).isLessThan(1e-3 * own);
        } else {
          assertThat(difference).as(entry.name()).isLessThan(1e-5 * largest);
        }
      }
    }
  }

  /** So many steps on one batch leave less than a share of the sum of mean losses. */
  public static void learns(NetworkPlan plan, Batch batch, int steps, double rate, double share) {
    try (PlainLoop loop = new PlainLoop(plan, Draws.of(3), rate, 0.9)) {
      double first = loop.step(batch);
      double last = first;
      for (int step = 1; step < steps; step++) {
        last = loop.step(batch);
      }
      assertThat(last).isPositive().isLessThan(share * first);
    }
  }

  /** Derivatives of a random functional of all heads' outputs, by all parameters and inputs. */
  public static void differentiable(NetworkPlan plan, List<List<Integer>> inputs, long seed) {
    differentiable(plan, inputs, seed, 1);
  }

  /** The same by every {@code nth} parameter, where all would take long. */
  public static void differentiable(
      NetworkPlan plan, List<List<Integer>> inputs, long seed, int nth) {
    differentiable(plan, inputs, seed, nth, true);
  }

  /** The same, by the inputs or not. */
  static void differentiable(
      NetworkPlan plan, List<List<Integer>> inputs, long seed, int nth, boolean byInputs) {
    try (PointerScope scope = new PointerScope()) {
      InDouble network = InDouble.of(plan, inputs, seed);
      List<Tensor> variables = new ArrayList<>();
      for (int i = 0; i < network.parameters().size(); i += nth) {
        variables.add(network.parameters().get(i));
      }
      if (byInputs) {
        variables.addAll(network.inputs());
      }
      CentralDifferences.compare(
          variables, () -> network.functional(network.representation()), network.draws());
    }
  }

  /**
   * The gradient of such a functional by all parameters of the shared part is what goes on from its
   * gradient at z: heads see nothing but z, and share nothing behind it.
   */
  static void passesTheRepresentation(NetworkPlan plan, List<List<Integer>> inputs, long seed) {
    try (PointerScope scope = new PointerScope()) {
      InDouble network = InDouble.of(plan, inputs, seed);
      List<Tensor> shared = new ArrayList<>();
      network.declared().book().sharedParameters().forEach(one -> shared.add(one.tensor()));
      TensorVector variables = HostTensors.vector(shared);
      Tensor z = network.representation();
      TensorVector whole = torch.grad(new TensorVector(network.functional(z)), variables);
      Tensor start = network.representation();
      Tensor cut = start.detach().requires_grad_(true);
      TensorVector there =
          torch.grad(new TensorVector(network.functional(cut)), new TensorVector(cut));
      TensorVector onwards =
          torch.grad(new TensorVector(start), variables, there, new BoolOptional(), false, false);
      double largest = 0;
      for (int i = 0; i < shared.size(); i++) {
        largest = Math.max(largest, whole.get(i).abs().max().item_double());
      }
      assertThat(largest).isPositive();
      for (int i = 0; i < shared.size(); i++) {
        assertThat(onwards.get(i).sub(whole.get(i)).abs().max().item_double())
            .as(network.declared().book().sharedParameters().get(i).name())
            .isLessThan(1e-9 * largest);
      }
    }
  }

  /**
   * A network with random doubles for parameters, random inputs, and what its heads are taken by.
   */
  private record InDouble(
      NetworkPlan.Declared declared,
      List<Tensor> parameters,
      List<Tensor> inputs,
      List<Tensor> cotangents,
      Draws draws) {
    static InDouble of(NetworkPlan plan, List<List<Integer>> inputs, long seed) {
      Draws draws = Draws.of(seed);
      NetworkPlan.Declared declared = plan.declare();
      List<Tensor> parameters = CentralDifferences.bind(declared.book(), draws);
      List<Tensor> x = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        x.add(CentralDifferences.normal(inputs.get(i), draws.of("x").at(i)).requires_grad_(true));
      }
      InDouble network = new InDouble(declared, parameters, x, new ArrayList<>(), draws);
      Tensor z = network.representation();
      for (int task = 0; task < plan.tasks().size(); task++) {
        Tensor outputs = declared.network().decode(task, z, true);
        network.cotangents.add(
            CentralDifferences.normal(
                CentralDifferences.shape(outputs), draws.of("cotangent").at(task)));
      }
      return network;
    }

    Tensor representation() {
      return declared.network().encode(inputs, true);
    }

    Tensor functional(Tensor z) {
      Tensor total = torch.zeros(new long[] {}, HostTensors.options(ScalarType.Double));
      for (int task = 0; task < cotangents.size(); task++) {
        Tensor outputs = declared.network().decode(task, z, true);
        total = total.add(outputs.mul(cotangents.get(task)).sum());
        for (Tensor early : declared.network().early(task, z, true)) {
          total = total.add(early.mul(cotangents.get(task)).sum());
        }
      }
      return total;
    }
  }

  /** Parameters of a convolution with bias and of its batch normalisation. */
  public static long normalised(long in, long out, long kernel) {
    return out * in * kernel * kernel + out + 2 * out;
  }
}
