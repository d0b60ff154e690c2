package org.sparkmto.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.control.EpisodeOrder.Purpose;
import org.sparkmto.control.ReplayMemory.Batch;
import org.sparkmto.method.Methods;
import org.sparkmto.optimizer.Adam;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.random.Draws;

class SoftActorCriticTest {
  private static final AgentSettings SMALL = new AgentSettings(6, 4, 0.01, 0.9, 0.1, 0.2);
  private static final List<ControlTask> TASKS = ControlTasks.all();
  private static final double STEP = 1e-6;

  private static Optimizer adam() {
    return new Adam(0.9, 0.999, 1e-8, 0);
  }

  private static SoftActorCritic agent(String method) {
    SoftActorCritic agent = new SoftActorCritic(TASKS, SMALL, Methods.of(method), adam(), 3);
    episodes(agent.policy(), Purpose.ANYTHING).forEach(agent::remember);
    return agent;
  }

  private static List<Episode> episodes(Policy policy, Purpose purpose) {
    List<Episode> episodes = new ArrayList<>();
    for (int task = 0; task < TASKS.size(); task++) {
      episodes.add(new EpisodeOrder(3, task, 0, purpose).play(policy));
    }
    return episodes;
  }

  private static List<Batch> batches() {
    List<Batch> batches = new ArrayList<>();
    for (Episode episode : episodes(agent("ew").policy(), Purpose.ANYTHING)) {
      ReplayMemory memory = new ReplayMemory();
      memory.add(episode);
      batches.add(memory.draw(5, Draws.of(episode.task())));
    }
    return batches;
  }

  /** Parameters of any values, so that nothing is 0 by chance. */
  private static double[] drawn(int count, String purpose) {
    double[] drawn = new double[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = 0.3 * Draws.of(5).of(purpose).normal(i);
    }
    return drawn;
  }

  private static double loss(BatchProblem problem, int task, double[] shared) {
    return problem.loss(task, shared, new double[shared.length], new double[99_999]);
  }

  /** Compares some gradients of every task with central differences. */
  private static void check(BatchProblem problem, double[] shared, double[] heads) {
    double[][] gradients = problem.gradients(shared);
    double[] ofHeads = problem.headGradient();
    double most = 0;
    for (int task = 0; task < TASKS.size(); task++) {
      for (int i = task; i < shared.length; i += 17) {
        double before = shared[i];
        shared[i] = before + STEP;
        double above = loss(problem, task, shared);
        shared[i] = before - STEP;
        double below = loss(problem, task, shared);
        shared[i] = before;
        assertThat(gradients[task][i]).isCloseTo((above - below) / (2 * STEP), within(1e-6));
        most = Math.max(most, Math.abs(gradients[task][i]));
      }
    }
    assertThat(most).isGreaterThan(0.01);
    for (int i = 0; i < heads.length; i += 5) {
      double before = heads[i];
      double above = 0;
      double below = 0;
      for (int task = 0; task < TASKS.size(); task++) {
        heads[i] = before + STEP;
        above += loss(problem, task, shared);
        heads[i] = before - STEP;
        below += loss(problem, task, shared);
        heads[i] = before;
      }
      // A head belongs to one task, so the sum of losses has its own gradient.
      assertThat(ofHeads[i]).isCloseTo((above - below) / (2 * STEP), within(1e-6));
    }
  }

  @Test
  void theCriticsGradientsAreThoseOfDifferences() {
    TwinCritics critics = TwinCritics.of(TASKS.size(), 6);
    double[] heads = drawn(critics.headsSize(), "heads");
    double[][] wanted = new double[TASKS.size()][5];
    for (double[] row : wanted) {
      System.arraycopy(drawn(5, "wanted"), 0, row, 0, 5);
    }
    check(
        new CriticProblem(critics, heads, batches(), wanted),
        drawn(critics.sharedSize(), "shared"),
        heads);
  }

  @Test
  void theActorsGradientsAreThoseOfDifferences() {
    TwinCritics critics = TwinCritics.of(TASKS.size(), 6);
    LearnedNetwork judges =
        new LearnedNetwork(
            Methods.of("ew"),
            TASKS.stream().map(ControlTask::name).toList(),
            adam(),
            drawn(critics.sharedSize(), "critics"),
            drawn(critics.headsSize(), "critics' heads"),
            Draws.of(0));
    HeadedNetwork actor = new HeadedNetwork(ControlTask.WIDEST_OBSERVATION, TASKS.size(), 6, 4);
    double[] heads = drawn(actor.headsSize(), "heads");
    double[] temperatures = drawn(TASKS.size(), "temperatures");
    check(
        new ActorProblem(
            actor, heads, critics, judges, TASKS, batches(), temperatures, Draws.of(8)),
        drawn(actor.sharedSize(), "shared"),
        heads);
  }

