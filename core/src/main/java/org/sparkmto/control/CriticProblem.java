package org.sparkmto.control;

import java.util.List;
import org.sparkmto.control.HeadedNetwork.Pass;
import org.sparkmto.control.HeadedNetwork.Place;
import org.sparkmto.control.ReplayMemory.Batch;

/**
 * What two critics lack to the values that they should have: for each task the mean over its steps
 * of {@code ((Q1 - y)^2 + (Q2 - y)^2) / 2} (Haarnoja et al., 2018, equation 5).
 */
final class CriticProblem extends BatchProblem {
  private final TwinCritics critics;
  private final double[] heads;
  private final List<Batch> batches;
  private final double[][] wanted;

  /**
   * The problem of a batch.
   *
   * @param heads parameters of the critics' heads
   * @param batches one per task
   * @param wanted y, by task and step
   */
  CriticProblem(TwinCritics critics, double[] heads, List<Batch> batches, double[][] wanted) {
    super(batches.size(), critics.sharedSize(), critics.headsSize());
    this.critics = critics;
    this.heads = heads;
    this.batches = batches;
    this.wanted = wanted;
  }

  @Override
  double loss(int task, double[] parameters, double[] gradient, double[] ofHeads) {
    Batch batch = batches.get(task);
    double[] input = TwinCritics.joined(batch.observations(), batch.actions());
    double loss = 0;
    for (int twin = 0; twin < TwinCritics.COUNT; twin++) {
      Place at = critics.place(twin, parameters, heads);
      Pass pass = critics.network().forward(at, task, input);
      double[] slopes = new double[batch.rows()];
      for (int row = 0; row < slopes.length; row++) {
        double error = pass.output()[row] - wanted[task][row];
        loss += error * error / 2 / slopes.length;
        slopes[row] = error / slopes.length;
      }
      critics.network().backward(at, pass, slopes, critics.place(twin, gradient, ofHeads));
    }
    return loss;
  }
}
