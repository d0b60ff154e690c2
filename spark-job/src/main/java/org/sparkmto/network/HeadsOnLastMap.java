package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A residual encoder, whose last map is z, and heads for pixels that see nothing else. */
record HeadsOnLastMap(ResidualEncoder encoder, List<Head> heads) implements Network {

  /** From z to a task's map. */
  @FunctionalInterface
  interface Head {
    Tensor apply(Tensor representation, boolean training);
  }

  /** A task's head. */
  @FunctionalInterface
  interface Builder {
    Head build(ParameterBook.Section section, NetworkShape.Head shape);
  }

  /** A head for every task, built in their order. */
  static HeadsOnLastMap of(
      ResidualEncoder encoder, NetworkShape shape, ParameterBook book, Builder builder) {
    List<Head> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      heads.add(builder.build(book.head(task), shape.pixels().get(task)));
    }
    return new HeadsOnLastMap(encoder, heads);
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
