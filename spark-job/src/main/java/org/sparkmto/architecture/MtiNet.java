package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Block;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * MTI-Net (Vandenhende et al., "MTI-Net: Multi-Scale Task Interaction Networks for Multi-Task
 * Learning", ECCV 2020) on HRNet-18. At each of the encoder's four scales, from the coarsest on,
 * every task refines the encoder's map by two residual blocks and says from it what it can; its
 * refined map goes on to the next finer scale by a {@link FeaturePropagation}, where it lies beside
 * the encoder's map. Then each task takes of the others' refined maps, scale by scale, as in {@link
 * Distillation}, and brings its four maps together as {@link HrNet} does. A task of whole images
 * has linear layers on the means of the same maps.
 *
 * <p>Shared are the encoder, and the refinements and propagations of all tasks, as each task's loss
 * reaches all of them. A task's answers at the four scales, what it takes of the others and what
 * stands behind it are its head. z holds the refined maps of all tasks at all scales, of which the
 * coarser ones have a part in the finer ones: z is a heuristic.
 *
 * <p>The loss of a task in training is the sum of those of its four answers and of its outputs,
 * each with weight 1; evaluation sees the outputs alone.
 */
final class MtiNet implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "mti-net",
          "any tasks: high-resolution network, whose tasks read what the others found at four"
              + " scales; z is a heuristic",
          List.of(HrNet.WIDTH, HrNet.BLOCKS),
          options -> new MtiNet());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    HighResolutionEncoder trunk = HrNet.encoder(shape, options, book);
    List<PackedMaps.Size> scales = trunk.sizes();
    Interacting encoder =
        new Interacting(
            trunk,
            new Interaction(
                book.shared(),
                shape.heads().stream().map(NetworkShape.Head::name).toList(),
                scales),
            shape.tasks());
    List<List<MapAnswer>> answers = new ArrayList<>();
    TaskHead.Kind kind =
        (section, head, z) -> {
          int task = shape.heads().indexOf(head);
          String name = "heads." + head.name();
          List<MapAnswer> own = new ArrayList<>();
          List<Distillation> distillations = new ArrayList<>();
          for (int scale = 0; scale < scales.size(); scale++) {
            String at = name + ".scale_" + scale;
            long channels = scales.get(scale).channels();
            own.add(new MapAnswer(section, at, head, channels));
            distillations.add(
                new Distillation(section, at + ".distillation", task, shape, channels));
          }
          answers.add(own);
          long channels = scales.stream().mapToLong(PackedMaps.Size::channels).sum();
          TaskOutputs outputs = TaskOutputs.of(section, name, head, channels, shape);
          return (representation, training) ->
              outputs.apply(encoder.distilled(z.maps(representation), distillations), training);
        };
    Representation z = Representation.ofMaps(encoder);
    return new DeepSupervision(
        EncoderWithHeads.of(encoder, z, shape, book, kind, kind),
        (task, representation) ->
            IntStream.range(0, scales.size())
                .mapToObj(
                    scale ->
                        answers
                            .get(task)
                            .get(scale)
                            .apply(
                                encoder.ofScale(z.maps(representation), scale).get(task),
                                means -> means))
                .toList());
  }

  /** The end of a head: of the task's maps at all scales, the finest first. */
  @FunctionalInterface
  private interface TaskOutputs {
    Tensor apply(List<Tensor> maps, boolean training);

    static TaskOutputs of(
        ParameterBook.Section section,
        String name,
        NetworkShape.Head head,
        long channels,
        NetworkShape shape) {
      if (head.hasPixels()) {
        MapClassifier classifier = HrNet.classifier(section, head, channels);
        return (maps, training) -> classifier.apply(HrNet.beside(maps), training);
      }
      Linear linear = new Linear(section, name + ".last_layer", channels, head.outputs());
      return (maps, training) -> {
        Tensor means = Maps.beside(maps.stream().map(Representation::mean).toArray(Tensor[]::new));
        return linear.apply(shape.dropout().apply(head.name(), means, training));
      };
    }
  }

  /** What all tasks compute at the four scales, of the encoder's maps. */
  private static final class Interaction {
    /** By scale, and there by task. */
    private final List<List<List<ResidualBlock>>> refinements = new ArrayList<>();

    /** From scale 1 on: to the next finer one. */
    private final List<FeaturePropagation> propagations = new ArrayList<>();

    Interaction(ParameterBook.Section section, List<String> tasks, List<PackedMaps.Size> scales) {
      for (int scale = 0; scale < scales.size(); scale++) {
        boolean coarsest = scale == scales.size() - 1;
        long own = scales.get(scale).channels();
        long seen = own + (coarsest ? 0 : scales.get(scale + 1).channels());
        List<List<ResidualBlock>> ofTasks = new ArrayList<>();
        for (String task : tasks) {
          String name = "scale_" + scale + ".refinement." + task;
          ofTasks.add(
              List.of(
                  ResidualBlock.basic(section, name + ".0", seen, own, 1, 1, 1),
                  ResidualBlock.basic(section, name + ".1", own, own, 1, 1, 1)));
        }
        refinements.add(ofTasks);
        if (scale > 0) {
          propagations.add(new FeaturePropagation(section, "fpm_scale_" + scale, tasks, own));
        }
      }
    }

    /** The refined maps, scale after scale, the finest first, and there task after task. */
    List<Tensor> apply(List<Tensor> maps, boolean training) {
      List<Tensor> all = new ArrayList<>();
      List<Tensor> passed = List.of();
      for (int scale = maps.size() - 1; scale >= 0; scale--) {
        List<Tensor> refined = new ArrayList<>();
        for (int task = 0; task < refinements.get(scale).size(); task++) {
          Tensor x = maps.get(scale);
          if (!passed.isEmpty()) {
            x = Maps.beside(x, Maps.sizedLike(passed.get(task), x));
          }
          for (ResidualBlock block : refinements.get(scale).get(task)) {
            x = block.apply(x, training);
          }
          refined.add(x);
        }
        all.addAll(0, refined);
        passed = scale == 0 ? List.of() : propagations.get(scale - 1).apply(refined, training);
      }
      return all;
    }
  }

  /** The encoder, and behind it what the tasks refine. */
  private record Interacting(Encoder trunk, Interaction interaction, int tasks) implements Encoder {
    @Override
    public List<PackedMaps.Size> sizes() {
      return trunk.sizes().stream()
          .flatMap(size -> IntStream.range(0, tasks).mapToObj(task -> size))
          .toList();
    }

    /** The finest maps: every shared parameter has a part in them. */
    @Override
    public List<Integer> ends() {
      return IntStream.range(0, tasks).boxed().toList();
    }

    @Override
    public List<Block> blocks() {
      List<Block> blocks = new ArrayList<>(trunk.blocks());
      blocks.add(interaction::apply);
      return blocks;
    }

    List<Tensor> ofScale(List<Tensor> maps, int scale) {
      return maps.subList(scale * tasks, (scale + 1) * tasks);
    }

    List<Tensor> distilled(List<Tensor> maps, List<Distillation> ofTask) {
      return IntStream.range(0, ofTask.size())
          .mapToObj(scale -> ofTask.get(scale).apply(ofScale(maps, scale)))
          .toList();
    }
  }
}
