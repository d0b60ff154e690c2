package org.sparkmto.control;

import java.util.List;

/** The ten tasks, in the order of their numbers. */
public final class ControlTasks {
  private static final double EARTH = 9.81;

  private static final List<ControlTask> ALL =
      List.of(
          new SwingUp("pendulum", "swing a rod up and hold it", new Rod(1, 1, EARTH, 0.02), 2),
          new SwingUp(
              "pendulum-heavy",
              "the same with a longer rod of twice the mass",
              new Rod(2, 1.5, EARTH, 0.1),
              6.5),
          new PoleOnCart(
              "cart-balance",
              "keep a pole on a cart upright",
              new CartPole(1, 0.1, 0.5, EARTH),
              false,
              10,
              0.04),
          new PoleOnCart(
              "cart-swing-up",
              "swing a hanging pole on a cart up and keep it there",
              new CartPole(0.5, 0.2, 0.5, EARTH),
              true,
              8,
              0.05),
          new HillClimb(
              "mountain-car", "drive a weak car up a hill by rocking", new HillCar(0.0025), 0.0015),
          new AcrobotSwing(
              "acrobot",
              "swing two rods above the bar by the joint between them",
              new TwoRods(1, 1, 1, 1, EARTH, 0.02),
              4),
          reachOne("reach-one", "bring the tip of an arm to a place and stay", 1, 1, 0.1, 1),
          reachOne("reach-one-heavy", "the same with a heavy arm in thick oil", 3, 1.5, 1.5, 5),
          reachTwo("reach-two", "the same with an arm of two links", 0.5, 0.5, 0.5, 0.5, 0.05, 0.5),
          reachTwo(
              "reach-two-heavy",
              "the same with links of other lengths and masses, in thick oil",
              1,
              0.5,
              0.8,
              0.4,
              0.3,
              1.5));

  private ControlTasks() {}

  /** All of them. */
  public static List<ControlTask> all() {
    return ALL;
  }

  private static Reach reachOne(
      String name, String summary, double mass, double length, double friction, double torque) {
    return new Reach(
        name, summary, new Rod(mass, length, 0, friction), new double[] {length}, torque);
  }

  private static Reach reachTwo(
      String name,
      String summary,
      double mass1,
      double mass2,
      double length1,
      double length2,
      double friction,
      double torque) {
    return new Reach(
        name,
        summary,
        new TwoRods(mass1, mass2, length1, length2, 0, friction),
        new double[] {length1, length2},
        torque);
  }
}
