package org.sparkmto.architecture;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Block;
import org.sparkmto.network.Network;

/** A network whose tasks answer on their way, too, and are trained towards these answers. */
record DeepSupervision(EncoderWithHeads network, Early early) implements Network {

  /** The answers of a task on its way. */
  @FunctionalInterface
  interface Early {
    List<Tensor> of(int task, Tensor representation);
  }

  @Override
  public Tensor encode(List<Tensor> inputs, boolean training) {
    return network.encode(inputs, training);
  }

  @Override
  public List<Block> blocks() {
    return network.blocks();
  }

  @Override
  public Tensor decode(int task, Tensor representation, boolean training) {
    return network.decode(task, representation, training);
  }

  @Override
  public List<Tensor> early(int task, Tensor representation, boolean training) {
    return early.of(task, representation);
  }

  @Override
  public boolean heuristicRepresentation() {
    return network.heuristicRepresentation();
  }
}
