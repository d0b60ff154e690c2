package org.sparkmto.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkmto.control.ReplayMemory.Batch;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.random.Draws;

/**
 * One agent for several tasks: soft actor-critic (Haarnoja et al., "Soft actor-critic algorithms
 * and applications", 2018, algorithm 1) with a head and a temperature of each task, as multi-headed
 * SAC of Meta-World (Yu et al., 2019). The losses of the tasks stay apart: one method weighs those
 * of the critics, another of its name those of the actor, each with what it remembers.
 *
 * <p>Changes with every step; not for several threads. The same episodes and seed give the same
 * bits.
 */
public final class SoftActorCritic {
  private final List<ControlTask> tasks;
  private final AgentSettings settings;
  private final Optimizer optimizer;
  private final Draws draws;
  private final HeadedNetwork actorShape;
  private final TwinCritics critics;
  private final LearnedNetwork actor;
  private final LearnedNetwork judges;
  private final double[] targetShared;
  private final double[] targetHeads;
  private final double[] logTemperatures;
  private final double[][] temperatureMoments;
  private final List<ReplayMemory> memories = new ArrayList<>();
  private long steps;

  /**
   * An agent that has seen nothing.
   *
   * @param method weighs tasks
   * @param optimizer moves everything
   * @throws IllegalArgumentException if the method does not fit tasks or optimiser
   */
  public SoftActorCritic(
      List<ControlTask> tasks,
      AgentSettings settings,
      MethodEntry.Made method,
      Optimizer optimizer,
      long seed) {
    this.tasks = List.copyOf(tasks);
    this.settings = settings;
    this.optimizer = optimizer;
    draws = Draws.of(seed).of("agent");
    int count = tasks.size();
    actorShape =
        new HeadedNetwork(
            ControlTask.WIDEST_OBSERVATION,
            count,
            settings.hidden(),
            2 * ControlTask.WIDEST_ACTION);
    critics = TwinCritics.of(count, settings.hidden());
    List<String> names = tasks.stream().map(ControlTask::name).toList();
    double[] actorShared = new double[actorShape.sharedSize()];
    double[] actorHeads = new double[actorShape.headsSize()];
    actorShape.initialise(actorShared, 0, draws.of("actor"));
    actorShape.initialiseHeads(actorHeads, 0, draws.of("actor"));
    double[] criticShared = new double[critics.sharedSize()];
    double[] criticHeads = new double[critics.headsSize()];
    for (int twin = 0; twin < TwinCritics.COUNT; twin++) {
      Draws own = draws.of("critic").at(twin);
      HeadedNetwork shape = critics.network();
      shape.initialise(criticShared, twin * shape.sharedSize(), own);
      shape.initialiseHeads(criticHeads, twin * shape.headsSize(), own);
    }
    actor =
        new LearnedNetwork(
            method, names, optimizer, actorShared, actorHeads, draws.of("actor's method"));
    judges =
        new LearnedNetwork(
            method, names, optimizer, criticShared, criticHeads, draws.of("critics' method"));
    targetShared = criticShared.clone();
    targetHeads = criticHeads.clone();
    logTemperatures = new double[count];
    Arrays.fill(logTemperatures, Math.log(settings.temperature()));
    temperatureMoments = new double[optimizer.state().size()][count];
    tasks.forEach(task -> memories.add(new ReplayMemory()));
  }

  /** The actor as it is now; a copy. */
  public Policy policy() {
    return new Policy(actorShape, actor.shared().clone(), actor.heads().clone());
  }

  /** Remembers an episode. */
  public void remember(Episode episode) {
    memories.get(episode.task()).add(episode);
  }

  /** The temperatures, one per task. */
  public double[] temperatures() {
    return Arrays.stream(logTemperatures).map(Math::exp).toArray();
  }

  /** Weighings of actor and critics that took equal weights because the method failed. */
  public int fallbacks() {
    return actor.fallbacks() + judges.fallbacks();
  }

  /**
   * Makes one step on a batch with an equal share of every task.
   *
   * @param epoch for methods that go by epochs, from 0
   */
  public void learn(int epoch) {
    Draws now = draws.at(steps);
    List<Batch> batches = new ArrayList<>();
    for (int task = 0; task < tasks.size(); task++) {
      batches.add(memories.get(task).draw(settings.batch(), now.of("batch").at(task)));
    }
    double[] temperatures = temperatures();
    judges.step(
        new CriticProblem(
            critics, judges.heads(), batches, wanted(batches, temperatures, now.of("next"))),
        critics.network().headSize(),
        epoch,
        settings.rate());
    ActorProblem problem =
        new ActorProblem(
            actorShape,
            actor.heads(),
            critics,
            judges,
            tasks,
            batches,
            temperatures,
            now.of("actions"));
    actor.step(problem, actorShape.headSize(), epoch, settings.rate());
    steps++;
    learnTemperatures(problem.logDensities());
    follow(judges.shared(), targetShared, settings.follow());
    follow(judges.heads(), targetHeads, settings.follow());
  }

  /** The values that critics should have: equation 3 there, with the target networks. */
  private double[][] wanted(List<Batch> batches, double[] temperatures, Draws noise) {
    double[][] wanted = new double[tasks.size()][];
    HeadedNetwork.Place place = new HeadedNetwork.Place(actor.shared(), 0, actor.heads(), 0);
    for (int task = 0; task < wanted.length; task++) {
      Batch batch = batches.get(task);
      Actions actions =
          Actions.of(
              actorShape.forward(place, task, batch.next()).output(),
              tasks.get(task).actions(),
              noise.at(task));
      double[] densities = actions.logDensities();
      double[] input = TwinCritics.joined(batch.next(), actions.values());
      double[] one = judged(0, task, input);
      double[] other = judged(1, task, input);
      wanted[task] = new double[batch.rows()];
      for (int row = 0; row < batch.rows(); row++) {
        double later = Math.min(one[row], other[row]) - temperatures[task] * densities[row];
        wanted[task][row] = batch.rewards()[row] + settings.discount() * later;
      }
    }
    return wanted;
  }

  private double[] judged(int twin, int task, double[] input) {
    return critics
        .network()
        .forward(critics.place(twin, targetShared, targetHeads), task, input)
        .output();
  }

  /** Moves temperatures so that an action's entropy is -1 for each of its numbers: equation 18. */
  private void learnTemperatures(double[] logDensities) {
    double[] slopes = new double[logDensities.length];
    for (int task = 0; task < slopes.length; task++) {
      slopes[task] = -(logDensities[task] - tasks.get(task).actions());
    }
    optimizer.update(logTemperatures, slopes, temperatureMoments, steps, settings.rate());
  }

  /** Takes a part of the way from target to source. */
  static void follow(double[] source, double[] target, double part) {
    for (int i = 0; i < target.length; i++) {
      target[i] += part * (source[i] - target[i]);
    }
  }
}
