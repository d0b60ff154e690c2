package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * DeepLab heads, one per task, on a shared dilated residual network: what multi-task papers train
 * on NYUv2 and Cityscapes as DeepLabV3 or V3+ (random loss weighting, IAL with depth 18, LibMTL's
 * examples). A head is torchvision's {@code DeepLabHead}: atrous pyramid, 3x3 convolution,
 * classifier, bilinear interpolation to the size of the target; without dropout, see {@link
 * AtrousPyramid}.
 *
 * <p>Options: {@code depth} 18, 34, 50 (usual) or 101; {@code width} of the encoder's first layer,
 * 64; {@code stride} of z in pixels, 8 (usual), 16 or 32; {@code features}, channels of a head,
 * 256. z is the encoder's last map.
 */
final class DeepLab implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architectures.KIND,
          "deeplab",
          "tasks of pixels: dilated residual network, an atrous pyramid for each task",
          List.of(
              ResidualEncoder.DEPTH,
              ResidualEncoder.WIDTH,
              ResidualEncoder.stride(8),
              Option.of(
                  "features",
                  Option.count(1),
                  256,
                  "channels of what stands behind the residual network")),
          options -> new DeepLab());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    ResidualEncoder encoder = ResidualEncoder.of(shape, options, book);
    long features = options.whole("features");
    List<HeadsOnLastMap.Head> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      heads.add(new Head(book.head(task), shape.pixels().get(task), encoder, features));
    }
    return new HeadsOnLastMap(encoder, heads);
  }

  private static final class Head implements HeadsOnLastMap.Head {
    private final NetworkShape.Head shape;
    private final AtrousPyramid pyramid;
    private final NormalisedConvolution inner;
    private final Convolution outer;

    Head(
        ParameterBook.Section section,
        NetworkShape.Head shape,
        ResidualEncoder encoder,
        long features) {
      String name = "heads." + shape.name();
      this.shape = shape;
      pyramid =
          new AtrousPyramid(
              section, name + ".0", encoder.channels(), features, encoder.outputStride());
      inner = NormalisedConvolution.listed(section, name, 1, features, features, 3, 1);
      outer = Convolution.biased(section, name + ".4", features, shape.outputs(), 1, 0);
    }

    @Override
    public Tensor apply(Tensor z, boolean training) {
      Tensor y = outer.apply(inner.rectified(pyramid.apply(z, training), training));
      return Maps.sized(y, shape.height(), shape.width());
    }
  }
}
