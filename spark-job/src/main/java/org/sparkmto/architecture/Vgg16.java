package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Block;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * VGG-16 (Simonyan and Zisserman, ICLR 2015) with batch normalisation and without its hidden linear
 * layers, one linear head per task of whole images on the average of the last block's map: the
 * network of the Multi-CIFAR100 experiments. A task of pixels has a {@link TopDownHead}, as wide as
 * the first layer, on the maps of the last three blocks; z packs these three then. Parameter names
 * behind {@code encoder.} are those of torchvision's {@code vgg16_bn}; at width 64 the encoder has
 * 14,723,136 parameters for RGB images. As in Auto-Lambda (Liu et al., TMLR 2022) nothing is pooled
 * behind the last block but for the average; there each task has a batch normalisation of its own,
 * which {@link NetworkPlan#normalisingByTask} makes here.
 */
final class Vgg16 implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "vgg16",
          "any tasks: VGG-16 with batch normalisation, a decoder for each task of pixels",
          List.of(Option.of("width", Option.count(1), 64, "channels of the first layer")),
          options -> new Vgg16());

  private static final int SMALLEST = 16;

  /** The first block whose map heads see: a quarter of the image's size. */
  private static final int FINEST = 2;

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
    return EncoderWithHeads.of(
        new Trunk(blocks, width, rows, columns),
        shape,
        book,
        (section, head, z) -> new TopDownHead(section, head, z, width));
  }

  /** Five blocks, each at half the size of the one before, of which heads see the last three. */
  private record Trunk(List<ConvolutionStack> stacks, long width, int rows, int columns)
      implements Encoder {
    @Override
    public List<PackedMaps.Size> sizes() {
      List<PackedMaps.Size> sizes = new ArrayList<>();
      for (int block = FINEST; block < stacks.size(); block++) {
        long channels = width * ConvolutionStack.VGG_FACTORS.get(block);
        sizes.add(new PackedMaps.Size(channels, rows >> block, columns >> block));
      }
      return sizes;
    }

    @Override
    public List<Integer> ends() {
      return List.of(stacks.size() - 1 - FINEST);
    }

    @Override
    public List<Block> blocks() {
      List<Block> all = new ArrayList<>();
      for (int block = 0; block < stacks.size(); block++) {
        ConvolutionStack stack = stacks.get(block);
        boolean first = block == 0;
        Block.Layers layers = (x, training) -> stack.apply(first ? x : Pooling.halved(x), training);
        all.add(block > FINEST ? Block.adding(layers) : Block.replacing(layers));
      }
      return all;
    }
  }
}
