package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.random.Draws;

class ToyMethodTest {
  private static final NamedOptions ADAM = NamedOptions.of("adam");

  @Test
  void theRegisteredMethodsMoveLikeTheFormulasWrittenDownTwice() {
    assertThat(farthest("ew", 2, ToyReference.EW)).isZero();
    assertThat(farthest("pcgrad", 2, ToyReference.PCGRAD)).isLessThan(1e-12);
    // The formula adds 1e-8 to its denominator, which shows where gradients are short.
    assertThat(farthest("mgda", 1, ToyReference.MGDA)).isLessThan(1e-5);
  }

  /** The largest difference in direction over a grid, relative to the direction's length. */
  private static double farthest(String name, double scale, ToyReference reference) {
    ToyMethod method =
        new ToyMethod(
            ToyExperiment.made(NamedOptions.of(name)),
            ToyExperiment.rule(ADAM),
            0.001,
            Draws.of(1));
    double farthest = 0;
    int step = 0;
    for (double x1 = -9.7; x1 < 10; x1 += 1.1) {
      for (double x2 = -9.3; x2 < 10; x2 += 1.3) {
        ToyProblem.Step at = ToyProblem.at(new ToyPoint(x1, x2));
        ToyPoint wanted = reference.direction(at, step);
        ToyPoint apart = method.direction(at, step++).times(1 / scale).plus(-1, wanted);
        farthest = Math.max(farthest, Math.sqrt(apart.dot(apart) / (wanted.dot(wanted) + 1e-12)));
      }
    }
    return farthest;
  }

  @Test
  void whatAMethodLearnsTakesStepsOfTheOptimiser() {
    // UW's gradient of s is 1/2 - exp(-s) L / 2; plain descent follows it by hand.
    double rate = 0.01;
    ToyMethod method =
        new ToyMethod(
            ToyExperiment.made(NamedOptions.of("uw:rate=schedule")),
            ToyExperiment.rule(NamedOptions.of("sgd")),
            rate,
            Draws.of(1));
    ToyProblem.Step at = ToyProblem.at(new ToyPoint(3, 4));
    double s1 = 0;
    double s2 = 0;
    for (int step = 0; step < 5; step++) {
      ToyPoint wanted =
          at.gradient1().times(0.5 * Math.exp(-s1)).plus(0.5 * Math.exp(-s2), at.gradient2());
      ToyPoint direction = method.direction(at, step);
      assertThat(direction.x1()).isCloseTo(wanted.x1(), within(1e-12));
      assertThat(direction.x2()).isCloseTo(wanted.x2(), within(1e-12));
      s1 -= rate * (0.5 - 0.5 * Math.exp(-s1) * at.loss1());
      s2 -= rate * (0.5 - 0.5 * Math.exp(-s2) * at.loss2());
    }
  }

  /** Whatever a method sees, the toy problem can show it; and it goes somewhere. */
  @Test
  void everyRegisteredMethodFollowsAPath() {
    ToyPoint start = new ToyPoint(-8.5, -5);
    List<String> names =
        Stream.concat(Methods.all().stream().map(MethodEntry::name), Stream.of("gradvac:per=layer"))
            .filter(name -> !name.equals("cosmos")) // refused: see below
            .toList();
    for (String name : names) {
      ToyMethod method =
          new ToyMethod(
              ToyExperiment.made(NamedOptions.of(name)),
              ToyExperiment.rule(ADAM),
              0.01,
              Draws.of(1));
      ToyPath path = ToyPath.follow(start, method, ToyExperiment.rule(ADAM), 0.01, 200);
      assertThat(path.size()).as(name).isEqualTo(201);
      ToyPoint moved = path.end().plus(-1, start);
      assertThat(moved.dot(moved)).as(name).isGreaterThan(0.01);
    }
  }

  /** There is no network that could read the preference, and a wish of each step leads nowhere. */
  @Test
  void aMethodThatTellsTheNetworkAPreferenceHasNoPath() {
    assertThatThrownBy(
            () ->
                new ToyMethod(
                    ToyExperiment.made(NamedOptions.of("cosmos")),
                    ToyExperiment.rule(ADAM),
                    0.01,
                    Draws.of(1)))
        .hasMessageContaining("'cosmos' tells the network a preference in every step");
  }

  /** With plain descent, tasks' optimisers at one point are one optimiser of the sum. */
  @Test
  void taskwiseDescentIsDescentOfTheSum() {
    ToyPoint start = new ToyPoint(3, 4);
    Optimizer descent = ToyExperiment.rule(NamedOptions.of("sgd:momentum=0.9"));
    ToyPoint[] ends = new ToyPoint[2];
    for (int i = 0; i < 2; i++) {
      ToyMethod method =
          new ToyMethod(
              ToyExperiment.made(NamedOptions.of(i == 0 ? "ew" : "adatask")),
              descent,
              0.01,
              Draws.of(1));
      ends[i] = ToyPath.follow(start, method, descent, 0.01, 50).end();
    }
    assertThat(ends[1].x1()).isCloseTo(ends[0].x1(), within(1e-9));
    assertThat(ends[1].x2()).isCloseTo(ends[0].x2(), within(1e-9));
  }

  @Test
  void aPathKeepsEveryPointAndSaysWhenItArrived() {
    Optimizer adam = ToyExperiment.rule(ADAM);
    ToyPoint start = new ToyPoint(-8.5, -5);
    ToyPath path = ToyPath.follow(start, ToyReference.EW, adam, 0.1, 400);
    assertThat(path.size()).isEqualTo(401);
    assertThat(path.at(0)).isEqualTo(start);
    assertThat(path.arrival())
        .isPresent()
        .isEqualTo(ToyPath.arrival(start, ToyReference.EW, adam, 0.1, 400));
    int arrival = path.arrival().getAsInt();
    assertThat(ToyProblem.at(path.at(arrival)).mean()).isLessThan(-15);
    assertThat(ToyProblem.at(path.at(arrival - 1)).mean()).isGreaterThanOrEqualTo(-15);
  }

  @Test
  void aMethodThatFailsIsCounted() {
    // The geometric mean of losses needs losses above 0; the paraboloids are below.
    ToyExperiment experiment =
        new ToyExperiment(
            List.of(NamedOptions.of("gls")), ADAM, 0.01, 10, ToyPoint.CAGRAD.subList(1, 2), 1);
    assertThat(experiment.run(NamedOptions.of("gls")).toText())
        .containsPattern("10 steps took equal weights; the first because: \\w+");
  }
}
