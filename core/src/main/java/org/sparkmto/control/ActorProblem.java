package org.sparkmto.control;

import java.util.Arrays;
import java.util.List;
import org.sparkmto.control.HeadedNetwork.Pass;
import org.sparkmto.control.HeadedNetwork.Place;
import org.sparkmto.control.ReplayMemory.Batch;
import org.sparkmto.random.Draws;

/**
 * What an actor lacks: for each task the mean over its steps of {@code alpha log pi(a) - min(Q1,
 * Q2)}, of actions that it takes itself (Haarnoja et al., 2018, equation 9).
 */
final class ActorProblem extends BatchProblem {
  private final HeadedNetwork actor;
  private final double[] heads;
  private final TwinCritics critics;
  private final LearnedNetwork judges;
  private final List<ControlTask> tasks;
  private final List<Batch> batches;
  private final double[] temperatures;
  private final Draws draws;
  private final double[] logDensities;

  /**
   * The problem of a batch.
   *
   * @param heads parameters of the actor's heads
   * @param judges parameters of the critics
   * @param batches one per task
   * @param temperatures alpha, one per task
   */
  ActorProblem(
      HeadedNetwork actor,
      double[] heads,
      TwinCritics critics,
      LearnedNetwork judges,
      List<ControlTask> tasks,
      List<Batch> batches,
      double[] temperatures,
      Draws draws) {
    super(tasks.size(), actor.sharedSize(), actor.headsSize());
    this.actor = actor;
    this.heads = heads;
    this.critics = critics;
    this.judges = judges;
    this.tasks = tasks;
    this.batches = batches;
    this.temperatures = temperatures;
    this.draws = draws;
    logDensities = new double[tasks.size()];
  }

  @Override
  double loss(int task, double[] parameters, double[] gradient, double[] ofHeads) {
    double[] observations = batches.get(task).observations();
    Place at = new Place(parameters, 0, heads, 0);
    Pass pass = actor.forward(at, task, observations);
    Actions actions = Actions.of(pass.output(), tasks.get(task).actions(), draws.at(task));
    int rows = actions.rows();
    double density = Arrays.stream(actions.logDensities()).sum() / rows;
    logDensities[task] = density;
    double[] input = TwinCritics.joined(observations, actions.values());
    Place[] twins = new Place[TwinCritics.COUNT];
    Pass[] judged = new Pass[TwinCritics.COUNT];
    for (int twin = 0; twin < twins.length; twin++) {
      twins[twin] = critics.place(twin, judges.shared(), judges.heads());
      judged[twin] = critics.network().forward(twins[twin], task, input);
    }
    double value = 0;
    double[][] slopes = new double[TwinCritics.COUNT][rows];
    for (int row = 0; row < rows; row++) {
      int lower = judged[0].output()[row] <= judged[1].output()[row] ? 0 : 1;
      value += judged[lower].output()[row] / rows;
      slopes[lower][row] = -1.0 / rows;
    }
    double[] byActions = new double[rows * ControlTask.WIDEST_ACTION];
    for (int twin = 0; twin < twins.length; twin++) {
      addOfActions(critics.network().backward(twins[twin], judged[twin], slopes[twin]), byActions);
    }
    double[] byOutputs = actions.slopes(temperatures[task] / rows, byActions);
    actor.backward(at, pass, byOutputs, new Place(gradient, 0, ofHeads, 0));
    return temperatures[task] * density - value;
  }

  private static void addOfActions(double[] byInputs, double[] to) {
    int seen = ControlTask.WIDEST_OBSERVATION;
    int done = ControlTask.WIDEST_ACTION;
    for (int i = 0; i < to.length; i++) {
      to[i] += byInputs[i / done * (seen + done) + seen + i % done];
    }
  }

  /** The mean logarithm of the density of the actions, one per task, as computed last. */
  double[] logDensities() {
    return logDensities;
  }
}
