package org.sparkmto.architecture;

import java.util.List;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * A residual network with one linear head per task of whole images on the pooled features: at depth
 * 18 the network of the CelebA experiments. A task of pixels has a {@link TopDownHead} as wide as
 * the first layer.
 *
 * <p>z has a number for each of the last stage's channels where all tasks are of whole images; with
 * a task of pixels it packs the maps of the four stages, whose last one the linear heads average.
 * Their parameters are the same in both.
 */
final class ResNet implements Architecture {
  private static final Option WIDTH =
      Option.of("width", Option.count(1), 64, "channels of the first layer");

  static final Entry<Architecture> RESNET18 =
      new Entry<>(
          Architecture.KIND,
          "resnet18",
          "any tasks: residual network of 18 layers, a decoder for each task of pixels",
          List.of(WIDTH),
          options -> new ResNet(18));

  static final Entry<Architecture> RESNET50 =
      new Entry<>(
          Architecture.KIND,
          "resnet50",
          "any tasks: residual network of 50 layers, a decoder for each task of pixels",
          List.of(WIDTH),
          options -> new ResNet(50));

  private final int depth;

  ResNet(int depth) {
    this.depth = depth;
  }

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    long width = options.whole("width");
    ResidualEncoder encoder =
        new ResidualEncoder(book.shared(), "encoder", shape.image().shape(), depth, width, 32);
    return EncoderWithHeads.of(
        encoder.allStages(),
        shape,
        book,
        (section, head, z) -> new TopDownHead(section, head, z, width));
  }
}
