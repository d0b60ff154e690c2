package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Functional;
import org.sparkmto.network.Initialisation;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.Parameter;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * Says the same of every image and pixel: what a network must beat to have looked at the images.
 * Trained with L1 it finds the median of a target, with cross-entropy the commonest class, with the
 * cosine the mean direction.
 */
final class Constant implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "constant",
          "any tasks: the same for every image, which must be beaten",
          List.of(),
          options -> new Constant());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    Parameter number = book.shared().parameter("encoder.number", new Initialisation.Constant(1), 1);
    List<Linear> answers = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      NetworkShape.Head head = shape.heads().get(task);
      answers.add(new Linear(book.head(task), "heads." + head.name(), 1, head.outputs()));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> inputs, boolean training) {
        return Functional.repeated(number, inputs.get(0));
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        NetworkShape.Head head = shape.heads().get(task);
        Tensor answer = answers.get(task).apply(representation);
        return head.hasPixels() ? Functional.spread(answer, head.height(), head.width()) : answer;
      }
    };
  }
}
