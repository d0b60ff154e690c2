package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The statistics of groups of consecutive samples. A group that lies on one rank as a whole is
 * normalised there as it is anywhere, so how many ranks there are cannot be seen.
 *
 * <p>A batch moves the running statistics once by the momentum, towards the mean of its groups'.
 * That is linear: where ranks have equally many groups, the mean of the ranks' running statistics
 * is what one rank with all groups would have.
 *
 * <p>Where a channel has one value in a group, which is where a single sample has been pooled to
 * one place, the running statistics stay what they were at the start of the run and stand for its
 * own: the layer scales and shifts, and on every rank alike.
 */
final class GhostGroups extends BatchStatistics {
  private final int samples;

  GhostGroups(int samples) {
    if (samples < 1) {
      throw new IllegalArgumentException("a group of " + samples + " samples");
    }
    this.samples = samples;
  }

  @Override
  Tensor normalised(Tensor x, BatchNormalisation by) {
    if (by.isOfTasks()) {
      throw new IllegalArgumentException("groups of samples and of tasks at the same time");
    }
    long batch = x.size(0);
    if (batch % samples != 0) {
      throw new IllegalArgumentException(
          "%d samples are not whole groups of %d".formatted(batch, samples));
    }
    if (batch <= samples) {
      return by.ofItsOwn(x, BatchNormalisation.MOMENTUM);
    }
    return lasting(() -> apart(x, Math.toIntExact(batch / samples), by));
  }

  private Tensor apart(Tensor x, int groups, BatchNormalisation by) {
    // Not narrowed one by one: each gradient would be as large as the batch.
    TensorVector parts = torch.split(x, samples, 0);
    List<Tensor> normalised = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      normalised.add(by.ofItsOwn(parts.get(group), share(group, groups)));
    }
    return torch.cat(HostTensors.vector(normalised), 0);
  }

  /**
   * What moves the running statistics one group after the other so that all groups have the same
   * part in the end: {@code m / G}, behind which the later ones leave {@code m / G} of it.
   */
  private static double share(int group, int groups) {
    double m = BatchNormalisation.MOMENTUM;
    return m / (groups - (groups - 1 - group) * m);
  }
}
