package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Block;
import org.sparkmto.network.Functional;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * Several residual networks as experts, which a {@link Gate} of every task mixes by what it sees of
 * the image (MMoE: Ma et al., "Modeling Task Relationships in Multi-task Learning with Multi-gate
 * Mixture-of-Experts", KDD 2018, eq. 6-7, on images as LibMTL has it). With experts of its own for
 * every task beside the shared ones it is customised gate control (CGC: Tang et al., "Progressive
 * Layered Extraction", RecSys 2020, section 4.1).
 *
 * <p>Shared parameters are those of the shared experts; gates, a task's own experts and what stands
 * behind them are its head. z holds what the shared experts give, their means where all tasks are
 * of whole images, and the image, which gates and a task's own experts read. By the image nothing
 * is differentiated there, so that gradients at z are those of the shared experts' maps alone; all
 * that is shared lies before them, and z is exact.
 */
final class MixtureOfExperts implements Architecture {
  static final Entry<Architecture> MMOE =
      new Entry<>(
          Architecture.KIND,
          "mmoe",
          "any tasks: residual networks as experts, mixed for each task",
          options(),
          options -> new MixtureOfExperts(false));

  static final Entry<Architecture> CGC =
      new Entry<>(
          Architecture.KIND,
          "cgc",
          "any tasks: residual networks as experts, shared and of each task, mixed for each task",
          options(ExpertOptions.OWN),
          options -> new MixtureOfExperts(true));

  private final boolean own;

  private MixtureOfExperts(boolean own) {
    this.own = own;
  }

  private static List<Option> options(Option... more) {
    return Stream.concat(ExpertOptions.ALL.stream(), Stream.of(more)).toList();
  }

  @Override
  public List<String> backbones(NetworkShape shape, Options options) {
    return IntStream.range(0, options.count(ExpertOptions.SHARED))
        .mapToObj(expert -> "encoder." + expert + ".")
        .toList();
  }

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    ExpertOptions given = new ExpertOptions(shape, options);
    List<ResidualEncoder> experts = new ArrayList<>();
    for (int i = 0; i < options.count(ExpertOptions.SHARED); i++) {
      experts.add(given.stages(book.shared(), "encoder." + i, 0, ExpertOptions.LAST));
    }
    Encoder encoder = new ImageAndMaps(given.image(), experts, shape.hasPixels());
    TaskHead.Kind kind = (section, head, z) -> head(section, head, z, given, shape.hasPixels());
    return EncoderWithHeads.of(encoder, Representation.ofMaps(encoder), shape, book, kind, kind);
  }

  private TaskHead head(
      ParameterBook.Section section,
      NetworkShape.Head shape,
      Representation z,
      ExpertOptions given,
      boolean holdsMaps) {
    String name = "heads." + shape.name();
    List<ResidualEncoder> mine = new ArrayList<>();
    for (int i = 0; own && i < given.own(); i++) {
      mine.add(given.stages(section, name + ".experts." + i, 0, ExpertOptions.LAST));
    }
    Gate gate =
        new Gate(section, name + ".gate", given.image(), z.sizes().size() - 1 + mine.size());
    MapHead last = given.head(section, shape);
    return (representation, training) -> {
      List<Tensor> maps = new ArrayList<>(z.maps(representation));
      Tensor image = Functional.detach(maps.remove(0));
      for (ResidualEncoder expert : mine) {
        Tensor map = expert.apply(image, training);
        maps.add(holdsMaps ? map : Functional.adaptiveAvgPool2d(map, 1, 1));
      }
      return last.apply(gate.mix(image, maps), training);
    };
  }

  /** The image itself, and what each expert makes of it. */
  private record ImageAndMaps(PackedMaps.Size image, List<ResidualEncoder> experts, boolean maps)
      implements Encoder {
    @Override
    public List<PackedMaps.Size> sizes() {
      List<PackedMaps.Size> sizes = new ArrayList<>(List.of(image));
      for (ResidualEncoder expert : experts) {
        PackedMaps.Size map = expert.size(ExpertOptions.LAST);
        sizes.add(maps ? map : new PackedMaps.Size(map.channels(), 1, 1));
      }
      return sizes;
    }

    @Override
    public List<Block> blocks() {
      List<Block> blocks = new ArrayList<>();
      for (ResidualEncoder expert : experts) {
        blocks.add(
            (given, training) -> {
              List<Tensor> all = new ArrayList<>(given);
              Tensor map = expert.apply(given.get(0), training);
              all.add(maps ? map : Functional.adaptiveAvgPool2d(map, 1, 1));
              return all;
            });
      }
      return blocks;
    }
  }
}
