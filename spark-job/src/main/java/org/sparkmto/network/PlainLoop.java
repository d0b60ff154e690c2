package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.Batch;
import org.sparkmto.random.Draws;

/**
 * The training loop that one writes with libtorch alone: forward, the sum of the tasks' mean
 * losses, one backward into libtorch's own gradients, libtorch's own optimiser. It looks at no
 * gradient and talks to nobody; benchmarks measure what a step of ours costs on top of it.
 *
 * <p>All tasks must be labelled on every sample.
 */
public final class PlainLoop implements AutoCloseable {
  private final Replica replica;
  private final SGD optimizer;

  /** A loop around a new network, with gradient descent and momentum. */
  public PlainLoop(NetworkPlan plan, Draws draws, double rate, double momentum) {
    replica = Replica.of(plan, draws);
    try (PointerScope scope = new PointerScope()) {
      SGDOptions options = new SGDOptions(rate);
      options.momentum().put(momentum);
      optimizer = new SGD(HostTensors.vector(replica.learned().all()), options);
      optimizer.retainReference();
    }
  }

  /**
   * Makes a step on a batch.
   *
   * @return the sum over the tasks of their mean losses
   */
  public double step(Batch batch) {
    try (PointerScope scope = new PointerScope()) {
      NetworkPlan plan = replica.plan();
      optimizer.zero_grad();
      Tensor z = replica.network().encode(HostTensors.inputs(batch, plan, replica.device()), true);
      List<Target> targets = Target.all(batch, plan, replica.device());
      List<Tensor> sums = new ArrayList<>();
      for (int task = 0; task < targets.size(); task++) {
        Tensor outputs = replica.network().decode(task, z, true);
        Target target = targets.get(task);
        Tensor sum = replica.objectives().get(task).sum(outputs, target);
        for (Tensor early : replica.network().early(task, z, true)) {
          sum = sum.add(replica.objectives().get(task).sum(early, target));
        }
        sums.add(sum.div(new Scalar(target.labelled())));
      }
      Tensor loss = torch.stack(HostTensors.vector(sums)).sum();
      loss.backward();
      optimizer.step();
      return loss.item_double();
    }
  }

  /** The network that is trained; it closes with the loop. */
  public Replica replica() {
    return replica;
  }

  @Override
  public void close() {
    optimizer.releaseReference();
    replica.close();
  }
}
