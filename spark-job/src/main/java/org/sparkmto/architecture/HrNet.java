package org.sparkmto.architecture;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * HRNet with a head per task of pixels: the multi-task baseline that MTI-Net (Vandenhende et al.,
 * ECCV 2020) compares itself with. A head brings the encoder's four maps to the finest one's size,
 * has a 1x1 convolution of all of them with normalisation and ReLU and one for the outputs, and
 * interpolates to the size of the target.
 *
 * <p>{@link MtiNet} is MTI-Net itself, {@link PadNet} what reads the others' features at one scale.
 *
 * <p>Options: {@code width}, channels of the finest map, 18; {@code blocks}, basic blocks of a
 * branch, 4 or 2. With 4 the encoder is the paper's W18; with 2 it is the authors' W18-Small-v2,
 * which is what MTI-Net's program calls HRNet-18. z packs the four maps. The {@link LinearHead} of
 * a task of whole images averages all four, which are equally deep.
 */
final class HrNet implements Architecture {
  static final Option WIDTH =
      Option.of("width", Option.count(1), 18, "channels of the first layer");

  static final Option BLOCKS =
      Option.of(
          "blocks",
          Option.oneOf(2, 4),
          4,
          "residual blocks of a branch; 2 are W18-Small-v2, as in MTI-Net");

  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "hrnet18",
          "any tasks: high-resolution network with four maps",
          List.of(WIDTH, BLOCKS),
          options -> new HrNet());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    HighResolutionEncoder encoder = encoder(shape, options, book);
    return EncoderWithHeads.of(encoder, shape, book, HrNet::head);
  }

  /** The encoder of these options, for whoever has heads of its own upon it. */
  static HighResolutionEncoder encoder(NetworkShape shape, Options options, ParameterBook book) {
    return new HighResolutionEncoder(
        book.shared(),
        "encoder",
        shape.image().shape(),
        options.whole("width"),
        options.whole("blocks"));
  }

  private static TaskHead head(
      ParameterBook.Section section, NetworkShape.Head shape, Representation z) {
    MapClassifier classifier = classifier(section, shape, z.channels());
    return (representation, training) -> classifier.apply(beside(z.maps(representation)), training);
  }

  /** What a head makes of maps that are {@link #beside} each other. */
  static MapClassifier classifier(
      ParameterBook.Section section, NetworkShape.Head shape, long channels) {
    String name = "heads." + shape.name() + ".last_layer";
    return new MapClassifier(
        NormalisedConvolution.biased(section, name, 0, channels, channels, 1),
        Convolution.biased(section, name + ".3", channels, shape.outputs(), 1, 0),
        shape);
  }

  /** All maps side by side, at the size of the finest. */
  static Tensor beside(List<Tensor> maps) {
    Tensor finest = maps.get(0);
    return Maps.beside(
        maps.stream().map(map -> Maps.sizedLike(map, finest)).toArray(Tensor[]::new));
  }
}
