package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Methods that look back over steps, against lists that keep everything. */
class LossHistoryTest {

  private static Method method(String name, Map<String, ?> options) {
    return Methods.byName(name, options).method();
  }

  /** Mean of the losses {@code from} (included) to {@code to}; before the first they are 1. */
  private static double mean(List<Double> losses, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += i < 0 ? 1 : losses.get(i);
    }
    return sum / (to - from);
  }

  /** Runs random losses of three tasks of which each misses a fifth of the steps. */
  private static void follow(Method method, long seed, int steps, ExpectedWeights expected) {
    Weigher weigher = Systems.weigher(method, 3);
    MethodState state = weigher.initialState();
    List<List<Double>> histories = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int step = 0; step < steps; step++) {
      Vector losses = Systems.losses(seed + step, 3);
      Vector labelled = Systems.losses(seed - 1 - step, 3).map(l -> l > 0.25 ? 1 : 0);
      int[] active = IntStream.range(0, 3).filter(k -> labelled.at(k) > 0).toArray();
      Weighing weighing = weigher.weigh(Observation.ofLosses(step, 0, losses, labelled), state);
      if (active.length > 0) {
        assertEachClose(
            weighing.shared().select(active), expected.of(histories, active, losses), 1e-12);
      }
      for (int k : active) {
        histories.get(k).add(losses.at(k));
      }
      state = weighing.state();
    }
  }

  /** Weights of the active tasks from the losses before this step and those of it. */
  private interface ExpectedWeights {
    Vector of(List<List<Double>> before, int[] active, Vector losses);
  }

  @Property(tries = 20)
  void dynamicWeightAverageOverWindows(
      @ForAll @IntRange(min = 0, max = 1_000_000) int seed,
      @ForAll @IntRange(min = 1, max = 6) int window) {
    follow(
        method("dwa", Map.of("window", window, "temperature", 0.5)),
        seed,
        5 * window + 3,
        (before, active, losses) -> {
          double[] logits = new double[active.length];
          for (int i = 0; i < logits.length; i++) {
            List<Double> all = new ArrayList<>(before.get(active[i]));
            all.add(losses.at(active[i]));
            int n = all.size();
            double rate =
                n > window + 1
                    ? mean(all, n - window, n) / mean(all, n - 2 * window, n - window)
                    : 1;
            logits[i] = rate / 0.5;
          }
          return Vector.of(logits).softmax().times(logits.length);
        });
  }

  @Property(tries = 20)
  void adaptiveTaskWeighting(
      @ForAll @IntRange(min = 0, max = 1_000_000) int seed,
      @ForAll @IntRange(min = 1, max = 6) int window) {
    follow(
        method("atw", Map.of("window", window, "temperature", 0.5, "init", 0.2)),
        seed,
        5 * window + 3,
        (before, active, losses) -> {
          double[] logits = new double[active.length];
          for (int i = 0; i < logits.length; i++) {
            List<Double> all = before.get(active[i]);
            int n = all.size();
            double rate =
                n >= 2 * window
                    ? mean(all, n - window, n) / mean(all, n - 2 * window, n - window)
                    : 1;
            logits[i] = rate / 0.5;
          }
          return Vector.of(logits).softmax().times(logits.length * 0.5 * Math.exp(-0.2));
        });
  }

  /** {@code r_k (exp(-s) L + s) / 2}, with r the weight at s = 0, twice. */
  @Test
  void adaptiveTaskWeightingLearnsWhatUncertaintyWeightingDoes() {
    Weigher weigher = Systems.weigher(method("atw", Map.of("window", 1)), 2);
    MethodState state = weigher.initialState();
    for (int step = 0; step < 3; step++) {
      state = weigher.weigh(at(step, Vector.of(1 + step, 5 - step)), state).state();
    }
    Weighing zero = weigher.weigh(at(3, Vector.of(2, 3)), state);
    Vector rates = zero.shared().times(2);
    assertEachClose(rates, Vector.of(1.5, 0.75).times(0.5).softmax().times(2), 1e-14);
    Vector s = Vector.of(0.4, -1);
    Weighing moved = weigher.weigh(at(3, Vector.of(2, 3)), state.withPerTask("s", s));
    for (int k = 0; k < 2; k++) {
      double h = 1e-6;
      double loss = k + 2;
      double up = (Math.exp(-s.at(k) - h) * loss + s.at(k) + h) / 2;
      double down = (Math.exp(-s.at(k) + h) * loss + s.at(k) - h) / 2;
      assertThat(moved.gradients().get("s").at(k))
          .isCloseTo(rates.at(k) * (up - down) / (2 * h), offset(1e-8));
    }
  }

  @Test
  void aWindowOfZerosIsNeutral() {
    for (String name : List.of("dwa", "atw")) {
      Weigher weigher = Systems.weigher(method(name, Map.of("window", 2)), 2);
      MethodState state = weigher.initialState();
      double equal = name.equals("dwa") ? 1 : 0.5;
      for (int step = 0; step < 9; step++) {
        Weighing weighing = weigher.weigh(at(step, Vector.of(0, 1)), state);
        assertEachClose(weighing.shared(), Vector.filled(2, equal), 1e-15);
        state = weighing.state();
      }
    }
    assertThatThrownBy(() -> method("dwa", Map.of("window", 0)))
        .hasMessageContaining("option 'window' must be 1 or more, not '0'");
  }

  /** The moving average written as a sum, and the focal loss of it. */
  @Property(tries = 20)
  void dynamicTaskPrioritization(@ForAll @IntRange(min = 0, max = 1_000_000) int seed) {
    follow(
        method("dtp", Map.of("smoothing", 0.3, "gamma", 2)),
        seed,
        12,
        (before, active, losses) -> {
          double[] weights = new double[active.length];
          for (int i = 0; i < weights.length; i++) {
            List<Double> all = new ArrayList<>(before.get(active[i]));
            all.add(losses.at(active[i]));
            double average = Math.exp(-all.get(0)) * Math.pow(0.7, all.size() - 1);
            for (int t = 1; t < all.size(); t++) {
              average += 0.3 * Math.pow(0.7, all.size() - 1 - t) * Math.exp(-all.get(t));
            }
            weights[i] = -Math.pow(1 - average, 2) * Math.log(average);
          }
          return Vector.of(weights);
        });
  }

  /** An indicator of 1 needs no more weight, one of 0 counts as 1e-6. */
  @Test
  void dynamicTaskPrioritizationAtTheEnds() {
    Weighing weighing =
        Systems.weigher(Systems.method("dtp"), 3)
            .weigh(at(0, Vector.of(0, -2, 1e4)), Systems.method("dtp").initialState(3));
    assertThat(weighing.failure()).isEmpty();
    assertEachClose(weighing.shared(), Vector.of(0, 0, (1 - 1e-6) * 6 * Math.log(10)), 1e-14);
    assertThatThrownBy(() -> method("dtp", Map.of("smoothing", 1.5)))
        .hasMessageContaining("option 'smoothing' must be a number above 0 and up to 1");
  }

  private static Observation at(int step, Vector losses) {
    return Observation.ofLosses(step, 0, losses, Vector.ones(losses.size()));
  }
}
