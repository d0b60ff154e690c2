package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * A small encoder and decoder with skips for maps of 100x100 or so, in the manner of U-Net
 * (Ronneberger et al., MICCAI 2015): three convolutions that halve, two that go back to half the
 * image's size, all shared; every task has one 3x3 and one 1x1 convolution of its own. No batch
 * normalisation, so that the number of ranks cannot be seen in the result.
 */
final class SmallUnet implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architectures.KIND,
          "small-unet",
          "tasks of pixels: encoder and decoder with skips, for 100x100 or so",
          List.of(Option.of("width", Option.count(1), 16, "channels of the first layer")),
          options -> new SmallUnet());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    List<Integer> image = shape.image().shape();
    long width = options.whole("width");
    ParameterBook.Section shared = book.shared();
    Convolution first = Convolution.biased(shared, "encoder.conv1", image.get(0), width, 5, 2, 2);
    Convolution second = Convolution.biased(shared, "encoder.conv2", width, 2 * width, 3, 2, 1);
    Convolution third = Convolution.biased(shared, "encoder.conv3", 2 * width, 4 * width, 3, 2, 1);
    Convolution bottom = Convolution.biased(shared, "encoder.conv4", 4 * width, 4 * width, 3, 1, 1);
    Convolution back = Convolution.biased(shared, "decoder.conv1", 6 * width, 2 * width, 3, 1, 1);
    Convolution last = Convolution.biased(shared, "decoder.conv2", 3 * width, 2 * width, 3, 1, 1);
    List<Convolution> inner = new ArrayList<>();
    List<Convolution> outer = new ArrayList<>();
    List<NetworkShape.Head> heads = shape.pixels();
    for (int task = 0; task < heads.size(); task++) {
      ParameterBook.Section head = book.head(task);
      String name = "heads." + heads.get(task).name();
      inner.add(Convolution.biased(head, name + ".conv1", 2 * width, 2 * width, 3, 1, 1));
      outer.add(
          Convolution.biased(head, name + ".conv2", 2 * width, heads.get(task).outputs(), 1, 1, 0));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> inputs, boolean training) {
        Tensor half = torch.relu(first.apply(inputs.get(0)));
        Tensor quarter = torch.relu(second.apply(half));
        Tensor eighth = torch.relu(third.apply(quarter));
        Tensor deep = torch.relu(bottom.apply(eighth)).add(eighth);
        Tensor up = torch.relu(back.apply(Maps.beside(Maps.sizedLike(deep, quarter), quarter)));
        return torch.relu(last.apply(Maps.beside(Maps.sizedLike(up, half), half)));
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        Tensor y = outer.get(task).apply(torch.relu(inner.get(task).apply(representation)));
        return Maps.sized(y, heads.get(task).height(), heads.get(task).width());
      }
    };
  }
}
