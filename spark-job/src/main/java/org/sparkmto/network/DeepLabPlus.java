package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * DeepLabV3+ (Chen et al., ECCV 2018) with a decoder per task: dilated residual network and atrous
 * pyramid are shared, and so is the 1x1 convolution that reduces the first stage's map to 48
 * channels; a task brings the pyramid to that map's size, has two 3x3 convolutions of both and a
 * classifier, and interpolates to the size of its target. Without dropout, see {@link
 * AtrousPyramid}. Papers that call a network with an atrous pyramid for each task DeepLabV3+ mean
 * {@link DeepLab}.
 *
 * <p>Options: {@code depth} 18, 34, 50 (usual) or 101; {@code width} of the encoder's first layer,
 * 64; {@code stride} of the encoder's last map in pixels, 8, 16 (usual) or 32; {@code features},
 * channels of pyramid and decoders, 256. z packs the pyramid's map and the 48 channels of detail.
 */
final class DeepLabPlus implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architectures.KIND,
          "deeplabv3plus",
          "tasks of pixels: dilated residual network, one atrous pyramid for all tasks",
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
    PackedMaps.Size coarse = encoder.size(4);
    PackedMaps.Size fine = encoder.size(1);
    PackedMaps packed =
        new PackedMaps(
            List.of(
                new PackedMaps.Size(features, coarse.height(), coarse.width()),
                new PackedMaps.Size(DETAIL, fine.height(), fine.width())));
    List<Decoder> decoders = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      decoders.add(new Decoder(book.head(task), shape.pixels().get(task), features));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> inputs, boolean training) {
        List<Tensor> stages = encoder.stages(inputs.get(0), training);
        return packed.pack(
            List.of(
                pyramid.apply(stages.get(3), training),
                reduction.rectified(stages.get(0), training)));
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        List<Tensor> maps = packed.maps(representation);
        return decoders.get(task).apply(maps.get(0), maps.get(1), training);
      }
    };
  }

  private static final class Decoder {
    private final NormalisedConvolution first;
    private final MapClassifier classifier;

    Decoder(ParameterBook.Section section, NetworkShape.Head shape, long features) {
      String name = "heads." + shape.name();
      first = NormalisedConvolution.listed(section, name, 0, features + DETAIL, features, 3, 1);
      classifier =
          new MapClassifier(
              NormalisedConvolution.listed(section, name, 3, features, features, 3, 1),
              Convolution.biased(section, name + ".6", features, shape.outputs(), 1, 0),
              shape);
    }

    Tensor apply(Tensor context, Tensor detail, boolean training) {
      Tensor x = Maps.beside(Maps.sizedLike(context, detail), detail);
      return classifier.apply(first.rectified(x, training), training);
    }
  }
}
