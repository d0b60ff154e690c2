package org.sparkmto.architecture;

import java.util.List;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * DeepLab heads, one per task of pixels, on a shared dilated residual network: what multi-task
 * papers train on NYUv2 and Cityscapes as DeepLabV3 or V3+ (random loss weighting, IAL with depth
 * 18, LibMTL's examples). A head is torchvision's {@code DeepLabHead}: atrous pyramid, 3x3
 * convolution, classifier, bilinear interpolation to the size of the target; without dropout, see
 * {@link AtrousPyramid}.
 *
 * <p>Options: {@code depth} 18, 34, 50 (usual) or 101; {@code width} of the encoder's first layer,
 * 64; {@code stride} of z in pixels, 8 (usual), 16 or 32; {@code features}, channels of a head,
 * 256. z is the encoder's last map. A task of whole images has a {@link LinearHead}, which makes it
 * a residual network's usual classifier.
 */
final class DeepLab implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "deeplab",
          "any tasks: dilated residual network, an atrous pyramid for each task of pixels",
          List.of(
              ResidualEncoder.DEPTH,
              ResidualEncoder.WIDTH,
              ResidualEncoder.stride(8),
              ResidualEncoder.features(256)),
          options -> new DeepLab());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    ResidualEncoder encoder = ResidualEncoder.of(shape, options, book);
    long features = options.whole("features");
    return EncoderWithHeads.of(
        encoder.lastMap(),
        shape,
        book,
        (section, head, z) -> {
          AtrousHead atrous =
              new AtrousHead(section, head, encoder.channels(), features, encoder.outputStride());
          return (representation, training) ->
              atrous.apply(z.maps(representation).get(0), training);
        });
  }
}
