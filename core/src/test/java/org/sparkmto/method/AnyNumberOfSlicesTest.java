package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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

/**
 * Every method steps the same way however many slices its gradients lie in. A second implementation
 * of the protocol, in double and without a network: parameters and everything as long as they are
 * cut into slices, and only what the slices' owners may tell each other crosses between them.
 */
class AnyNumberOfSlicesTest {
  private static final double RATE = 0.01;
  private static final int STEPS = 3;
  private static final Optimizer ADAM = Optimizers.byName("adam", Map.of());

  /**
   * Quadratic losses {@code l_k = c_k + sum_p q_kp (x_p - a_kp)^2 / 2}, and for every part of a
   * batch others beside them.
   */
  private record Losses(Draws draws, int tasks, int parameters) {
    private double curvature(int task, int p) {
      return 0.2 + draws.of("curvature").at(task).uniform(p);
    }

    private double centre(int part, int task, int p) {
      double own = draws.of("centre").at(task).normal(p);
      return part < 0 ? own : own + 0.5 * draws.of("part").at(part).at(task).normal(p);
    }

    double gradient(int part, int task, int p, double x) {
      return curvature(task, p) * (x - centre(part, task, p));
    }

    Vector at(double[] x) {
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

  /** A run with its parameters in slices. */
  private static final class Sliced {
    private final Method method;
    private final Losses losses;
    private final Slices slices;
    private final int ranks;
    private final int tasks;
    private final Weigher weigher;
    private final LearnedVectors learned;
    private final double[][] averages;
    private final Map<String, double[]> remembered = new HashMap<>();
    private MethodState state;
    private double[] x;
    private double[] next;

    Sliced(Method method, Losses losses, int ranks) {
      this.method = method;
      this.losses = losses;
      this.ranks = ranks;
      this.tasks = losses.tasks();
      this.slices = new Slices(losses.parameters(), ranks);
      this.weigher = Systems.weigher(method, tasks);
      this.learned = new LearnedVectors(method, LearningRule.ofSchedule(), ADAM, tasks);
      this.averages = new double[tasks][losses.parameters()];
      this.state = weigher.initialState();
      this.x = losses.start();
    }

    private int start(int rank) {
      return Math.toIntExact(slices.start(rank));
    }

    private int end(int rank) {
      return Math.toIntExact(slices.start(rank + 1));
    }

    /** One slice of the gradients over a part of the batch; -1 is all of it. */
    private double[][] gradients(int part, int rank) {
      double[][] rows = new double[tasks][end(rank) - start(rank)];
      for (int k = 0; k < tasks; k++) {
        for (int p = start(rank); p < end(rank); p++) {
          rows[k][p - start(rank)] = losses.gradient(part, k, p, x[p]);
        }
      }
      return rows;
    }

    private double[][] averages(int rank) {
      return Arrays.stream(averages)
          .map(row -> Arrays.copyOfRange(row, start(rank), end(rank)))
          .toArray(double[][]::new);
    }

    private interface OfSlice {
      double[][] rows(int rank);
    }

    private SymmetricMatrix gram(OfSlice slice) {
      double[] sum = null;
      int size = 0;
      for (int rank = 0; rank < ranks; rank++) {
        double[][] rows = slice.rows(rank);
        double[] own = SymmetricMatrix.gramOf(rows).toArray();
        size = rows.length;
        sum = sum == null ? own : Vector.of(sum).plus(Vector.of(own)).toArray();
      }
      return SymmetricMatrix.of(size, sum);
    }

    private static double[][] stacked(List<double[][]> blocks) {
      return blocks.stream().flatMap(Arrays::stream).toArray(double[][]::new);
    }

    private Weighing weigh(Observation seen) {
      Weighing weighing = learned.learn(weigher, seen, weigher.weigh(seen, state), RATE);
      state = weighing.state();
      return weighing;
    }

    /** Steps down the weighted sum of rows, slice by slice. */
    private void descend(Vector weights, OfSlice slice) {
      for (int rank = 0; rank < ranks; rank++) {
        double[][] rows = slice.rows(rank);
        for (int row = 0; row < rows.length; row++) {
          for (int p = start(rank); p < end(rank); p++) {
            next[p] -= RATE * weights.at(row) * rows[row][p - start(rank)];
          }
        }
      }
    }

    double[] parameters() {
      return x.clone();
    }

    void step(int step) {
      next = x.clone();
      Observation seen = Observation.ofLosses(step, step, losses.at(x), Vector.ones(tasks));
      OfSlice whole = rank -> gradients(-1, rank);
      if (method instanceof GramMethod) {
        descend(weigh(seen.withGram(gram(whole))).shared(), whole);
      } else if (method instanceof BufferMethod) {
        averaged(seen);
      } else if (method instanceof SampledMethod sampled) {
        OfSlice parts =
            rank ->
                stacked(
                    IntStream.range(0, sampled.parts())
                        .mapToObj(part -> gradients(part, rank))
                        .toList());
        descend(
            weigh(seen.with(new GradientSummary.PartGram(sampled.parts(), gram(parts)))).shared(),
            parts);
      } else if (method instanceof ElementMethod elements) {
        byElement(elements, seen);
      } else if (method instanceof TaskwiseMethod taskwise) {
        byOptimizer(taskwise, step);
      } else if (method instanceof BilevelMethod bilevel) {
        twice(bilevel, seen);
      } else {
        Weighing weighing = weigh(seen);
        descend(weighing.shared(), whole);
        state = weigher.lookAgain(seen, losses.at(next), state);
      }
      x = next;
    }

    private void averaged(Observation seen) {
      Weighing weighing =
          weigh(
              seen.with(
                  new GradientSummary.AverageGram(
                      gram(rank -> stacked(List.of(averages(rank), gradients(-1, rank)))))));
      Blend blend = weighing.blend().orElseThrow();
      for (int rank = 0; rank < ranks; rank++) {
        double[][] fresh = gradients(-1, rank);
        for (int k = 0; k < tasks; k++) {
          for (int p = start(rank); p < end(rank); p++) {
            averages[k][p] =
                blend.keep().at(k) * averages[k][p]
                    + blend.take().at(k) * fresh[k][p - start(rank)];
          }
        }
      }
      descend(weighing.shared(), this::averages);
    }

    /** Pieces of at most 4 elements within a slice. */
    private List<Elements> pieces(ElementMethod elements, int rank, long step) {
      double[][] own = gradients(-1, rank);
      List<Elements> pieces = new ArrayList<>();
      for (int from = start(rank); from < end(rank); from += 4) {
        int to = Math.min(end(rank), from + 4);
        int first = from;
        List<double[]> rows =
            Arrays.stream(own)
                .map(row -> Arrays.copyOfRange(row, first - start(rank), to - start(rank)))
                .toList();
        Map<String, List<double[]>> kept = new HashMap<>();
        for (String name : elements.elementState()) {
          List<double[]> values = new ArrayList<>();
          for (int k = 0; k < tasks; k++) {
            values.add(
                remembered.computeIfAbsent(
                    name + k + "from" + from, unused -> new double[to - first]));
          }
          kept.put(name, values);
        }
        pieces.add(new Elements(rows, kept, from, weigher.draws(step)));
      }
      return pieces;
    }

    private void byElement(ElementMethod elements, Observation seen) {
      double[] sums = new double[tasks];
      for (int rank = 0; rank < ranks; rank++) {
        double[] own = new double[tasks];
        pieces(elements, rank, seen.step()).forEach(piece -> elements.measure(piece, own));
        sums = Vector.of(sums).plus(Vector.of(own)).toArray();
      }
      Vector squares = gram(rank -> gradients(-1, rank)).diagonal();
      Weighing weighing =
          weigh(seen.with(new GradientSummary.ElementSums(squares, Vector.of(sums))));
      for (int rank = 0; rank < ranks; rank++) {
        int at = start(rank);
        for (Elements piece : pieces(elements, rank, seen.step())) {
          double[] into = new double[piece.length()];
          elements.combine(piece, weighing.shared(), into);
          for (double value : into) {
            next[at++] -= RATE * value;
          }
        }
      }
    }

    private void byOptimizer(TaskwiseMethod taskwise, int step) {
      Optimizer rule = taskwise.rule(ADAM);
      double[] point = x.clone();
      for (int k = 0; k < tasks; k++) {
        x = taskwise.alternates() ? next.clone() : point;
        for (int rank = 0; rank < ranks; rank++) {
          int length = end(rank) - start(rank);
          double[][] moments = new double[rule.state().size()][];
          for (int i = 0; i < moments.length; i++) {
            moments[i] =
                remembered.computeIfAbsent(i + "of" + k + "on" + rank, u -> new double[length]);
          }
          double[] own = Arrays.copyOfRange(next, start(rank), end(rank));
          rule.update(own, gradients(-1, rank)[k], moments, 0, length, step + 1, RATE);
          System.arraycopy(own, 0, next, start(rank), length);
        }
      }
    }

    private void twice(BilevelMethod bilevel, Observation seen) {
      double[] point = x.clone();
      List<double[][]> trained =
          IntStream.range(0, ranks).mapToObj(rank -> gradients(0, rank)).toList();
      descend(weigher.weigh(seen, state).shared(), trained::get);
      x = next;
      Vector target = bilevel.target(Systems.names(tasks));
      Vector products = Vector.zeros(tasks);
      for (int rank = 0; rank < ranks; rank++) {
        if (end(rank) > start(rank)) {
          Vector slope = Systems.combined(target, gradients(1, rank));
          double[] own = new double[tasks];
          for (int k = 0; k < tasks; k++) {
            own[k] = Vector.of(trained.get(rank)[k]).dot(slope);
          }
          products = products.plus(Vector.of(own));
        }
      }
      x = point;
      next = point.clone();
      descend(
          weigh(seen.with(new GradientSummary.Derivatives(products.times(-RATE)))).shared(),
          trained::get);
    }
  }

  private static double[] trained(Method method, Losses losses, int ranks) {
    Sliced run = new Sliced(method, losses, ranks);
    for (int step = 0; step < STEPS; step++) {
      run.step(step);
    }
    return run.parameters();
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
      Method method = entry.make(options).method();
      Vector whole = Vector.of(trained(method, losses, 1));
      double moved = whole.minus(Vector.of(losses.start())).map(Math::abs).max();
      if (parameters > tasks) { // as many gradients as dimensions may cancel: no direction is best
        assertThat(moved).as("%s moves", entry.name()).isPositive();
      }
      for (int ranks : new int[] {2, 3, 7}) {
        Vector sliced = Vector.of(trained(method, losses, ranks));
        assertThat(sliced.minus(whole).map(Math::abs).max())
            .as("%s, %d tasks, %d parameters, %d slices", entry.name(), tasks, parameters, ranks)
            .isLessThanOrEqualTo(1e-9 * whole.map(Math::abs).max());
      }
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
