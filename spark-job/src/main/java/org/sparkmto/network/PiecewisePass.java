package org.sparkmto.network;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;

/**
 * A batch that goes through the network piece by piece, so that no more than the activations of one
 * piece are in memory. Everything that is asked for is a sum over samples, and so the sum of what
 * the pieces give.
 *
 * <p>Weights come after the losses of all pieces, so every piece but the last one is run forward
 * again when its backward pass is asked for; it computes what it did before. Where weights are
 * expected, each is differentiated in these at once, and again only if others come. Running
 * statistics are moved once, to the mean of where the pieces would have moved them by themselves,
 * each counted by its samples. That is what the ranks' statistics become in the end, too.
 */
final class PiecewisePass implements ForwardPass {
  private final List<Batch> pieces;
  private final Function<Batch, SinglePass> forward;
  private final LearnedTensors learned;
  private final Cut cut;
  private final boolean reachesEncoder;
  private final long shared;
  private final double[] labelled;
  private final double[] lossSums;
  private final double[] gram;
  private final double[] expected;
  private final FlatVector before;
  private final FlatVector after;
  private int at;
  private SinglePass open;
  private KeptGradients ofOpen;

  /**
   * Runs all pieces forward, and where the gradients at z are wanted, through the heads and back.
   *
   * @param pieces at least one; on every rank as many
   * @param shared how many parameters are shared
   * @param expected weights that are likely to be asked for, but for a factor; empty for none
   */
  PiecewisePass(
      List<Batch> pieces,
      int tasks,
      Cut cut,
      boolean reachesEncoder,
      long shared,
      double[] expected,
      LearnedTensors learned,
      Function<Batch, SinglePass> forward) {
    this.pieces = pieces;
    this.forward = forward;
    this.learned = learned;
    this.cut = cut;
    this.reachesEncoder = reachesEncoder;
    this.shared = shared;
    this.expected = expected;
    labelled = new double[tasks];
    lossSums = new double[tasks];
    gram = new double[tasks * tasks];
    before = learned.statistics().zerosBeside(learned.statistics().length());
    after = learned.statistics().zerosBeside(learned.statistics().length());
    before.copy(learned.statistics());
    after.copy(before);
    boolean ready = false;
    try {
      double samples = pieces.stream().mapToInt(Batch::samples).sum();
      for (at = 0; at < pieces.size(); at++) {
        shut();
        learned.adding(at > 0);
        begin();
        moveStatistics(pieces.get(at).samples() / samples);
        add(open.labelled(), labelled);
        add(open.lossSums(), lossSums);
        if (expected.length > 0) {
          open.backward(expected, expected);
          shut();
        } else if (cut.isAtRepresentation()) {
          ofOpen = open.backwardHeads();
          add(ofOpen.gram(), gram);
        }
      }
      at--;
      learned.adding(false);
      ready = true;
    } finally {
      if (!ready) {
        close();
      }
    }
  }

  private static void add(double[] own, double[] sums) {
    Arrays.setAll(sums, i -> sums[i] + own[i]);
  }

  /** Runs the piece that it is at forward, from where the running statistics were at first. */
  private void begin() {
    learned.statistics().copy(before);
    open = forward.apply(pieces.get(at));
  }

  private void moveStatistics(double share) {
    try (PointerScope scope = new PointerScope()) {
      Tensor moved = learned.statistics().tensor().sub(before.tensor());
      after.tensor().add_(moved, new Scalar(share));
    }
  }

  private void shut() {
    if (open != null) {
      open.close();
      open = null;
      ofOpen = null;
    }
  }

  /** What is done with a piece. */
  interface Visit {
    /**
     * Does it.
     *
     * @param first whether it is the first of the visit
     */
    void to(SinglePass piece, boolean first);
  }

  /**
   * Goes through all pieces, first to the one that is open.
   *
   * @param again whether a piece may be differentiated once more after the visit
   */
  private void each(boolean again, Visit visit) {
    for (int i = 0; i < pieces.size(); i++) {
      if (i > 0) {
        at = (at + 1) % pieces.size();
        shut();
      }
      if (open == null) {
        begin();
      }
      learned.adding(i > 0);
      visit.to(open, i == 0);
      if (!again) {
        shut();
      }
    }
    learned.adding(false);
  }

  /** What is done with the gradients of a piece at the representation. */
  interface VisitAtRepresentation {
    /**
     * Does it.
     *
     * @param first whether they are of the first piece of the visit
     */
    void to(KeptGradients ofPiece, boolean first);
  }

  /** As {@link #each}, with the gradients at the representation. */
  void eachAtRepresentation(boolean again, VisitAtRepresentation visit) {
    each(
        again,
        (piece, first) -> {
          if (ofOpen == null) {
            ofOpen = piece.atRepresentation();
          }
          visit.to(ofOpen, first);
        });
  }

  /** How many samples the pieces before the one that it is at have. */
  int samplesBefore() {
    return pieces.subList(0, at).stream().mapToInt(Batch::samples).sum();
  }

  /** Goes on from z, piece by piece; the shared part of the gradient becomes the sum. */
  FlatVector backward(double[] weights) {
    eachAtRepresentation(false, (gradients, first) -> gradients.backward(weights));
    return learned.gradient();
  }

  @Override
  public double[] labelled() {
    return labelled.clone();
  }

  @Override
  public double[] lossSums() {
    return lossSums.clone();
  }

  /** Nothing is known before the last piece, and then all is there. */
  @Override
  public FlatVector backward(double[] shared, double[] heads, FoundGradient heard) {
    double ofShared = factor(shared);
    double ofHeads = factor(heads);
    if (Double.isNaN(ofShared + ofHeads)) {
      each(false, (piece, first) -> piece.backward(shared, heads));
      return learned.gradient();
    }
    try (PointerScope scope = new PointerScope()) {
      FlatVector gradient = learned.gradient();
      if (reachesEncoder) {
        gradient.elements(0, this.shared).scale(ofShared);
      }
      gradient.elements(this.shared, gradient.length() - this.shared).scale(ofHeads);
      return gradient;
    }
  }

  /** What the expected weights are to be multiplied by to be these; NaN if that is no number. */
  private double factor(double[] weights) {
    double factor = Double.NaN;
    for (int task = 0; task < expected.length; task++) {
      double own = weights[task] / expected[task];
      if (weights[task] == 0 && expected[task] == 0) {
        continue;
      }
      if (Double.isNaN(factor)) {
        factor = own;
      }
      // In doubles, of the same labels.
      if (!Double.isFinite(own) || !(Math.abs(own - factor) <= 1e-12 * Math.abs(factor))) {
        return Double.NaN;
      }
    }
    return factor;
  }

  @Override
  public double[] gramAtRepresentation() {
    double[] products = new double[gram.length];
    each(true, (piece, first) -> add(piece.gramAtRepresentation(), products));
    return products;
  }

  @Override
  public RepresentationGradients backwardHeads() {
    if (!cut.isAtRepresentation()) {
      throw new IllegalStateException("this pass was made with cut " + cut);
    }
    return new PiecewiseGradients(this, gram);
  }

  @Override
  public void close() {
    shut();
    learned.adding(false);
    learned.statistics().copy(after);
    before.close();
    after.close();
  }
}
