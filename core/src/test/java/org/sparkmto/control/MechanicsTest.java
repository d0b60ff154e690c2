package org.sparkmto.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Equations of motion against what must be conserved and against small motions in closed form. */
class MechanicsTest {
  private static final double G = 9.81;
  private static final double[] FREE = {0, 0};

  static Stream<Mechanics> systems() {
    return Stream.of(
        new Rod(1.3, 0.7, G, 0),
        new CartPole(1, 0.4, 0.6, G),
        new TwoRods(1, 0.6, 0.8, 1.1, G, 0),
        new TwoRods(1, 0.6, 0.8, 1.1, 0, 0));
  }

  private static double[] lively(Mechanics system) {
    return system.coordinates() == 1
        ? new double[] {0.4, -1.5}
        : new double[] {0.3, 1.1, 1.4, -2.1};
  }

  @ParameterizedTest
  @MethodSource("systems")
  void whatIsLeftToItselfKeepsItsEnergy(Mechanics system) {
    double[] start = lively(system);
    double[] end = system.after(start, FREE, 5, 5000);
    // The method's error is of fourth order in steps of a millisecond.
    assertThat(system.energy(end)).isCloseTo(system.energy(start), within(1e-8));
    assertThat(Math.abs(end[0] - start[0])).isGreaterThan(0.01);
  }

  @ParameterizedTest
  @MethodSource("systems")
  void forcesDoWorkAsLongAsTheirWay(Mechanics system) {
    double[] forces = {0.7, system instanceof CartPole ? 0 : -0.4};
    double[] start = lively(system);
    double[] end = system.after(start, forces, 1, 1000);
    double work = 0;
    for (int i = 0; i < system.coordinates(); i++) {
      work += forces[i] * (end[i] - start[i]);
    }
    assertThat(system.energy(end) - system.energy(start)).isCloseTo(work, within(1e-8));
  }

  @ParameterizedTest
  @MethodSource("systems")
  void aHalvedStepHasASixteenthOfTheError(Mechanics system) {
    double[] start = lively(system);
    double[] exact = system.after(start, FREE, 0.5, 4096);
    double coarse = apart(system.after(start, FREE, 0.5, 16), exact);
    double fine = apart(system.after(start, FREE, 0.5, 32), exact);
    assertThat(coarse / fine).isBetween(11.0, 24.0);
  }

  private static double apart(double[] a, double[] b) {
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }

  @Test
  void aRodSwingsInItsPeriod() {
    Rod rod = new Rod(1.3, 0.7, G, 0);
    double period = 2 * Math.PI * Math.sqrt(2 * 0.7 / (3 * G));
    double[] start = {Math.PI + 0.001, 0};
    // The period of an amplitude a is longer by a^2 / 16, here 6e-8.
    assertThat(rod.after(start, FREE, period, 1000)[0]).isCloseTo(start[0], within(1e-9));
    assertThat(rod.after(start, FREE, period / 2, 1000)[0])
        .isCloseTo(Math.PI - 0.001, within(1e-9));
  }

  @Test
  void frictionTakesSpeedExponentially() {
    Rod rod = new Rod(1.5, 2, 0, 0.8);
    double[] end = rod.after(new double[] {0, 3}, FREE, 2, 200);
    assertThat(end[1]).isCloseTo(3 * Math.exp(-0.8 * 2 / (1.5 * 4 / 3)), within(1e-9));
  }

  @Test
  void anUprightPoleFallsAsTheLinearEquationSays() {
    CartPole system = new CartPole(1, 0.1, 0.5, G);
    double rate = Math.sqrt(G / (0.5 * (4.0 / 3 - 0.1 / 1.1)));
    double small = 1e-6;
    double[] end = system.after(new double[] {0, small, 0, 0}, FREE, 0.8, 800);
    assertThat(end[1] / small).isCloseTo(Math.cosh(rate * 0.8), within(1e-7));
    // The centre of mass of cart and pole stays over its place.
    assertThat(end[0] / small)
        .isCloseTo(0.1 / 1.1 * 0.5 * (1 - Math.cosh(rate * 0.8)), within(1e-7));
  }

