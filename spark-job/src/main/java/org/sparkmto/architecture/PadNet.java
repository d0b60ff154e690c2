package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Block;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * PAD-Net (Xu et al., "PAD-Net: Multi-Tasks Guided Prediction-and-Distillation Network", CVPR 2018)
 * on HRNet-18, as the program of MTI-Net (Vandenhende et al., ECCV 2020) has it: every task refines
 * the encoder's four maps, side by side at the finest one's size, by two bottlenecks, and says from
 * its refined map what it can; then each task adds to its own what every other task's refined map
 * tells it, {@code F_t + sum_s sigmoid(A_ts F_s) (B_ts F_s)} with 3x3 convolutions A, which start
 * at zero, and B; two more bottlenecks and a 1x1 convolution give its outputs. A task of whole
 * images has linear layers on the means of the same maps.
 *
 * <p>Heads read each other's refined maps, so that every task's loss reaches the refinement of all:
 * shared parameters are the encoder's and those of all refinements, and z holds the refined maps of
 * all tasks. A task's first answer, what it takes of the others and what stands behind it are its
 * head. All that is shared lies before z, which every head reads as a whole: z is exact. It is
 * large, at the usual width with 256 numbers for every 4x4 pixels and task.
 *
 * <p>The loss of a task in training is the sum of those of its first answer and of its outputs,
 * each with weight 1; evaluation sees the outputs alone.
 */
final class PadNet implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "pad-net",
          "any tasks: high-resolution network, whose tasks read what the others found",
          List.of(
              HrNet.WIDTH,
              HrNet.BLOCKS,
              Option.of(
                  "features",
                  Option.count(1),
                  64,
                  "channels within a task's blocks, whose maps have four times as many")),
          options -> new PadNet());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    long features = ResidualBlock.EXPANSION * options.whole("features");
    HighResolutionEncoder trunk = HrNet.encoder(shape, options, book);
    long seen = trunk.sizes().stream().mapToLong(PackedMaps.Size::channels).sum();
    List<List<ResidualBlock>> refinements = new ArrayList<>();
    for (NetworkShape.Head task : shape.heads()) {
      refinements.add(bottlenecks(book.shared(), "refinement." + task.name(), seen, features));
    }
    Encoder encoder = new Refined(trunk, refinements, features);
    List<MapAnswer> first = new ArrayList<>();
    TaskHead.Kind kind =
        (section, head, z) -> {
          int task = shape.heads().indexOf(head);
          String name = "heads." + head.name();
          first.add(new MapAnswer(section, name + ".initial", head, features));
          Distillation distillation =
              new Distillation(section, name + ".distillation", task, shape, features);
          List<ResidualBlock> last = bottlenecks(section, name, features, features);
          MapAnswer answer = new MapAnswer(section, name, head, features);
          return (representation, training) ->
              answer.apply(
                  run(last, distillation.apply(z.maps(representation)), training),
                  map -> shape.dropout().apply(head.name(), map, training));
        };
    Representation z = Representation.ofMaps(encoder);
    return new DeepSupervision(
        EncoderWithHeads.of(encoder, z, shape, book, kind, kind),
        (task, representation) ->
            List.of(first.get(task).apply(z.maps(representation).get(task), means -> means)));
  }

  private static List<ResidualBlock> bottlenecks(
      ParameterBook.Section section, String name, long in, long features) {
    long mid = features / ResidualBlock.EXPANSION;
    return List.of(
        ResidualBlock.bottleneck(section, name + ".0", in, mid, 1, 1),
        ResidualBlock.bottleneck(section, name + ".1", features, mid, 1, 1));
  }

  private static Tensor run(List<ResidualBlock> blocks, Tensor map, boolean training) {
    Tensor x = map;
    for (ResidualBlock block : blocks) {
      x = block.apply(x, training);
    }
    return x;
  }

  /** The encoder, and behind it every task's refinement. */
  private record Refined(Encoder trunk, List<List<ResidualBlock>> refinements, long features)
      implements Encoder {
    @Override
    public List<PackedMaps.Size> sizes() {
      PackedMaps.Size finest = trunk.sizes().get(0);
      PackedMaps.Size refined = new PackedMaps.Size(features, finest.height(), finest.width());
      return refinements.stream().map(task -> refined).toList();
    }

    @Override
    public List<Block> blocks() {
      List<Block> blocks = new ArrayList<>(trunk.blocks());
      blocks.add(
          (maps, training) -> {
            Tensor all = HrNet.beside(maps);
            return refinements.stream().map(task -> run(task, all, training)).toList();
          });
      return blocks;
    }
  }
}
