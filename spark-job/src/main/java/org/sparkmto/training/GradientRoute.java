package org.sparkmto.training;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.Slices;
import org.sparkmto.method.GramMethod;
import org.sparkmto.method.Level;
import org.sparkmto.method.LossMethod;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;

/**
 * How a gradient gets from the losses to the update, decided by what the method must see. Here, and
 * nowhere else, kinds of methods differ in what they compute and move.
 */
sealed interface GradientRoute extends AutoCloseable {

  /** The route of a method for this rank's copy of the network. */
  static GradientRoute of(MethodEntry.Made made, Replica replica, RankGroup group) {
    if (made.method() instanceof LossMethod) {
      return new OfLosses(replica, group);
    }
    if (!(made.method() instanceof GramMethod)) {
      throw new IllegalStateException(made.entry().name() + " is of no kind that has a route");
    }
    return made.level().orElseThrow() == Level.REPRESENTATION
        ? new AtRepresentation(replica, group)
        : new AtParameters(replica, group);
  }

  /** How the forward pass is prepared. */
  Cut cut();

  /**
   * This rank's part of the Gram matrix of the summed losses' gradients, row-major: the parts of
   * all ranks add up to the matrix of the global batch. Empty if the method does not see one.
   */
  double[] gramPart(ForwardPass pass);

  /**
   * Leaves {@code sum_k shared[k] dS_k} and {@code heads[k] dS_k} of the global batch in the
   * replica's gradient, S_k being the sum of the losses of task k over all ranks.
   */
  void combine(ForwardPass pass, double[] shared, double[] heads);

  @Override
  default void close() {}

  /** Methods that see losses at most: one backward of the weighted sum. */
  record OfLosses(Replica replica, RankGroup group) implements GradientRoute {
    @Override
    public Cut cut() {
      return Cut.NONE;
    }

    @Override
    public double[] gramPart(ForwardPass pass) {
      return new double[0];
    }

    @Override
    public void combine(ForwardPass pass, double[] shared, double[] heads) {
      pass.backward(shared, heads);
      group.sum(replica.gradient().tensor());
    }
  }

  /** Gram matrix at z: the heads' backward, then one backward of the weighted sum from z on. */
  record AtRepresentation(Replica replica, RankGroup group) implements GradientRoute {
    @Override
    public Cut cut() {
      return Cut.AT_REPRESENTATION;
    }

    @Override
    public double[] gramPart(ForwardPass pass) {
      pass.backwardHeads();
      return pass.representationGram();
    }

    @Override
    public void combine(ForwardPass pass, double[] shared, double[] heads) {
      pass.backwardEncoder(shared);
      replica.scaleHeadGradients(heads);
      group.sum(replica.gradient().tensor());
    }
  }

  /**
   * Gram matrix at the parameters, exact: K backward passes, each rank keeps one slice of all K
   * summed gradients. Grams of ranks would not add up; Grams of slices do.
   */
  final class AtParameters implements GradientRoute {
    private final Replica replica;
    private final RankGroup group;
    private final Slices slices;
    private final long tasks;
    private final FlatVector whole;
    private final FlatVector rows;

    AtParameters(Replica replica, RankGroup group) {
      this.replica = replica;
      this.group = group;
      this.slices = new Slices(replica.layout().shared(), group.size());
      this.tasks = replica.layout().heads().size();
      this.whole = FlatVector.zeros(slices.elements());
      this.rows = FlatVector.zeros(tasks * slices.length(group.rank()));
    }

    @Override
    public Cut cut() {
      return Cut.AT_REPRESENTATION;
    }

    @Override
    public double[] gramPart(ForwardPass pass) {
      pass.backwardHeads();
      Tensor matrix = matrix();
      for (int task = 0; task < tasks; task++) {
        Tensor row = matrix.select(0, task);
        if (group.size() == 1) {
          pass.taskGradient(task, row);
        } else {
          pass.taskGradient(task, whole.tensor());
          group.sumSlices(whole.tensor(), row, slices);
        }
      }
      return ForwardPass.gram(matrix);
    }

    @Override
    public void combine(ForwardPass pass, double[] shared, double[] heads) {
      float[] weights = new float[shared.length];
      for (int task = 0; task < weights.length; task++) {
        weights[task] = (float) shared[task];
      }
      Tensor own = torch.mv(matrix().t(), ForwardPass.constants(weights));
      Tensor gradient = replica.gradient().tensor();
      group.gatherSlices(own, gradient.narrow(0, 0, slices.elements()), slices);
      replica.scaleHeadGradients(heads);
      long headElements = gradient.numel() - slices.elements();
      group.sum(gradient.narrow(0, slices.elements(), headElements));
    }

    private Tensor matrix() {
      return rows.tensor().view(tasks, slices.length(group.rank()));
    }

    @Override
    public void close() {
      whole.close();
      rows.close();
    }
  }
}