  @Test
  void aPushMovesCartAndUprightPoleAsTheLinearEquationSays() {
    CartPole system = new CartPole(1, 0.1, 0.5, G);
    double[] pushed = system.accelerations(new double[4], new double[] {1.1, 0});
    double turn = -1 / (0.5 * (4.0 / 3 - 0.1 / 1.1));
    assertThat(pushed[1]).isCloseTo(turn, within(1e-12));
    assertThat(pushed[0]).isCloseTo(1 - 0.1 / 1.1 * 0.5 * turn, within(1e-12));
  }

  @Test
  void nothingPushesACartWithItsPoleAsAWhole() {
    CartPole system = new CartPole(1, 0.4, 0.6, G);
    double[] start = lively(system);
    double[] end = system.after(start, FREE, 2, 2000);
    assertThat(momentum(end)).isCloseTo(momentum(start), within(1e-9));
  }

  private static double momentum(double[] state) {
    return 1.4 * state[2] + 0.4 * 0.6 * state[3] * Math.cos(state[1]);
  }

  @Test
  void withoutGravityTwoRodsKeepTheirAngularMomentum() {
    TwoRods arm = new TwoRods(1, 0.6, 0.8, 1.1, 0, 0);
    double[] start = lively(arm);
    double[] torque = {0, 0.9};
    // A torque between the rods is inside of the system.
    assertThat(angular(arm.after(start, torque, 1.5, 1500)))
        .isCloseTo(angular(start), within(1e-9));
  }

  /** Of both rods about the fixed end: each about its centre, and its centre about the end. */
  private static double angular(double[] state) {
    double one = state[0];
    double two = state[0] + state[1];
    double speed2 = state[2] + state[3];
    double[] place = {
      0.8 * Math.cos(one) + 0.55 * Math.cos(two), 0.8 * Math.sin(one) + 0.55 * Math.sin(two)
    };
    double[] speed = {
      -0.8 * state[2] * Math.sin(one) - 0.55 * speed2 * Math.sin(two),
      0.8 * state[2] * Math.cos(one) + 0.55 * speed2 * Math.cos(two)
    };
    return 1 * 0.64 / 3 * state[2]
        + 0.6 * 1.21 / 12 * speed2
        + 0.6 * (place[0] * speed[1] - place[1] * speed[0]);
  }

  @Test
  void aSecondRodOfNoMassLeavesTheFirstARod() {
    TwoRods arm = new TwoRods(1.3, 1e-9, 0.7, 0.5, G, 0);
    Rod rod = new Rod(1.3, 0.7, G, 0);
    double[] hanging = {0.5, 0.2, 0.3, -0.4};
    // The one angle is from below, the other from above.
    assertThat(arm.accelerations(hanging, FREE)[0])
        .isCloseTo(rod.accelerations(new double[] {0.5 + Math.PI, 0.3}, FREE)[0], within(1e-7));
  }

  @Test
  void aMirroredArmMovesAsInAMirror() {
    TwoRods arm = new TwoRods(1, 0.6, 0.8, 1.1, G, 0.1);
    double[] one = arm.accelerations(new double[] {0.3, 1.1, 1.4, -2.1}, new double[] {0.2, 0.5});
    double[] other =
        arm.accelerations(new double[] {-0.3, -1.1, -1.4, 2.1}, new double[] {-0.2, -0.5});
    assertThat(other[0]).isEqualTo(-one[0]);
    assertThat(other[1]).isEqualTo(-one[1]);
  }

  @Test
  void aCarRocksInTheValley() {
    HillCar car = new HillCar(0.0025);
    double bottom = -Math.PI / 6;
    double period = 2 * Math.PI / Math.sqrt(3 * 0.0025);
    double[] start = {bottom + 0.0001, 0};
    assertThat(car.after(start, FREE, period, 1000)[0]).isCloseTo(start[0], within(1e-9));
    double[] far = {-0.9, 0};
    assertThat(car.energy(car.after(far, FREE, 100, 1000)))
        .isCloseTo(car.energy(far), within(1e-12));
  }
}
