package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Block;
import org.sparkmto.network.Functional;
import org.sparkmto.network.Initialisation;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.Parameter;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * Cross-stitch networks (Misra et al., CVPR 2016, section 3): a residual network for every task,
 * and behind each of its first three stages a unit that gives every network a learned mixture of
 * all tasks' maps, {@code x_t = sum_j a_tj y_j}. A number weighs a whole map, as in LibMTL; the
 * paper learns one for each channel. Units start at the paper's 0.9 for a task's own map and share
 * 0.1 among the others.
 *
 * <p>Through the units every task's loss reaches every network, so shared parameters are all that
 * stand before the last unit. z holds the third stages' maps of all networks. A task's head is its
 * row of the last unit, the fourth stage of its network and what stands behind it: all that is
 * shared lies before z, and z is exact.
 */
final class CrossStitch implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "cross-stitch",
          "any tasks: a residual network for each task, whose maps are mixed between stages",
          Stream.concat(
                  Stream.of(
                      Option.of(
                          "own-share",
                          Option.within(0, 1),
                          0.9,
                          "what a task's network starts to take of its own map; the others' maps"
                              + " share the rest")),
                  ExpertOptions.NETWORKS.stream())
              .toList(),
          options -> new CrossStitch());

  /** The last stage in front of z. */
  private static final int MIXED = ExpertOptions.LAST - 1;

  @Override
  public List<String> backbones(NetworkShape shape, Options options) {
    return shape.heads().stream().map(head -> "encoder." + head.name() + ".").toList();
  }

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    ExpertOptions given = new ExpertOptions(shape, options);
    double own = options.number("own-share");
    List<List<ResidualEncoder>> stages = new ArrayList<>();
    List<Unit> units = new ArrayList<>();
    for (int stage = 1; stage <= MIXED; stage++) {
      List<ResidualEncoder> ofTasks = new ArrayList<>();
      for (NetworkShape.Head task : shape.heads()) {
        String name = "encoder." + task.name();
        ofTasks.add(given.stages(book.shared(), name, stage == 1 ? 0 : stage, stage));
      }
      stages.add(ofTasks);
      if (stage < MIXED) {
        units.add(new Unit(book.shared(), "encoder_units." + stage, shape.tasks(), own));
      }
    }
    Encoder encoder = new Networks(stages, units);
    TaskHead.Kind kind =
        (section, head, z) -> {
          int task = shape.heads().indexOf(head);
          String name = "heads." + head.name();
          Row row = new Row(section, name + ".unit", task, shape.tasks(), own);
          ResidualEncoder last =
              given.stages(section, name, ExpertOptions.LAST, ExpertOptions.LAST);
          MapHead end = given.head(section, head);
          return (representation, training) ->
              end.apply(last.apply(row.mix(z.maps(representation)), training), training);
        };
    return EncoderWithHeads.of(encoder, Representation.ofMaps(encoder), shape, book, kind, kind);
  }

  /** What one task takes of all maps. */
  private static final class Row {
    private final List<Parameter> shares = new ArrayList<>();

    Row(ParameterBook.Section section, String name, int task, int tasks, double own) {
      for (int other = 0; other < tasks; other++) {
        double share = other == task ? (tasks == 1 ? 1 : own) : (1 - own) / (tasks - 1);
        shares.add(
            section.parameter(
                name + "." + other + ".weight", new Initialisation.Constant(share), 1));
      }
    }

    Tensor mix(List<Tensor> maps) {
      Tensor sum = Functional.scaled(maps.get(0), shares.get(0));
      for (int i = 1; i < maps.size(); i++) {
        sum = Functional.addInPlace(sum, Functional.scaled(maps.get(i), shares.get(i)));
      }
      return sum;
    }
  }

  /** What all tasks take of all maps. */
  private static final class Unit {
    private final List<Row> rows = new ArrayList<>();

    Unit(ParameterBook.Section section, String name, int tasks, double own) {
      for (int task = 0; task < tasks; task++) {
        rows.add(new Row(section, name + "." + task, task, tasks, own));
      }
    }

    List<Tensor> mix(List<Tensor> maps) {
      return rows.stream().map(row -> row.mix(maps)).toList();
    }
  }

  /** The networks up to their third stages. */
  private record Networks(List<List<ResidualEncoder>> stages, List<Unit> units) implements Encoder {
    @Override
    public List<PackedMaps.Size> sizes() {
      return stages.get(MIXED - 1).stream().map(network -> network.size(MIXED)).toList();
    }

    @Override
    public List<Block> blocks() {
      List<Block> blocks = new ArrayList<>();
      for (int stage = 0; stage < MIXED; stage++) {
        int here = stage;
        blocks.add(
            (given, training) -> {
              List<ResidualEncoder> networks = stages.get(here);
              List<Tensor> seen = here == 0 ? given : units.get(here - 1).mix(given);
              List<Tensor> maps = new ArrayList<>();
              for (int task = 0; task < networks.size(); task++) {
                maps.add(networks.get(task).apply(seen.get(here == 0 ? 0 : task), training));
              }
              return maps;
            });
      }
      return blocks;
    }
  }
}
