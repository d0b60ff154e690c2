package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
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
 * A small encoder and decoder with skips for maps of 100x100 or so, in the manner of U-Net
 * (Ronneberger et al., MICCAI 2015): three convolutions that halve, two that go back to half the
 * image's size, all shared; every task of pixels has one 3x3 and one 1x1 convolution of its own,
 * one of whole images a {@link LinearHead}. z is the decoder's last map. No batch normalisation, so
 * that the number of ranks cannot be seen in the result.
 */
final class SmallUnet implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "small-unet",
          "any tasks: encoder and decoder with skips, for 100x100 or so",
          List.of(Option.of("width", Option.count(1), 16, "channels of the first layer")),
          options -> new SmallUnet());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    Shared shared = new Shared(shape.image().shape(), options.whole("width"), book.shared());
    return EncoderWithHeads.of(shared, shape, book, SmallUnet::head);
  }

  private static TaskHead head(
      ParameterBook.Section section, NetworkShape.Head shape, Representation z) {
    String name = "heads." + shape.name();
    long in = z.channels();
    Convolution inner = Convolution.biased(section, name + ".conv1", in, in, 3, 1, 1);
    Convolution outer = Convolution.biased(section, name + ".conv2", in, shape.outputs(), 1, 1, 0);
    return (representation, training) -> {
      Tensor x = z.maps(representation).get(0);
      Tensor y = outer.apply(Functional.relu(inner.apply(x)));
      return Maps.sized(y, shape.height(), shape.width());
    };
  }

  /** What the tasks share. */
  private static final class Shared implements Encoder {
    private final PackedMaps.Size size;
    private final Convolution first;
    private final Convolution second;
    private final Convolution third;
    private final Convolution bottom;
    private final Convolution back;
    private final Convolution last;

    Shared(List<Integer> image, long width, ParameterBook.Section shared) {
      size = new PackedMaps.Size(2 * width, (image.get(1) + 1) / 2, (image.get(2) + 1) / 2);
      first = Convolution.biased(shared, "encoder.conv1", image.get(0), width, 5, 2, 2);
      second = Convolution.biased(shared, "encoder.conv2", width, 2 * width, 3, 2, 1);
      third = Convolution.biased(shared, "encoder.conv3", 2 * width, 4 * width, 3, 2, 1);
      bottom = Convolution.biased(shared, "encoder.conv4", 4 * width, 4 * width, 3, 1, 1);
      back = Convolution.biased(shared, "decoder.conv1", 6 * width, 2 * width, 3, 1, 1);
      last = Convolution.biased(shared, "decoder.conv2", 3 * width, 2 * width, 3, 1, 1);
    }

    @Override
    public List<PackedMaps.Size> sizes() {
      return List.of(size);
    }

    @Override
    public List<Block> blocks() {
      return List.of(
          Block.replacing((x, training) -> Functional.relu(first.apply(x))),
          Block.adding((x, training) -> Functional.relu(second.apply(x))),
          Block.adding(
              (x, training) -> {
                Tensor eighth = Functional.relu(third.apply(x));
                return Functional.add(Functional.relu(bottom.apply(eighth)), eighth);
              }),
          joining(back),
          joining(last));
    }

    /** A convolution of the last map, brought to the size of the one before it, and of that. */
    private static Block joining(Convolution convolution) {
      return (given, training) -> {
        int before = given.size() - 2;
        Tensor finer = given.get(before);
        Tensor both = Maps.beside(Maps.sizedLike(given.get(before + 1), finer), finer);
        List<Tensor> tensors = new ArrayList<>(given.subList(0, before));
        tensors.add(Functional.relu(convolution.apply(both)));
        return tensors;
      };
    }
  }
}
