package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * ResNet-18 (He et al., CVPR 2016) without its classifier, one linear head per task on the pooled
 * features: the network of the CelebA experiments. Parameter names behind {@code encoder.} are
 * torchvision's. At width 64 the encoder has 11,176,512 parameters for RGB images.
 */
final class ResNet18 implements Architecture {
  private static final long[] POOL = {3, 3};
  private static final long[] TWO = {2, 2};
  private static final long[] ONE = {1, 1};

  @Override
  public Network build(NetworkShape shape, NetworkOptions options, ParameterBook book) {
    long width = options.positive("width", 64);
    ParameterBook.Section shared = book.shared();
    Convolution stem =
        Convolution.plain(shared, "encoder.conv1", shape.image().shape().get(0), width, 7, 2);
    BatchNormalisation stemNorm = new BatchNormalisation(shared, "encoder.bn1", width);
    List<Block> blocks = new ArrayList<>();
    long in = width;
    for (int layer = 1; layer <= 4; layer++) {
      long out = width << (layer - 1);
      String name = "encoder.layer" + layer;
      blocks.add(new Block(shared, name + ".0", in, out, layer == 1 ? 1 : 2));
      blocks.add(new Block(shared, name + ".1", out, out, 1));
      in = out;
    }
    List<Linear> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      heads.add(
          new Linear(
              book.head(task),
              "heads." + shape.wholeSamples().get(task).name(),
              in,
              shape.wholeSamples().get(task).outputs()));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> inputs, boolean training) {
        Tensor x = stemNorm.apply(stem.apply(inputs.get(0)), training).relu_();
        x = torch.max_pool2d(x, POOL, TWO, ONE, ONE, false);
        for (Block block : blocks) {
          x = block.apply(x, training);
        }
        return torch.flatten(torch.adaptive_avg_pool2d(x, ONE), 1, -1);
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        return heads.get(task).apply(representation);
      }
    };
  }

  /** Two 3x3 convolutions around a shortcut. */
  private static final class Block {
    private final Convolution first;
    private final BatchNormalisation firstNorm;
    private final Convolution second;
    private final BatchNormalisation secondNorm;
    private final Convolution shortcut;
    private final BatchNormalisation shortcutNorm;

    Block(ParameterBook.Section section, String name, long in, long out, long stride) {
      first = Convolution.plain(section, name + ".conv1", in, out, 3, stride);
      firstNorm = new BatchNormalisation(section, name + ".bn1", out);
      second = Convolution.plain(section, name + ".conv2", out, out, 3, 1);
      secondNorm = new BatchNormalisation(section, name + ".bn2", out);
      boolean same = in == out && stride == 1;
      shortcut =
          same ? null : Convolution.plain(section, name + ".downsample.0", in, out, 1, stride);
      shortcutNorm = same ? null : new BatchNormalisation(section, name + ".downsample.1", out);
    }

    Tensor apply(Tensor x, boolean training) {
      Tensor y = firstNorm.apply(first.apply(x), training).relu_();
      y = secondNorm.apply(second.apply(y), training);
      Tensor around = shortcut == null ? x : shortcutNorm.apply(shortcut.apply(x), training);
      return y.add_(around).relu_();
    }
  }
}
