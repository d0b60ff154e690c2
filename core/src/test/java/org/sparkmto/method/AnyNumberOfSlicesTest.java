package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.random.Draws;

/** Every method steps the same way however many slices its gradients lie in. */
class AnyNumberOfSlicesTest {
  private static final double RATE = 0.01;
  private static final int STEPS = 3;
  private static final Optimizer SGD = Optimizers.byName("sgd", Map.of());
  private static final Optimizer ADAM = Optimizers.byName("adam", Map.of());

  /**
   * Quadratic losses {@code l_k = c_k + sum_p q_kp (x_p - a_kp)^2 / 2}, and for every part of a
   * batch others beside them.
   */
  private record Losses(Draws draws, int tasks, int parameters) implements LocalStep.Problem {
    private double curvature(int task, int p) {
      return 0.2 + draws.of("curvature").at(task).uniform(p);
    }

    private double centre(int part, int task, int p) {
      double own = draws.of("centre").at(task).normal(p);
      return part < 0 ? own : own + 0.5 * draws.of("part").at(part).at(task).normal(p);
    }

    @Override
    public double[][] gradients(double[] x) {
      return gradients(x, -1);
    }

    @Override
    public double[][] gradients(double[] x, int part) {
      double[][] rows = new double[tasks][parameters];
      for (int k = 0; k < tasks; k++) {
        for (int p = 0; p < parameters; p++) {
          rows[k][p] = curvature(k, p) * (x[p] - centre(part, k, p));
        }
      }
      return rows;
    }

    @Override
    public Vector losses(double[] x) {
      double[] losses = new double[tasks];
      for (int k = 0; k < tasks; k++) {
        losses[k] = 0.5 + draws.of("floor").uniform(k);
        for (int p = 0; p < parameters; p++) {
          double distance = x[p] - centre(-1, k, p);
          losses[k] += curvature(k, p) * distance * distance / 2;
        }
      }
      return Vector.of(losses);
    }

    double[] start() {
      double[] x = new double[parameters];
      Arrays.setAll(x, p -> draws.of("start").normal(p));
      return x;
    }
  }

  private static double[] trained(Method method, Losses losses, int slices) {
    // An optimiser per task is best of a kind that scales every element by itself.
    Optimizer optimizer = method.optimizerPerTask(ADAM).isPresent() ? ADAM : SGD;
    LocalStep run =
        LocalStep.of(method, Systems.names(losses.tasks()))
            .draws(Draws.of(7))
            .optimizer(optimizer)
            .slices(slices)
            .groups(3)
            .start();
    double[] x = losses.start();
    for (int step = 0; step < STEPS; step++) {
      run.step(x, losses, step, RATE);
      assertThat(run.last().count(TaskStatus.NOT_FINITE)).isZero();
    }
    return x;
  }

  /**
   * With its own rate of 5 SDMGrad's inner descent overshoots, and 20 iterations blow rounding up
   * by ten decades; with a rate at which it converges, sums alone are compared.
   */
  private static final Map<String, Map<String, ?>> OPTIONS = Map.of("sdmgrad", Map.of("rate", 0.1));

  /** Nothing but the order of sums differs between numbers of slices. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void anyNumberOfSlicesTakesTheSameSteps(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 12) int tasks,
      @ForAll @IntRange(min = 5, max = 60) int parameters) {
    Losses losses = new Losses(Draws.of(seed), tasks, parameters);
    for (MethodEntry entry : Methods.all()) {
      Map<String, ?> options = OPTIONS.getOrDefault(entry.name(), Map.of());
      assertAlike(entry.name(), entry.make(options).method(), losses);
    }
    // Groups of more elements than tasks: gradients of fewer are parallel but for rounding.
    Losses wide = new Losses(Draws.of(seed), tasks, 3 * (tasks + parameters));
    assertAlike(
        "gradvac by layer", Methods.byName("gradvac", Map.of("per", "layer")).method(), wide);
  }

  private static void assertAlike(String name, Method method, Losses losses) {
    Vector whole = Vector.of(trained(method, losses, 1));
    double moved = whole.minus(Vector.of(losses.start())).map(Math::abs).max();
    // As many gradients as dimensions may cancel: then no direction is best.
    if (losses.parameters() > losses.tasks()) {
      assertThat(moved).as("%s moves", name).isPositive();
    }
    for (int slices : new int[] {2, 3, 7}) {
      Vector sliced = Vector.of(trained(method, losses, slices));
      assertThat(sliced.minus(whole).map(Math::abs).max())
          .as("%s, %s, %d slices", name, losses, slices)
          .isLessThanOrEqualTo(1e-9 * whole.map(Math::abs).max());
    }
  }

  /** Groups have nothing to do with each other: each is weighed as if it were the whole. */
  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void groupsAreWeighedEachAsIfAlone(
      @ForAll("layerwise") String name,
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 8) int tasks,
      @ForAll @IntRange(min = 1, max = 4) int groups) {
    GramMethod method = (GramMethod) Systems.method(name);
    LayerwiseMethod layerwise = new LayerwiseMethod(method, LayerwiseMethod.Groups.LAYER);
    Weigher together =
        new Weigher(layerwise, Systems.names(tasks), groups, Draws.of(7), HeadWeights.OWN);
    Weigher alone = Systems.weigher(method, tasks);
    MethodState state = together.initialState();
    List<MethodState> states =
        new ArrayList<>(java.util.Collections.nCopies(groups, alone.initialState()));
    for (int step = 0; step < STEPS; step++) {
      Observation seen =
          Observation.ofLosses(step, 0, Systems.losses(seed, tasks), Vector.ones(tasks));
      List<SymmetricMatrix> layers = new ArrayList<>();
      Vector expected = Vector.zeros(0);
      for (int group = 0; group < groups; group++) {
        double[][] rows = Systems.random(seed + 100L * step + group, tasks, 9, 2);
        if (step == 1 && group == 1) {
          // A task that does not touch a layer, say a frozen or dead one, is not weighed there.
          rows[0] = new double[9];
        }
        layers.add(SymmetricMatrix.gramOf(rows));
        Weighing own = alone.weigh(seen.withGram(layers.get(group)), states.get(group));
        states.set(group, own.state());
        expected = expected.followedBy(own.shared());
      }
      Weighing weighing = together.weigh(seen.withGroups(layers), state);
      assertThat(weighing.failure()).isEmpty();
      assertThat(weighing.shared()).isEqualTo(expected);
      state = weighing.state();
      for (int group = 0; group < groups; group++) {
        assertThat(state.under(group + "/")).isEqualTo(states.get(group));
      }
    }
  }

  @Provide
  Arbitrary<String> layerwise() {
    return Arbitraries.of("pcgrad", "gradvac");
  }
}
