package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * A residual network for whole images, one linear head per task on the pooled features: at depth 18
 * the network of the CelebA experiments. z has a number for each of the last stage's channels.
 */
final class ResNet implements Architecture {
  private static final Option WIDTH =
      Option.of("width", Option.count(1), 64, "channels of the first layer");

  static final Entry<Architecture> RESNET18 =
      new Entry<>(
          Architectures.KIND,
          "resnet18",
          "tasks of whole images: residual network of 18 layers",
          List.of(WIDTH),
          options -> new ResNet(18));

  static final Entry<Architecture> RESNET50 =
      new Entry<>(
          Architectures.KIND,
          "resnet50",
          "tasks of whole images: residual network of 50 layers",
          List.of(WIDTH),
          options -> new ResNet(50));

  private static final long[] ONE = {1, 1};

  private final int depth;

  ResNet(int depth) {
    this.depth = depth;
  }

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    ResidualEncoder encoder =
        new ResidualEncoder(
            book.shared(), "encoder", shape.image().shape(), depth, options.whole("width"), 32);
    List<Linear> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      NetworkShape.Head head = shape.wholeSamples().get(task);
      heads.add(
          new Linear(book.head(task), "heads." + head.name(), encoder.channels(), head.outputs()));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> inputs, boolean training) {
        Tensor x = encoder.last(inputs.get(0), training);
        return torch.flatten(torch.adaptive_avg_pool2d(x, ONE), 1, -1);
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        return heads.get(task).apply(representation);
      }
    };
  }
}
