package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A residual encoder, whose last map is z, and heads for pixels that see nothing else. */
record HeadsOnLastMap(ResidualEncoder encoder, List<Head> heads) implements Network {

  /** From z to a task's map. */
  interface Head {
    Tensor apply(Tensor representation, boolean training);
  }

  @Override
  public Tensor encode(List<Tensor> inputs, boolean training) {
    return encoder.last(inputs.get(0), training);
  }

  @Override
  public Tensor decode(int task, Tensor representation, boolean training) {
    return heads.get(task).apply(representation, training);
  }
}
