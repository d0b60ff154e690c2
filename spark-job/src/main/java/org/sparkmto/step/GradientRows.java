package org.sparkmto.step;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.Underway;
import org.sparkmto.method.Slices;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Replica;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.network.SharedGradients;
import org.sparkmto.network.SharedPart;
import org.sparkmto.network.TaskRows;
import org.sparkmto.timing.StepPhase;

/**
 * Gradients of the shared parameters, exact: one row per task, or several blocks of them, of which
 * each rank holds its slice. Grams of ranks would not add up; Grams of slices do.
 */
final class GradientRows implements LookRows {
  private final Replica replica;
  private final RankGroup group;
  private final SharedPart part;
  private final Slices slices;
  private final int tasks;
  private final int blocks;
  private final FlatVector whole;
  private final FlatVector rows;
  private final FlatVector combined;
  private Underway underway = Underway.NOTHING;
  private Optional<Runnable> then = Optional.empty();

  /** Rows of all shared parameters, in each block one for every task. */
  GradientRows(Replica replica, RankGroup group, int blocks) {
    this(replica, group, blocks, replica.layout().heads().size(), SharedPart.ALL);
  }

  /**
   * Rows of some of the shared parameters.
   *
   * @param tasks rows of each block
   */
  GradientRows(Replica replica, RankGroup group, int blocks, int tasks, SharedPart part) {
    this.replica = replica;
    this.group = group;
    this.part = part;
    this.slices = new Slices(part.elements(replica.layout()), group.size());
    this.tasks = tasks;
    this.blocks = blocks;
    this.whole = replica.gradient().zerosBeside(slices.elements());
    this.rows = replica.gradient().zerosBeside((long) blocks * tasks * length());
    this.combined = replica.gradient().zerosBeside(length());
  }

  /** Elements of this rank's slice. */
  long length() {
    return slices.length(group.rank());
  }

  /** Index of the slice's first element among the shared parameters. */
  long start() {
    return slices.start(group.rank());
  }

  Slices slices() {
    return slices;
  }

  int tasks() {
    return tasks;
  }

  /** All rows, one after the other. */
  FlatVector vector() {
    return rows;
  }

  /** The rows of all blocks as a matrix, in the caller's scope. */
  Tensor matrix() {
    return rows.tensor().view((long) blocks * tasks, length());
  }

  /** The rows of one block as a matrix, in the caller's scope. */
  Tensor block(int block) {
    return matrix().narrow(0, (long) block * tasks, tasks);
  }

  /**
   * Fills a block with the gradients of the mean losses: K backward passes. Rows of tasks without a
   * label become zero.
   *
   * @param gradients at the representation
   * @param labelled label counts of all ranks
   */
  void fill(int block, RepresentationGradients gradients, double[] labelled) {
    try (PointerScope scope = new PointerScope()) {
      gradients.ofTasks(filling(block, labelled));
      settle();
    }
  }

  @Override
  public void look(int block, RepresentationGradients gradients, double[] labelled) {
    try (PointerScope scope = new PointerScope()) {
      gradients.look(filling(block, labelled));
      settle();
    }
  }

  /** The same of what one sample of this rank has, or of a sample of another rank if negative. */
  void look(int block, RepresentationGradients gradients, int sample, double[] labelled) {
    try (PointerScope scope = new PointerScope()) {
      gradients.look(sample, filling(block, labelled));
      settle();
    }
  }

  /** What puts gradients into a block; in the caller's scope. */
  SharedGradients filling(int block, double[] labelled) {
    Tensor matrix = block(block);
    for (int task = 0; task < tasks; task++) {
      if (labelled[task] == 0) {
        matrix.select(0, task).zero_();
      }
    }
    return new Filling(matrix, labelled, false);
  }

  /**
   * Puts what a backward pass finds into the rows: alone where it is to be, otherwise the ranks'
   * slices of it. What further pieces of a batch give is added.
   */
  private final class Filling implements SharedGradients {
    private final Tensor matrix;
    private final double[] labelled;
    private final boolean adds;

    Filling(Tensor matrix, double[] labelled, boolean adds) {
      this.matrix = matrix;
      this.labelled = labelled;
      this.adds = adds;
    }

    @Override
    public SharedGradients further() {
      return new Filling(matrix, labelled, true);
    }

    @Override
    public boolean wants(int task) {
      return labelled[task] != 0;
    }

    @Override
    public SharedPart part() {
      return part;
    }

    @Override
    public Tensor vector(int task) {
      if (group.size() == 1 && !adds) {
        return matrix.select(0, task);
      }
      // What was found last is sent from there, and has travelled while this was computed.
      settle();
      return whole.tensor();
    }

    @Override
    public void found(int task, long from, long to) {
      Slices piece = slices.piece(from, to);
      long mine = piece.length(group.rank());
      long at = mine == 0 ? 0 : from + piece.start(group.rank()) - start();
      double share = 1 / labelled[task];
      Tensor all = whole.tensor().narrow(0, from, to - from);
      if (group.size() == 1) {
        put(task, at, mine, adds ? all : own(task, at, mine), share);
      } else {
        // Nothing is combined before all rows are filled.
        Tensor sum = adds ? combined.tensor().narrow(0, at, mine) : own(task, at, mine);
        begin(
            group.beginSlices(all, sum, piece),
            () ->
                put(
                    task,
                    at,
                    mine,
                    adds ? combined.tensor().narrow(0, at, mine) : own(task, at, mine),
                    share));
      }
    }

