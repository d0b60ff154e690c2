package org.sparkmto.experiment;

import java.util.List;
import java.util.Optional;
import org.sparkmto.method.LocalStep;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.random.Draws;

/**
 * A registered method on one path of the toy problem. Every step sees all data, so it is an epoch
 * of its own.
 */
final class ToyMethod implements ToyRule {
  private static final List<String> TASKS = List.of("task-1", "task-2");

  private final LocalStep local;
  private final double rate;
  private int fallbacks;
  private Optional<String> firstReason = Optional.empty();

  /**
   * A method at its first step.
   *
   * @param optimizer updates the point, and what the method learns, with the rate of the path
   * @param draws the random numbers of this path
   * @throws IllegalArgumentException if the method cannot be made from this optimiser, or tells the
   *     network a preference, of which there is none here
   */
  ToyMethod(MethodEntry.Made made, Optimizer optimizer, double rate, Draws draws) {
    if (made.method().drawnPreference().isPresent()) {
      throw new IllegalArgumentException(
          "'%s' tells the network a preference in every step, and a point of the plane is no network"
                  .formatted(made.entry().name())
              + " that could read it");
    }
    this.rate = rate;
    local = LocalStep.of(made, TASKS).draws(draws).optimizer(optimizer).start();
  }

  /** The two losses and their gradients. */
  private record Losses() implements LocalStep.Problem {
    private static ToyProblem.Step at(double[] point) {
      return ToyProblem.at(new ToyPoint(point[0], point[1]));
    }

    @Override
    public Vector losses(double[] point) {
      return ToyMethod.losses(at(point));
    }

    @Override
    public double[][] gradients(double[] point) {
      return ToyMethod.gradients(at(point));
    }
  }

  private static Vector losses(ToyProblem.Step at) {
    return Vector.of(at.loss1(), at.loss2());
  }

  private static double[][] gradients(ToyProblem.Step at) {
    return new double[][] {
      {at.gradient1().x1(), at.gradient1().x2()}, {at.gradient2().x1(), at.gradient2().x2()}
    };
  }

  @Override
  public void update(
      double[] point,
      ToyProblem.Step here,
      int step,
      Optimizer optimizer,
      double[][] optimizerState,
      double rateHere) {
    local.step(point, new Losses(), step, rateHere);
    count(local.last());
  }

  /** The direction of methods that weigh, or combine, the gradients of the point where they are. */
  @Override
  public ToyPoint direction(ToyProblem.Step at, int step) {
    count(local.weigh(LocalStep.Problem.at(losses(at), gradients(at)), step, rate));
    double[] direction = local.combined();
    return new ToyPoint(direction[0], direction[1]);
  }

  private void count(Weighing weighing) {
    if (weighing.failure().isPresent()) {
      fallbacks++;
      firstReason = firstReason.or(weighing::failure);
    }
  }

  /** Steps that took equal weights because the method failed. */
  int fallbacks() {
    return fallbacks;
  }

  /** Why the first of them did. */
  Optional<String> firstReason() {
    return firstReason;
  }
}
