package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Functional;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * The multi-task attention network (Liu et al., CVPR 2019) on a residual network, as LibMTL has it:
 * every task has a soft mask in [0, 1] for the map that each of the four stages ends in. It looks
 * at the map in front of the stage's last block, from the second stage on beside what the task has
 * been left before; between stages stands a residual block. Behind the last mask a task of whole
 * images has a linear layer on the means, one of pixels an atrous pyramid.
 *
 * <p>z holds the eight maps that masks look at or act on, so that methods that compare gradients at
 * z are a heuristic, as with {@link Mtan}; and as there the blocks between the masks, which belong
 * to all tasks in the public program though they work on what one task has masked, are each task's
 * own here: all that is shared lies before z.
 */
final class MtanResNet implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "mtan-resnet",
          "any tasks: residual network with attention for each task; z is a heuristic",
          ExpertOptions.NETWORKS,
          options -> new MtanResNet());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    ExpertOptions given = new ExpertOptions(shape, options);
    ResidualEncoder trunk = given.stages(book.shared(), "encoder", 0, ExpertOptions.LAST);
    Encoder encoder = trunk.endsOfStages();
    TaskHead.Kind kind =
        (section, head, z) -> {
          Attention attention = new Attention(section, "heads." + head.name(), trunk);
          MapHead last = given.head(section, head);
          return (representation, training) ->
              last.apply(attention.apply(z.maps(representation), training), training);
        };
    return EncoderWithHeads.of(encoder, Representation.ofMaps(encoder), shape, book, kind, kind);
  }

  /** One task's masks, by stage, and the blocks between. */
  private static final class Attention {
    private final List<NormalisedConvolution> looks = new ArrayList<>();
    private final List<NormalisedConvolution> masks = new ArrayList<>();
    private final List<ResidualBlock> between = new ArrayList<>();

    Attention(ParameterBook.Section section, String name, ResidualEncoder trunk) {
      for (int stage = 1; stage <= ExpertOptions.LAST; stage++) {
        String mask = name + ".encoder_att." + (stage - 1);
        long here = trunk.channels(stage);
        long within = trunk.channels(stage) / trunk.expansion();
        looks.add(
            NormalisedConvolution.biased(
                section, mask, 0, stage == 1 ? here : 2 * here, within, 1));
        masks.add(NormalisedConvolution.biased(section, mask, 3, within, here, 1));
        if (stage < ExpertOptions.LAST) {
          String block = name + ".encoder_block_att." + (stage - 1);
          between.add(trunk.widening(section, block, stage));
        }
      }
    }

    /**
     * The size of the next stage; where a side is odd, each number is the largest of 3x3 places.
     */
    private static Tensor halved(Tensor x) {
      boolean odd = x.size(2) % 2 == 1 || x.size(3) % 2 == 1;
      return odd ? Functional.maxPool2d(x, 3, 2, 1) : Pooling.halved(x);
    }

    /** What the last mask leaves. */
    Tensor apply(List<Tensor> maps, boolean training) {
      Tensor attended = null;
      for (int stage = 0; stage < ExpertOptions.LAST; stage++) {
        Tensor first = maps.get(2 * stage);
        Tensor seen = first;
        if (attended != null) {
          boolean finer = attended.size(2) != first.size(2) || attended.size(3) != first.size(3);
          seen = Maps.beside(first, finer ? halved(attended) : attended);
        }
        Tensor mask =
            Functional.sigmoid(
                masks.get(stage).apply(looks.get(stage).rectified(seen, training), training));
        attended = Functional.mul(mask, maps.get(2 * stage + 1));
        if (stage < between.size()) {
          attended = between.get(stage).apply(attended, training);
        }
      }
      return attended;
    }
  }
}