  @Test
  void targetsComeNearerByTheSamePartEachTime() {
    double[] source = {1, -2};
    double[] target = {0, 4};
    for (int step = 0; step < 20; step++) {
      SoftActorCritic.follow(source, target, 0.1);
    }
    double left = Math.pow(0.9, 20);
    assertThat(target[0]).isCloseTo(1 - left, within(1e-12));
    assertThat(target[1]).isCloseTo(-2 + 6 * left, within(1e-12));
  }

  @Test
  void anEpisodeIsAFunctionOfItsOrderAndThePolicy() {
    Policy policy = agent("ew").policy();
    for (Purpose purpose : Purpose.values()) {
      List<Episode> once = episodes(policy, purpose);
      List<Episode> again = episodes(policy, purpose);
      for (int task = 0; task < once.size(); task++) {
        assertThat(again.get(task).observations()).isEqualTo(once.get(task).observations());
        assertThat(again.get(task).actions()).isEqualTo(once.get(task).actions());
        for (double action : once.get(task).actions()) {
          assertThat(action).isBetween(-1.0, 1.0);
        }
      }
      double[] other = new EpisodeOrder(3, 0, 1, purpose).play(policy).observations();
      assertThat(other).isNotEqualTo(once.get(0).observations());
    }
  }

  @Test
  void aBatchHoldsStepsOfEpisodesAsTheyWere() {
    List<Episode> some = episodes(agent("ew").policy(), Purpose.ANYTHING);
    ReplayMemory memory = new ReplayMemory();
    memory.add(some.get(0));
    Batch batch = memory.draw(50, Draws.of(1));
    int width = ControlTask.WIDEST_OBSERVATION;
    for (int row = 0; row < 50; row++) {
      int step = Draws.of(1).below(ControlTask.STEPS, row);
      assertThat(batch.rewards()[row]).isEqualTo(some.get(0).rewards()[step]);
      assertThat(batch.next()[row * width])
          .isEqualTo(some.get(0).observations()[(step + 1) * width]);
    }
  }

  /** One of each kind of method that sees a step in its own way. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ew",
        "uw",
        "pcgrad",
        "cagrad",
        "nash-mtl",
        "aligned-mtl",
        "moco",
        "graddrop",
        "adatask"
      })
  void learnsWithAMethodAndEndsInTheSameBits(String method) {
    Policy one = learned(method);
    assertThat(one.shared()).isEqualTo(learned(method).shared()).doesNotContain(Double.NaN);
    assertThat(one.shared()).isNotEqualTo(agent(method).policy().shared());
    assertThat(one.heads()).isNotEqualTo(agent(method).policy().heads());
    if (!method.equals("ew")) {
      assertThat(one.shared()).isNotEqualTo(learned("ew").shared());
    }
  }

  private static Policy learned(String method) {
    SoftActorCritic agent = agent(method);
    for (int step = 0; step < 5; step++) {
      agent.learn(0);
    }
    assertThat(agent.fallbacks()).isZero();
    return agent.policy();
  }

  @Test
  void temperaturesFallWhereActionsAreMoreRandomThanWanted() {
    SoftActorCritic agent = agent("ew");
    agent.learn(0);
    // At first deviations are exp(-1.5), and an action's entropy about -0.1, above -1.
    for (double temperature : agent.temperatures()) {
      assertThat(temperature).isCloseTo(0.2 * Math.exp(-0.01), within(1e-6));
    }
  }

  @Test
  void learnsToClimbTheHill() {
    ControlTask hill = TASKS.get(4);
    AgentSettings settings = new AgentSettings(32, 32, 2e-3, 0.97, 0.02, 0.05);
    SoftActorCritic agent =
        new SoftActorCritic(
            List.of(hill), settings, Methods.of("ew"), Optimizers.byName("adam", Map.of()), 1);
    long before = successes(hill, agent.policy());
    for (int round = 0; round < 12; round++) {
      Purpose purpose = round < 4 ? Purpose.ANYTHING : Purpose.EXPLORING;
      agent.remember(played(hill, agent.policy(), purpose, round));
      for (int update = 0; update < 60; update++) {
        agent.learn(round);
      }
    }
    assertThat(before).isLessThanOrEqualTo(2);
    assertThat(successes(hill, agent.policy())).isGreaterThanOrEqualTo(8);
  }

  /** How many of ten episodes are. */
  private static long successes(ControlTask task, Policy policy) {
    return LongStream.range(0, 10)
        .filter(number -> played(task, policy, Purpose.JUDGING, number).success())
        .count();
  }

  private static Episode played(ControlTask task, Policy policy, Purpose purpose, long number) {
    return EpisodeOrder.play(task, 0, policy, purpose, Draws.of(1).of(purpose.name()).at(number));
  }
}
