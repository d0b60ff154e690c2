package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Functional;
import org.sparkmto.network.HeadDropout;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * The multi-task attention network (Liu et al., CVPR 2019) on SegNet: every task has a soft mask in
 * [0, 1] for the shared maps of each of the ten blocks of {@link Segnet}'s encoder and decoder. A
 * task of whole images has the five masks of the encoder, the mean of what they end in, and a
 * linear layer: so the paper has it for images to classify (its section 4.2), on another encoder.
 * Where all tasks are of whole images there is no decoder.
 *
 * <p>z holds all maps that the masks look at or act on, four for each level, since heads see more
 * of the image than what the decoder ends in; methods that compare gradients at z are a heuristic
 * here, and z is large: at width 64 it has 460 numbers for each pixel of the image, and the cut at
 * z makes one copy of it for each task.
 *
 * <p>In the authors' program the 3x3 convolutions behind the masks belong to all tasks, although
 * they work on what one task has masked. Then they are shared parameters behind z, and gradients of
 * shared parameters would not pass z alone. Here each task has its own, so that everything shared
 * lies before z and the gradients of both cuts are the same. At width 64 a task has 2,984,576
 * parameters of masks, 10,220,160 of these convolutions and the head of {@link Segnet}. With tasks
 * of 13, 1 and 3 outputs that makes 64,669,393 parameters; with one set of convolutions for all
 * tasks it would be the 44,229,073 of the authors.
 */
final class Mtan implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "mtan",
          "any tasks: SegNet with attention for each task; z is a heuristic",
          List.of(SegnetTrunk.WIDTH),
          options -> new Mtan());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    SegnetTrunk trunk = new SegnetTrunk(shape, options, book, shape.hasPixels());
    Encoder encoder = trunk.allMaps();
    return EncoderWithHeads.of(
        encoder,
        Representation.ofMaps(encoder),
        shape,
        book,
        (section, head, z) -> ofWholeImages(section, head, z, trunk, shape.dropout()),
        (section, head, z) -> ofPixels(section, head, z, trunk));
  }

  private static TaskHead ofPixels(
      ParameterBook.Section section, NetworkShape.Head shape, Representation z, SegnetTrunk trunk) {
    Attention attention = new Attention(section, "heads." + shape.name(), trunk, true);
    SegnetHead last = new SegnetHead(section, shape, trunk.decodedChannels(0));
    return (representation, training) -> {
      SegnetTrunk.Features shared = SegnetTrunk.features(z.maps(representation));
      return last.apply(attention.decoded(attention.encoded(shared, training), shared, training));
    };
  }

  private static TaskHead ofWholeImages(
      ParameterBook.Section section,
      NetworkShape.Head shape,
      Representation z,
      SegnetTrunk trunk,
      HeadDropout dropout) {
    String name = "heads." + shape.name();
    Attention attention = new Attention(section, name, trunk, false);
    Linear last =
        new Linear(section, name, trunk.channels(SegnetTrunk.LEVELS - 1), shape.outputs());
    return (representation, training) -> {
      SegnetTrunk.Features shared = SegnetTrunk.features(z.maps(representation));
      Tensor means = Representation.mean(attention.encoded(shared, training));
      return last.apply(dropout.apply(shape.name(), means, training));
    };
  }

  /** One task's masks, by level, and the convolutions behind them. */
  private static final class Attention {
    private final List<Mask> encoderMasks = new ArrayList<>();
    private final List<NormalisedConvolution> encoderBlocks = new ArrayList<>();
    private final List<Mask> decoderMasks = new ArrayList<>();
    private final List<NormalisedConvolution> decoderBlocks = new ArrayList<>();

    Attention(ParameterBook.Section section, String name, SegnetTrunk trunk, boolean decodes) {
      int deepest = SegnetTrunk.LEVELS - 1;
      for (int level = 0; level <= deepest; level++) {
        long here = trunk.channels(level);
        long below = trunk.channels(Math.min(level + 1, deepest));
        long above = trunk.decodedChannels(level);
        String encoder = name + ".encoder_att." + level;
        encoderMasks.add(new Mask(section, encoder, level == 0 ? here : 2 * here, here));
        encoderBlocks.add(block(section, name + ".encoder_block_att." + level, here, below));
        if (decodes) {
          decoderMasks.add(new Mask(section, name + ".decoder_att." + level, here + above, above));
          decoderBlocks.add(block(section, name + ".decoder_block_att." + level, here, above));
        }
      }
    }

    private static NormalisedConvolution block(
        ParameterBook.Section section, String name, long in, long out) {
      return NormalisedConvolution.biased(section, name, 0, in, out, 3);
    }

    /** What the encoder's masks leave, at half the size of the deepest level. */
    Tensor encoded(SegnetTrunk.Features shared, boolean training) {
      Tensor attended = null;
      for (int level = 0; level < SegnetTrunk.LEVELS; level++) {
        Tensor first = shared.first().get(level);
        Tensor seen = attended == null ? first : Maps.beside(first, attended);
        Tensor masked =
            Functional.mul(encoderMasks.get(level).apply(seen, training), shared.last().get(level));
        attended = Pooling.halved(encoderBlocks.get(level).rectified(masked, training));
      }
      return attended;
    }

    /** What the decoder's masks make of that, at the image's size. */
    Tensor decoded(Tensor encoded, SegnetTrunk.Features shared, boolean training) {
      Tensor attended = encoded;
      for (int level = SegnetTrunk.LEVELS - 1; level >= 0; level--) {
        Tensor unpooled = shared.unpooled().get(level);
        Tensor up =
            decoderBlocks.get(level).rectified(Maps.stretchedLike(attended, unpooled), training);
        attended =
            Functional.mul(
                decoderMasks.get(level).apply(Maps.beside(unpooled, up), training),
                shared.decoded().get(level));
      }
      return attended;
    }
  }

  /** Two 1x1 convolutions that say how much of each number a task takes. */
  private static final class Mask {
    private final NormalisedConvolution first;
    private final NormalisedConvolution second;

    Mask(ParameterBook.Section section, String name, long in, long out) {
      first = NormalisedConvolution.biased(section, name, 0, in, out, 1);
      second = NormalisedConvolution.biased(section, name, 3, out, out, 1);
    }

    Tensor apply(Tensor x, boolean training) {
      return Functional.sigmoid(second.apply(first.rectified(x, training), training));
    }
  }
}
