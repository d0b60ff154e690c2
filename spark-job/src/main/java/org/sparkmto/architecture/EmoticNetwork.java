package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Column;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.BatchNormalisation;
import org.sparkmto.network.Block;
import org.sparkmto.network.Functional;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * The network for EMOTIC (Kosti et al., CVPR 2017) on residual networks, as Hervella et al.,
 * "Multi-Adaptive Optimization for multi-task learning with deep neural networks", have it: one
 * encoder for the whole image and one for the person, each averaged over its map, then one linear
 * layer with batch normalisation and ReLU on both, which gives z; every task has one linear layer.
 * The encoders share nothing; their names are {@code encoder.} and that of the input column, then
 * torchvision's.
 *
 * <p>At depth 18 and width 64 there are 22,615,936 shared parameters for two RGB images and 256
 * features: two encoders of 11,176,512, and 262,912 of the layer on top. The dropout that the
 * original program has behind that layer is network.dropout here, before the heads and drawn for
 * each.
 */
final class EmoticNetwork implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "emotic",
          "tasks of whole images: one residual network for the scene and one for the person",
          List.of(
              Option.of(
                  "depth", Option.oneOf(18, 34, 50, 101), 18, "layers of the residual network"),
              Option.of("width", Option.count(1), 64, "channels of the first layer"),
              Option.of("features", Option.count(1), 256, "length of the representation")),
          options -> new EmoticNetwork());

  private static final int INPUTS = 2;

  @Override
  public List<String> backbones(List<Column> inputs) {
    return inputs.stream().map(input -> "encoder." + input.name() + ".").toList();
  }

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    List<Column> inputs = shape.inputs();
    if (inputs.size() != INPUTS || inputs.stream().anyMatch(one -> one.shape().size() != 3)) {
      throw new IllegalArgumentException(
          "this network takes two images of channel, height and width, the scene and the person,"
              + " not "
              + inputs);
    }
    long depth = options.whole("depth");
    long width = options.whole("width");
    long features = options.whole("features");
    List<ResidualEncoder> encoders = new ArrayList<>();
    long pooled = 0;
    for (Column input : inputs) {
      ResidualEncoder encoder =
          new ResidualEncoder(
              book.shared(), "encoder." + input.name(), input.shape(), depth, width, 32);
      pooled += encoder.channels();
      encoders.add(encoder);
    }
    Linear fusion = new Linear(book.shared(), "neck.fc1", pooled, features);
    BatchNormalisation norm = new BatchNormalisation(book.shared(), "neck.bn1", features);
    List<Linear> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      NetworkShape.Head head = shape.wholeSamples().get(task);
      heads.add(new Linear(book.head(task), "heads." + head.name(), features, head.outputs()));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> images, boolean training) {
        return Block.all(blocks(), images, training).get(0);
      }

      @Override
      public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < INPUTS; i++) {
          int place = i;
          for (Block block : encoders.get(i).blocks(Set.of())) {
            blocks.add(Block.at(place, (x, training) -> block.apply(List.of(x), training).get(0)));
          }
          blocks.add(Block.at(place, (x, training) -> Representation.mean(x)));
        }
        blocks.add(
            (means, training) ->
                List.of(
                    Functional.reluInPlace(
                        norm.apply(
                            fusion.apply(Maps.beside(means.toArray(Tensor[]::new))), training))));
        return blocks;
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        return heads
            .get(task)
            .apply(shape.dropout().apply(shape.heads().get(task).name(), representation, training));
      }
    };
  }
}
