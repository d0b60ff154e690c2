package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Column;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Block;
import org.sparkmto.network.Functional;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * A small convolutional network for images of 28x28 or so, in the manner of the LeNet that Sener
 * and Koltun use for Multi-MNIST (NeurIPS 2018): two 3x3 convolutions with 2x2 max pooling and one
 * linear layer are shared, every task has one hidden layer of its own. No batch normalisation, so
 * that the number of ranks cannot be seen in the result.
 */
final class SmallConvolutional implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "small-conv",
          "tasks of whole images: two convolutions and a linear layer, for 28x28 or so",
          List.of(
              Option.of("width", Option.count(1), 32, "channels of the first layer"),
              Option.of("features", Option.count(1), 256, "length of the representation"),
              Option.of("hidden", Option.count(1), 64, "length of the hidden layer of each task")),
          options -> new SmallConvolutional());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    Column image = shape.image();
    long width = options.whole("width");
    long features = options.whole("features");
    long hidden = options.whole("hidden");
    long pooled = (image.shape().get(1) / 4L) * (image.shape().get(2) / 4L);
    if (pooled == 0) {
      throw new IllegalArgumentException("images of " + image.shape() + " are too small");
    }
    ParameterBook.Section shared = book.shared();
    Convolution first =
        Convolution.biased(shared, "encoder.conv1", image.shape().get(0), width, 3, 1);
    Convolution second = Convolution.biased(shared, "encoder.conv2", width, 2 * width, 3, 1);
    Linear last = new Linear(shared, "encoder.fc", 2 * width * pooled, features);
    List<Linear> inner = new ArrayList<>();
    List<Linear> outer = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      ParameterBook.Section head = book.head(task);
      String name = "heads." + shape.wholeSamples().get(task).name();
      inner.add(new Linear(head, name + ".fc1", features, hidden));
      outer.add(new Linear(head, name + ".fc2", hidden, shape.wholeSamples().get(task).outputs()));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> inputs, boolean training) {
        return Block.all(blocks(), inputs, training).get(0);
      }

      @Override
      public List<Block> blocks() {
        return List.of(
            Block.replacing((x, training) -> Pooling.halved(Functional.relu(first.apply(x)))),
            Block.replacing((x, training) -> Pooling.halved(Functional.relu(second.apply(x)))),
            Block.replacing((x, training) -> Functional.relu(last.apply(Functional.flatten(x)))));
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        Tensor read =
            shape.dropout().apply(shape.heads().get(task).name(), representation, training);
        return outer.get(task).apply(Functional.relu(inner.get(task).apply(read)));
      }
    };
  }
}
