package org.sparkmto.architecture;

import java.util.List;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * PSPNet heads (Zhao et al., CVPR 2017), one per task of pixels, on a shared dilated residual
 * network: the network of MGDA-UB, IMTL and Aligned-MTL on Cityscapes and NYUv2. A head is pyramid
 * pooling, a 3x3 convolution, a classifier, and bilinear interpolation to the size of the target.
 * The encoder is torchvision's, with one 7x7 convolution at its start where some of the papers have
 * three of 3x3; the dropout of a tenth is left out for the reason in {@link AtrousPyramid}.
 *
 * <p>Options: {@code depth} 18, 34, 50 (usual) or 101; {@code width} of the encoder's first layer,
 * 64; {@code stride} of z in pixels, 8 (usual), 16 or 32; {@code features}, channels of a pooled
 * map and of the 3x3 convolution, 512. z is the encoder's last map. A task of whole images has a
 * {@link LinearHead}.
 */
final class PspNet implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "pspnet",
          "any tasks: dilated residual network, a pyramid of pooled maps for each task of pixels",
          List.of(
              ResidualEncoder.DEPTH,
              ResidualEncoder.WIDTH,
              ResidualEncoder.stride(8),
              ResidualEncoder.features(512)),
          options -> new PspNet());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    ResidualEncoder encoder = ResidualEncoder.of(shape, options, book);
    long features = options.whole("features");
    return EncoderWithHeads.of(
        encoder.lastMap(), shape, book, (section, head, z) -> head(section, head, z, features));
  }

  private static TaskHead head(
      ParameterBook.Section section, NetworkShape.Head shape, Representation z, long features) {
    String name = "heads." + shape.name();
    long in = z.sizes().get(0).channels();
    PyramidPooling pooling = new PyramidPooling(section, name + ".ppm", in, features);
    MapClassifier classifier =
        new MapClassifier(
            NormalisedConvolution.listed(
                section, name + ".conv_last", 0, pooling.channels(), features, 3, 1),
            Convolution.biased(section, name + ".conv_last.4", features, shape.outputs(), 1, 0),
            shape);
    return (representation, training) ->
        classifier.apply(pooling.apply(z.maps(representation).get(0), training), training);
  }
}
