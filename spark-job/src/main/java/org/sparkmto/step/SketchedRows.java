package org.sparkmto.step;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.GradientSketch;
import org.sparkmto.network.Replica;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.network.SharedGradients;
import org.sparkmto.network.SharedPart;
import org.sparkmto.network.TaskRows;
import org.sparkmto.random.Draws;
import org.sparkmto.timing.StepPhase;

/**
 * Sketches of gradients instead of the gradients themselves: what is kept and moved does not grow
 * with the network. Sketches of ranks add up.
 */
final class SketchedRows implements LookRows {
  private final Replica replica;
  private final RankGroup group;
  private final SharedPart part;
  private final int tasks;
  private final int blocks;
  private final int length;
  private final FlatVector whole;
  private final GradientSketch sketch;
  private final FlatVector rows;

  /**
   * Rows of zeros.
   *
   * @param tasks rows of each block
   * @param length numbers of a sketch
   */
  SketchedRows(
      Replica replica, RankGroup group, int blocks, int tasks, SharedPart part, int length) {
    this.replica = replica;
    this.group = group;
    this.part = part;
    this.tasks = tasks;
    this.blocks = blocks;
    this.length = length;
    long elements = part.elements(replica.layout());
    this.whole = replica.gradient().zerosBeside(elements);
    this.sketch = new GradientSketch(whole, elements, length);
    this.rows = sketch.zeros(blocks * tasks);
  }

  /** Draws another sketch, the same for all blocks. */
  @Override
  public void begin(Draws ofLook) {
    sketch.draw(ofLook);
    rows.clear();
  }

  @Override
  public void look(int block, RepresentationGradients gradients, double[] labelled) {
    try (PointerScope scope = new PointerScope()) {
      gradients.look(new Sketching(matrix().narrow(0, (long) block * tasks, tasks), labelled));
    }
  }

  private Tensor matrix() {
    return rows.tensor().view((long) blocks * tasks, length);
  }

  /** Adds what a backward pass finds to the sketch of its task. */
  private final class Sketching implements SharedGradients {
    private final Tensor sketches;
    private final double[] labelled;

    Sketching(Tensor sketches, double[] labelled) {
      this.sketches = sketches;
      this.labelled = labelled;
    }

    @Override
    public SharedPart part() {
      return part;
    }

    @Override
    public boolean wants(int task) {
      return labelled[task] != 0;
    }

    @Override
    public Tensor vector(int task) {
      return whole.tensor();
    }

    @Override
    public void found(int task, long from, long to) {
      sketch.add(whole.tensor(), from, to, 1 / labelled[task], sketches.select(0, task));
    }

    /** Sketches add up as they are. */
    @Override
    public SharedGradients further() {
      return this;
    }
  }

  @Override
  public Size size() {
    return new Size(2 * whole.length() + rows.length(), rows.length());
  }

  @Override
  public SymmetricMatrix gram() {
    return replica.clock().during(StepPhase.GRAM, this::products);
  }

  private SymmetricMatrix products() {
    try (PointerScope scope = new PointerScope()) {
      group.sum(rows.tensor());
      return SymmetricMatrix.of(blocks * tasks, TaskRows.gram(matrix()));
    }
  }

  @Override
  public void close() {
    whole.close();
    sketch.close();
    rows.close();
  }
}
