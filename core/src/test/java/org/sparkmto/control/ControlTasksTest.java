package org.sparkmto.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.random.Draws;

class ControlTasksTest {

  static List<ControlTask> tasks() {
    return ControlTasks.all();
  }

  private static ControlTask named(String name) {
    return ControlTasks.all().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  /** Whether an episode of a controller is a success. */
  private static boolean solves(
      ControlTask task, long episode, BiFunction<double[], Integer, double[]> controller) {
    double[] state = task.start(Draws.of(episode));
    boolean once = false;
    int kept = 0;
    for (int step = 0; step < ControlTask.STEPS; step++) {
      state = task.next(state, controller.apply(state, step));
      once |= task.atGoal(state);
      kept = task.atGoal(state) ? kept + 1 : 0;
    }
    return task.kept() == 0 ? once : kept >= task.kept();
  }

  private static long solved(ControlTask task, BiFunction<double[], Integer, double[]> controller) {
    return Stream.iterate(0L, e -> e < 20, e -> e + 1)
        .filter(episode -> solves(task, episode, controller))
        .count();
  }

  @Test
  void areTenOfDifferentNames() {
    Set<String> names = new HashSet<>();
    tasks().forEach(task -> names.add(task.name()));
    assertThat(names).hasSize(10);
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void seeAndPayWithinTheirBounds(ControlTask task) {
    Draws draws = Draws.of(7);
    for (int episode = 0; episode < 5; episode++) {
      double[] state = task.start(draws.at(episode));
      for (int step = 0; step < ControlTask.STEPS; step++) {
        Draws now = draws.at(episode).at(step);
        state = task.next(state, new double[] {now.uniform(0) * 2 - 1, now.uniform(1) * 2 - 1});
        assertThat(task.observe(state)).hasSize(ControlTask.WIDEST_OBSERVATION);
        for (double seen : task.observe(state)) {
          assertThat(seen).isBetween(-4.0, 4.0);
        }
        assertThat(task.reward(state)).isBetween(0.0, 1.0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void startFromTheirDrawsAloneAndLeaveStatesAsTheyAre(ControlTask task) {
    double[] start = task.start(Draws.of(3));
    assertThat(task.start(Draws.of(3))).isEqualTo(start);
    assertThat(task.start(Draws.of(4))).isNotEqualTo(start);
    double[] kept = start.clone();
    assertThat(task.next(start, new double[] {1, 1})).isNotEqualTo(start);
    assertThat(start).isEqualTo(kept);
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void areNotSolvedByDoingNothingOrAnything(ControlTask task) {
    assertThat(solved(task, (state, step) -> new double[2])).isLessThanOrEqualTo(4);
    assertThat(
            solved(
                task,
                (state, step) -> {
                  Draws now = Draws.of(step);
                  return new double[] {now.uniform(0) * 2 - 1, now.uniform(1) * 2 - 1};
                }))
        .isLessThanOrEqualTo(4);
  }

  @Test
  void aPendulumIsSwungUpByPumpingEnergy() {
    for (String name : List.of("pendulum", "pendulum-heavy")) {
      SwingUp task = (SwingUp) named(name);
      double top = task.rod().energy(new double[] {0, 0});
      assertThat(
              solved(
                  task,
                  (state, step) -> {
                    double angle = Math.IEEEremainder(state[0], 2 * Math.PI);
                    double lacks = top - task.rod().energy(state);
                    double push =
                        Math.abs(angle) < 0.35
                            ? -12 * angle - 3 * state[1]
                            : Math.signum(state[1]) * Math.signum(lacks);
                    return new double[] {Math.max(-1, Math.min(1, push))};
                  }))
          .as(name)
          .isGreaterThanOrEqualTo(14);
    }
  }

  @Test
  void aPoleIsBalancedByLinearFeedback() {
    assertThat(
            solved(
                named("cart-balance"),
                (state, step) -> {
                  double push = 6 * state[1] + 1.2 * state[3] + 0.15 * state[0] + 0.3 * state[2];
                  return new double[] {Math.max(-1, Math.min(1, push))};
                }))
        .isEqualTo(20);
  }

  @Test
  void aCarClimbsByPushingTheWayItGoes() {
    assertThat(solved(named("mountain-car"), (state, step) -> new double[] {state[1] < 0 ? -1 : 1}))
        .isEqualTo(20);
  }

  @Test
  void anAcrobotIsSwungUpByPushingAgainstItsFirstRod() {
    assertThat(solved(named("acrobot"), (state, step) -> new double[] {state[2] < 0 ? 1 : -1}))
        .isGreaterThanOrEqualTo(16);
  }

  @Test
  void anArmOfOneLinkReachesByAPositionController() {
    for (String name : List.of("reach-one", "reach-one-heavy")) {
      assertThat(
              solved(
                  named(name),
                  (state, step) -> {
                    double wanted = Math.atan2(state[3], state[2]);
                    double off = Math.IEEEremainder(wanted - state[0], 2 * Math.PI);
                    return new double[] {Math.max(-1, Math.min(1, 3 * off - 1.5 * state[1]))};
                  }))
          .as(name)
          .isGreaterThanOrEqualTo(18);
    }
  }
}
