package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Block;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * DeepLabV3+ (Chen et al., ECCV 2018) with a decoder per task of pixels: dilated residual network
 * and atrous pyramid are shared, and so is the 1x1 convolution that reduces the first stage's map
 * to 48 channels; a task brings the pyramid to that map's size, has two 3x3 convolutions of both
 * and a classifier, and interpolates to the size of its target. Without dropout, see {@link
 * AtrousPyramid}. Papers that call a network with an atrous pyramid for each task DeepLabV3+ mean
 * {@link DeepLab}.
 *
 * <p>Options: {@code depth} 18, 34, 50 (usual) or 101; {@code width} of the encoder's first layer,
 * 64; {@code stride} of the encoder's last map in pixels, 8, 16 (usual) or 32; {@code features},
 * channels of pyramid and decoders, 256. z packs the pyramid's map and the 48 channels of detail;
 * the {@link LinearHead} of a task of whole images averages both.
 */
final class DeepLabPlus implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "deeplabv3plus",
          "any tasks: dilated residual network, one atrous pyramid for all tasks",
          List.of(
              ResidualEncoder.DEPTH,
              ResidualEncoder.WIDTH,
              ResidualEncoder.stride(16),
              ResidualEncoder.features(256)),
          options -> new DeepLabPlus());

  private static final long DETAIL = 48;

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    ResidualEncoder encoder = ResidualEncoder.of(shape, options, book);
    long features = options.whole("features");
    AtrousPyramid pyramid =
        new AtrousPyramid(
            book.shared(), "neck.aspp", encoder.channels(), features, encoder.outputStride());
    NormalisedConvolution reduction =
        NormalisedConvolution.listed(
            book.shared(), "neck.project", 0, encoder.channels(1), DETAIL, 1, 1);
    return EncoderWithHeads.of(
        new Neck(encoder, pyramid, reduction, features), shape, book, DeepLabPlus::head);
  }

  /** The encoder's last map as the pyramid sees it, and its first one in few channels. */
  private record Neck(
      ResidualEncoder encoder,
      AtrousPyramid pyramid,
      NormalisedConvolution reduction,
      long features)
      implements Encoder {
    @Override
    public List<PackedMaps.Size> sizes() {
      PackedMaps.Size coarse = encoder.size(4);
      PackedMaps.Size fine = encoder.size(1);
      return List.of(
          new PackedMaps.Size(features, coarse.height(), coarse.width()),
          new PackedMaps.Size(DETAIL, fine.height(), fine.width()));
    }

    @Override
    public List<Block> blocks() {
      List<Block> blocks = new ArrayList<>(encoder.blocks(Set.of(1)));
      blocks.add(Block.replacing(pyramid::apply));
      blocks.add(
          (given, training) -> List.of(given.get(1), reduction.rectified(given.get(0), training)));
      return blocks;
    }
  }

  private static TaskHead head(
      ParameterBook.Section section, NetworkShape.Head shape, Representation z) {
    String name = "heads." + shape.name();
    long features = z.sizes().get(0).channels();
    NormalisedConvolution first =
        NormalisedConvolution.listed(section, name, 0, z.channels(), features, 3, 1);
    MapClassifier classifier =
        new MapClassifier(
            NormalisedConvolution.listed(section, name, 3, features, features, 3, 1),
            Convolution.biased(section, name + ".6", features, shape.outputs(), 1, 0),
            shape);
    return (representation, training) -> {
      List<Tensor> maps = z.maps(representation);
      Tensor detail = maps.get(1);
      Tensor x = Maps.beside(Maps.sizedLike(maps.get(0), detail), detail);
      return classifier.apply(first.rectified(x, training), training);
    };
  }
}
