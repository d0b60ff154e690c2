package org.sparkmto.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Block;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Options;

/**
 * Progressive layered extraction (PLE: Tang et al., RecSys 2020, section 4.2) with the stages of
 * residual networks as its levels: at each, experts that tasks share and experts of every task;
 * behind it a {@link Gate} of every task mixes the shared experts and its own, and one of the
 * shared experts mixes all of them, for the experts of the next level. A gate looks at the map that
 * its experts were given, as in LibMTL. There, the shared experts run on what each task's gate has
 * left, task by task; here they run once, on what their own gate has left, as in the paper.
 *
 * <p>Through the gate of the shared experts every task's loss reaches all that stands before the
 * last level, experts and gates of other tasks too: these are the shared parameters, together with
 * the shared experts of the last level. z holds what each task's gate in front of the last level
 * gives, and what the last level's shared experts give. A task's own experts of the last level, its
 * last gate and what stands behind it are its head. All that is shared lies before z, but of its
 * task's map alone a head sees what others do not, so that gradients at z meet in the shared
 * experts' maps only: methods that compare gradients at z are a heuristic.
 */
final class ProgressiveExtraction implements Architecture {
  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          "ple",
          "any tasks: experts, shared and of each task, mixed behind every stage; z is a heuristic",
          Stream.concat(ExpertOptions.ALL.stream(), Stream.of(ExpertOptions.OWN)).toList(),
          options -> new ProgressiveExtraction());

  @Override
  public List<String> backbones(NetworkShape shape, Options options) {
    return List.of();
  }

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    ExpertOptions given = new ExpertOptions(shape, options);
    int shared = options.count(ExpertOptions.SHARED);
    List<Level> levels = new ArrayList<>();
    PackedMaps.Size size = given.image();
    for (int stage = 0; stage < ExpertOptions.LAST; stage++) {
      levels.add(new Level(book.shared(), given, stage, shape, shared, size));
      size = levels.get(stage).size();
    }
    List<ResidualEncoder> last =
        experts(book.shared(), given, "encoder.shared", ExpertOptions.LAST, shared);
    Encoder encoder = new Extraction(levels, last, shape.tasks(), size);
    PackedMaps.Size before = size;
    TaskHead.Kind kind =
        (section, head, z) -> {
          int task = shape.heads().indexOf(head);
          String name = "heads." + head.name();
          List<ResidualEncoder> own =
              experts(section, given, name + ".experts", ExpertOptions.LAST, given.own());
          Gate gate = new Gate(section, name + ".gate", before, shared + given.own());
          MapHead end = given.head(section, head);
          return (representation, training) -> {
            List<Tensor> maps = z.maps(representation);
            Tensor mine = maps.get(task);
            List<Tensor> found = new ArrayList<>(maps.subList(shape.tasks(), maps.size()));
            found.addAll(run(own, mine, training));
            return end.apply(gate.mix(mine, found), training);
          };
        };
    EncoderWithHeads exact =
        EncoderWithHeads.of(encoder, Representation.ofMaps(encoder), shape, book, kind, kind);
    return new WithHeuristic(exact);
  }

  private static List<ResidualEncoder> experts(
      ParameterBook.Section section, ExpertOptions given, String name, int stage, int count) {
    List<ResidualEncoder> experts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      experts.add(given.stages(section, name + "." + i, stage, stage));
    }
    return experts;
  }

  private static List<Tensor> run(List<ResidualEncoder> experts, Tensor x, boolean training) {
    List<Tensor> maps = new ArrayList<>();
    for (ResidualEncoder expert : experts) {
      maps.add(expert.apply(x, training));
    }
    return maps;
  }

  /** One stage of all experts, and the gates behind it. */
  private static final class Level {
    private final List<List<ResidualEncoder>> ofTasks = new ArrayList<>();
    private final List<ResidualEncoder> shared;
    private final List<Gate> gates = new ArrayList<>();
    private final PackedMaps.Size size;

    Level(
        ParameterBook.Section section,
        ExpertOptions given,
        int stage,
        NetworkShape shape,
        int count,
        PackedMaps.Size seen) {
      shared = experts(section, given, "encoder.shared", stage, count);
      String gate = "encoder.gates." + stage + ".";
      for (NetworkShape.Head task : shape.heads()) {
        String name = "encoder.tasks." + task.name();
        ofTasks.add(experts(section, given, name, stage, given.own()));
        gates.add(new Gate(section, gate + "tasks." + task.name(), seen, count + given.own()));
      }
      int all = count + shape.tasks() * given.own();
      gates.add(new Gate(section, gate + "shared", seen, all));
      size = shared.get(0).size(stage);
    }

    /** Of the maps that it gives. */
    PackedMaps.Size size() {
      return size;
    }

    /**
     * The next maps of all tasks, and behind them that of the shared experts.
     *
     * @param given the same of the level before, or the image alone
     */
    List<Tensor> apply(List<Tensor> given, boolean training) {
      int tasks = ofTasks.size();
      Tensor common = given.get(given.size() - 1);
      List<Tensor> found = run(shared, common, training);
      List<Tensor> all = new ArrayList<>(found);
      List<Tensor> next = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        Tensor mine = given.get(given.size() == 1 ? 0 : task);
        List<Tensor> own = run(ofTasks.get(task), mine, training);
        all.addAll(own);
        List<Tensor> both = new ArrayList<>(found);
        both.addAll(own);
        next.add(gates.get(task).mix(mine, both));
      }
      next.add(gates.get(tasks).mix(common, all));
      return next;
    }
  }

  /** All levels but what tasks have for themselves of the last one. */
  private record Extraction(
      List<Level> levels, List<ResidualEncoder> last, int tasks, PackedMaps.Size before)
      implements Encoder {
    @Override
    public List<PackedMaps.Size> sizes() {
      List<PackedMaps.Size> sizes = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        sizes.add(before);
      }
      last.forEach(expert -> sizes.add(expert.size(ExpertOptions.LAST)));
      return sizes;
    }

    @Override
    public List<Block> blocks() {
      List<Block> blocks = new ArrayList<>();
      for (Level level : levels) {
        blocks.add(level::apply);
      }
      blocks.add(
          (given, training) -> {
            List<Tensor> all = new ArrayList<>(given);
            all.addAll(run(last, all.remove(tasks), training));
            return all;
          });
      return blocks;
    }
  }

  /** A network of which z is a heuristic. */
  private record WithHeuristic(EncoderWithHeads network) implements Network {
    @Override
    public Tensor encode(List<Tensor> inputs, boolean training) {
      return network.encode(inputs, training);
    }

    @Override
    public List<Block> blocks() {
      return network.blocks();
    }

    @Override
    public Tensor decode(int task, Tensor representation, boolean training) {
      return network.decode(task, representation, training);
    }

    @Override
    public boolean heuristicRepresentation() {
      return true;
    }
  }
}
