package org.sparkmto.network;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Column;

/**
 * A network that is told what is wished for: the shares of a preference are constant channels of
 * its image, one for each task, behind the image's own. Whatever of the network reads the image
 * reads them, its first layer and, if it has some, gates of experts; nothing else of it knows.
 *
 * <p>COSMOS (Ruchte and Grabocka, ICDM 2021) joins image and preference in the same way; its code
 * has two transposed convolutions that learn to spread the shares over the image, in the place of
 * the constant.
 *
 * <p>Inputs are the image and the preference, one number per task, the same for all samples.
 */
final class ConditionedNetwork implements Network {
  /** Shares that people write have a few digits. */
  private static final double ROUNDING = 1e-6;

  private final Network network;

  /**
   * A network that reads the preference.
   *
   * @param network built for the image of {@link #widened}
   */
  ConditionedNetwork(Network network) {
    this.network = network;
  }

  /**
   * Checks that the network of a plan can have such an input.
   *
   * @throws IllegalArgumentException saying why not
   */
  static void require(NetworkPlan plan, List<Double> shares) {
    if (plan.architecture().equals(ScriptFiles.NETWORK)) {
      throw new IllegalArgumentException(
          "network '%s' is made of files, whose first layer cannot be given a preference; take a built-in one"
              .formatted(plan.architecture()));
    }
    if (plan.inputs().size() != 1 || plan.inputs().get(0).shape().size() != 3) {
      throw new IllegalArgumentException(
          "a preference is further channels of a network's image, and '%s' reads %s"
              .formatted(
                  plan.architecture(),
                  plan.inputs().stream().map(input -> input.name() + input.shape()).toList()));
    }
    double sum = shares.stream().mapToDouble(Double::doubleValue).sum();
    if (shares.size() != plan.tasks().size()
        || shares.stream().anyMatch(share -> !(share >= 0))
        || !(Math.abs(sum - 1) <= ROUNDING)) {
      throw new IllegalArgumentException(
          "a preference is one share for each of %d tasks, none negative, of sum 1, not %s"
              .formatted(plan.tasks().size(), shares));
    }
  }

  /** The inputs that the network behind it is built for. */
  static List<Column> widened(NetworkPlan plan) {
    Column image = plan.inputs().get(0);
    List<Integer> shape = new ArrayList<>(image.shape());
    shape.set(0, shape.get(0) + plan.tasks().size());
    return List.of(new Column(image.name(), image.role(), image.type(), shape));
  }

  private static List<Tensor> joined(List<Tensor> inputs) {
    Tensor image = inputs.get(0);
    Tensor rows = Functional.repeated(inputs.get(1), image);
    return List.of(
        Functional.cat(List.of(image, Functional.spread(rows, image.size(2), image.size(3)))));
  }

  @Override
  public Tensor encode(List<Tensor> inputs, boolean training) {
    return network.encode(joined(inputs), training);
  }

  @Override
  public List<Block> blocks() {
    List<Block> blocks = new ArrayList<>(network.blocks());
    Block first = blocks.get(0);
    blocks.set(0, (inputs, training) -> first.apply(joined(inputs), training));
    return blocks;
  }

  @Override
  public Tensor decode(int task, Tensor representation, boolean training) {
    return network.decode(task, representation, training);
  }

  @Override
  public List<Tensor> early(int task, Tensor representation, boolean training) {
    return network.early(task, representation, training);
  }

  @Override
  public boolean heuristicRepresentation() {
    return network.heuristicRepresentation();
  }

  @Override
  public void start() {
    network.start();
  }

  @Override
  public void tryOut() {
    network.tryOut();
  }

  @Override
  public List<Path> save(Path folder) {
    return network.save(folder);
  }

  @Override
  public void close() {
    network.close();
  }
}
