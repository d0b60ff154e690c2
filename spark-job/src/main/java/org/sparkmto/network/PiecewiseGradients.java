package org.sparkmto.network;

import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Gradients at the representation of which those of one piece of the batch are at hand. */
final class PiecewiseGradients implements RepresentationGradients {
  private final PiecewisePass pass;
  private final double[] gram;
  private final UnaryOperator<KeptGradients> ofPiece;

  /**
   * The gradients of a pass.
   *
   * @param gram their products
   */
  PiecewiseGradients(PiecewisePass pass, double[] gram) {
    this(pass, gram, gradients -> gradients);
  }

  private PiecewiseGradients(
      PiecewisePass pass, double[] gram, UnaryOperator<KeptGradients> ofPiece) {
    this.pass = pass;
    this.gram = gram;
    this.ofPiece = ofPiece;
  }

  @Override
  public double[] gram() {
    return gram.clone();
  }

  @Override
  public List<LayerFactors> layers() {
    return List.of();
  }

  @Override
  public FlatVector backward(double[] weights, FoundGradient heard) {
    return pass.backward(weights);
  }

  @Override
  public void ofTasks(SharedGradients into) {
    put(false, into);
  }

  @Override
  public void look(SharedGradients into) {
    put(true, into);
  }

  @Override
  public void look(int sample, SharedGradients into) {
    new PiecewiseGradients(
            pass, gram, gradients -> ofPiece.apply(gradients).alone(sample - pass.samplesBefore()))
        .look(into);
  }

  private void put(boolean again, SharedGradients into) {
    SharedGradients more = into.further();
    pass.eachAtRepresentation(
        again,
        (gradients, first) -> {
          KeptGradients own = ofPiece.apply(gradients);
          SharedGradients there = first ? into : more;
          if (again) {
            own.look(there);
          } else {
            own.ofTasks(there);
          }
        });
  }

  @Override
  public RepresentationGradients mixed(List<double[]> weights) {
    return new PiecewiseGradients(
        pass, products(weights), gradients -> ofPiece.apply(gradients).mixed(weights));
  }

  /** The products of weighted sums, from those of what they are sums of. */
  private double[] products(List<double[]> weights) {
    int sums = weights.size();
    double[] products = new double[sums * sums];
    for (int entry = 0; entry < products.length; entry++) {
      double[] left = weights.get(entry / sums);
      double[] right = weights.get(entry % sums);
      for (int a = 0; a < left.length; a++) {
        for (int b = 0; b < right.length; b++) {
          products[entry] += left[a] * gram[a * left.length + b] * right[b];
        }
      }
    }
    return products;
  }

  @Override
  public void ofTask(int task, Tensor into) {
    try (PointerScope scope = new PointerScope()) {
      Tensor sum = HostTensors.zeros(into, into.scalar_type(), into.numel());
      pass.eachAtRepresentation(
          true,
          (gradients, first) -> {
            ofPiece.apply(gradients).ofTask(task, into);
            sum.add_(into);
          });
      into.copy_(sum);
    }
  }
}