    private Tensor own(int task, long at, long mine) {
      return matrix.select(0, task).narrow(0, at, mine);
    }

    private void put(int task, long at, long mine, Tensor found, double share) {
      if (adds) {
        own(task, at, mine).add_(found, new Scalar(share));
      } else {
        found.mul_(new Scalar(share));
      }
    }
  }

  /** Lets a gradient travel while the next one is computed, and one at a time. */
  private void begin(Underway travelling, Runnable arrived) {
    underway = travelling;
    then = Optional.of(arrived);
  }

  /** Waits for what travels. */
  void settle() {
    try (PointerScope scope = new PointerScope()) {
      underway.end();
      then.ifPresent(Runnable::run);
    } finally {
      underway = Underway.NOTHING;
      then = Optional.empty();
    }
  }

  @Override
  public Size size() {
    long travelling = group.size() == 1 ? 0 : whole.length();
    return new Size(rows.length() + combined.length() + travelling, rows.length() / 2);
  }

  /** The Gram matrix of all rows of all ranks' slices. */
  @Override
  public SymmetricMatrix gram() {
    return replica.clock().during(StepPhase.GRAM, this::products);
  }

  private SymmetricMatrix products() {
    try (PointerScope scope = new PointerScope()) {
      double[] gram = TaskRows.gram(matrix());
      group.sum(gram);
      return SymmetricMatrix.of(blocks * tasks, gram);
    }
  }

  /** The Gram matrices of the first block by group of parameters. */
  List<SymmetricMatrix> gram(List<List<ParameterGroups.Range>> groups) {
    return replica.clock().during(StepPhase.GRAM, () -> products(groups));
  }

  private List<SymmetricMatrix> products(List<List<ParameterGroups.Range>> groups) {
    int size = tasks * tasks;
    double[] all = new double[groups.size() * size];
    try (PointerScope scope = new PointerScope()) {
      Tensor block = block(0);
      for (int g = 0; g < groups.size(); g++) {
        for (ParameterGroups.Range range : groups.get(g)) {
          ParameterGroups.Range own = range.within(start(), start() + length());
          if (own.length() > 0) {
            double[] part = TaskRows.gram(block.narrow(1, own.from() - start(), own.length()));
            for (int i = 0; i < size; i++) {
              all[g * size + i] += part[i];
            }
          }
        }
      }
    }
    group.sum(all);
    List<SymmetricMatrix> grams = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      grams.add(SymmetricMatrix.of(tasks, Arrays.copyOfRange(all, g * size, (g + 1) * size)));
    }
    return grams;
  }

  /** Leaves the weighted sum of the given first rows in the shared part of the gradient. */
  void combine(Vector weights) {
    replica.clock().spend(StepPhase.GRAM, () -> weigh(weights));
  }

  private void weigh(Vector weights) {
    try (PointerScope scope = new PointerScope()) {
      Tensor some = matrix().narrow(0, 0, weights.size());
      combined.tensor().copy_(TaskRows.combined(some, weights.toArray()));
      gather();
    }
  }

  /** Leaves the sum weighted group by group in the shared part of the gradient. */
  void combine(Vector weights, List<List<ParameterGroups.Range>> groups) {
    replica.clock().spend(StepPhase.GRAM, () -> weigh(weights, groups));
  }

  private void weigh(Vector weights, List<List<ParameterGroups.Range>> groups) {
    try (PointerScope scope = new PointerScope()) {
      Tensor block = block(0);
      for (int g = 0; g < groups.size(); g++) {
        double[] own = Arrays.copyOfRange(weights.toArray(), g * tasks, (g + 1) * tasks);
        for (ParameterGroups.Range range : groups.get(g)) {
          ParameterGroups.Range part = range.within(start(), start() + length());
          if (part.length() > 0) {
            long at = part.from() - start();
            combined
                .tensor()
                .narrow(0, at, part.length())
                .copy_(TaskRows.combined(block.narrow(1, at, part.length()), own));
          }
        }
      }
      gather();
    }
  }

  /** Writes what each task has in the weighted sum of all rows, block after block. */
  void weighBlocks(Tensor weighted, Vector weights) {
    weighted.zero_();
    for (int row = 0; row < weights.size(); row++) {
      weighted.select(0, row % tasks).add_(matrix().select(0, row), new Scalar(weights.at(row)));
    }
  }

  /** This rank's slice of a combination that the caller makes; {@link #gather} sends it round. */
  FlatVector combined() {
    return combined;
  }

  /** Puts the slices of all ranks into the shared part of the replica's gradient. */
  void gather() {
    try (PointerScope scope = new PointerScope()) {
      Tensor gradient = replica.gradient().tensor().narrow(0, 0, slices.elements());
      group.gatherGradient(combined.tensor(), gradient, slices);
    }
  }

  @Override
  public void close() {
    whole.close();
    rows.close();
    combined.close();
  }
}
