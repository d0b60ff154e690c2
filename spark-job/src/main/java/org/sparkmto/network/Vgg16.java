package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.Column;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * VGG-16 (Simonyan and Zisserman, ICLR 2015) with batch normalisation and without its hidden linear
 * layers, one linear head per task on the average of the last block's map: the network of the
 * Multi-CIFAR100 experiments. Parameter names behind {@code encoder.} are those of torchvision's
 * {@code vgg16_bn}; at width 64 the encoder has 14,723,136 parameters for RGB images. As in
 * Auto-Lambda (Liu et al., TMLR 2022) nothing is pooled behind the last block but for the average;
 * all tasks have the same batch normalisation, which there is one for each task.
 */
final class Vgg16 implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architectures.KIND,
          "vgg16",
          "tasks of whole images: VGG-16 with batch normalisation",
          List.of(Option.of("width", Option.count(1), 64, "channels of the first layer")),
          options -> new Vgg16());

  private static final long[] ONE = {1, 1};
  private static final int SMALLEST = 16;

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    Column image = shape.image();
    int rows = image.shape().get(1);
    int columns = image.shape().get(2);
    if (rows < SMALLEST || columns < SMALLEST) {
      throw new IllegalArgumentException(
          "an image of %d x %d is too small for VGG-16, which halves it four times: %d x %d at least"
              .formatted(rows, columns, SMALLEST, SMALLEST));
    }
    long width = options.whole("width");
    List<ConvolutionStack> blocks =
        ConvolutionStack.vgg16(book.shared(), image.shape().get(0), width);
    long features = width * ConvolutionStack.VGG_FACTORS.get(blocks.size() - 1);
    List<Linear> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      NetworkShape.Head head = shape.wholeSamples().get(task);
      heads.add(new Linear(book.head(task), "heads." + head.name(), features, head.outputs()));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> inputs, boolean training) {
        Tensor x = blocks.get(0).apply(inputs.get(0), training);
        for (ConvolutionStack block : blocks.subList(1, blocks.size())) {
          x = block.apply(Pooling.halved(x), training);
        }
        return torch.flatten(torch.adaptive_avg_pool2d(x, ONE), 1, -1);
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        return heads.get(task).apply(representation);
      }
    };
  }
}
