package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * The multi-task attention network (Liu et al., CVPR 2019) on SegNet: every task has a soft mask in
 * [0, 1] for the shared maps of each of the ten blocks of {@link Segnet}'s encoder and decoder.
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
          Architectures.KIND,
          "mtan",
          "tasks of pixels: SegNet with attention for each task; z is a heuristic",
          List.of(SegnetTrunk.WIDTH),
          options -> new Mtan());

  @Override
  public boolean heuristicRepresentation() {
    return true;
  }

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    SegnetTrunk trunk = new SegnetTrunk(shape, options, book);
    PackedMaps packing = trunk.packing();
    List<Attention> attentions = new ArrayList<>();
    List<SegnetHead> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      NetworkShape.Head head = shape.pixels().get(task);
      attentions.add(new Attention(book.head(task), "heads." + head.name(), trunk));
      heads.add(new SegnetHead(book.head(task), head, trunk.decodedChannels(0)));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> inputs, boolean training) {
        return packing.pack(trunk.apply(inputs.get(0), training).all());
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        SegnetTrunk.Features shared = SegnetTrunk.unpacked(packing, representation);
        return heads.get(task).apply(attentions.get(task).apply(shared, training));
      }
    };
  }

  /** One task's masks, by level, and the convolutions behind them. */
  private static final class Attention {
    private final List<Mask> encoderMasks = new ArrayList<>();
    private final List<NormalisedConvolution> encoderBlocks = new ArrayList<>();
    private final List<Mask> decoderMasks = new ArrayList<>();
    private final List<NormalisedConvolution> decoderBlocks = new ArrayList<>();

    Attention(ParameterBook.Section section, String name, SegnetTrunk trunk) {
      int deepest = SegnetTrunk.LEVELS - 1;
      for (int level = 0; level <= deepest; level++) {
        long here = trunk.channels(level);
        long below = trunk.channels(Math.min(level + 1, deepest));
        long above = trunk.decodedChannels(level);
        String encoder = name + ".encoder_att." + level;
        encoderMasks.add(new Mask(section, encoder, level == 0 ? here : 2 * here, here));
        encoderBlocks.add(block(section, name + ".encoder_block_att." + level, here, below));
        decoderMasks.add(new Mask(section, name + ".decoder_att." + level, here + above, above));
        decoderBlocks.add(block(section, name + ".decoder_block_att." + level, here, above));
      }
    }

    private static NormalisedConvolution block(
        ParameterBook.Section section, String name, long in, long out) {
      return NormalisedConvolution.biased(section, name, 0, in, out, 3);
    }

    Tensor apply(SegnetTrunk.Features shared, boolean training) {
      Tensor attended = null;
      for (int level = 0; level < SegnetTrunk.LEVELS; level++) {
        Tensor first = shared.first().get(level);
        Tensor seen = attended == null ? first : Maps.beside(first, attended);
        Tensor masked = encoderMasks.get(level).apply(seen, training).mul(shared.last().get(level));
        attended = Pooling.halved(encoderBlocks.get(level).rectified(masked, training));
      }
      for (int level = SegnetTrunk.LEVELS - 1; level >= 0; level--) {
        Tensor unpooled = shared.unpooled().get(level);
        Tensor up =
            decoderBlocks.get(level).rectified(Maps.stretchedLike(attended, unpooled), training);
        attended =
            decoderMasks
                .get(level)
                .apply(Maps.beside(unpooled, up), training)
                .mul(shared.decoded().get(level));
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
      return torch.sigmoid(second.apply(first.rectified(x, training), training));
    }
  }
}
