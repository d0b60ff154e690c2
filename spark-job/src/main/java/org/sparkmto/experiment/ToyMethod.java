package org.sparkmto.experiment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.method.BilevelMethod;
import org.sparkmto.method.Blend;
import org.sparkmto.method.BufferMethod;
import org.sparkmto.method.ElementMethod;
import org.sparkmto.method.Elements;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.LayerwiseMethod;
import org.sparkmto.method.LearnedVectors;
import org.sparkmto.method.Method;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.MethodState;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SampledMethod;
import org.sparkmto.method.SecondLook;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.TaskwiseMethod;
import org.sparkmto.method.TaskwiseRule;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weigher;
import org.sparkmto.method.Weighing;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.random.Draws;

/**
 * A registered method on one path of the toy problem. It sees what the aggregator of a run would
 * show it; every step sees all data, so it is an epoch of its own.
 */
final class ToyMethod implements ToyRule {
  private static final List<String> TASKS = List.of("task-1", "task-2");
  private static final Vector LABELLED = Vector.ones(2);

  private final Method method;
  private final Weigher weigher;
  private final double[][] averages = new double[2][2];
  private final Map<String, List<double[]>> elementState = new HashMap<>();
  private final List<double[][]> taskStates = new ArrayList<>();
  private final LearnedVectors learned;
  private final double rate;
  private MethodState state;
  private int fallbacks;
  private Optional<String> firstReason = Optional.empty();

  /**
   * A method at its first step.
   *
   * @param optimizer updates what the method learns, with the rate of the path itself
   * @param draws the random numbers of this path
   * @throws IllegalArgumentException if the method cannot be made from this optimiser
   */
  ToyMethod(MethodEntry.Made made, Optimizer optimizer, double rate, Draws draws) {
    method = made.method();
    weigher = new Weigher(made.method(), TASKS, draws, made.heads());
    learned = new LearnedVectors(made.method(), made.learning(), optimizer, TASKS.size());
    state = weigher.initialState();
    this.rate = rate;
    if (method instanceof ElementMethod elements) {
      for (String name : elements.elementState()) {
        elementState.put(name, List.of(new double[2], new double[2]));
      }
    }
    if (method instanceof TaskwiseMethod taskwise) {
      taskwise.rule(optimizer);
    }
  }

  @Override
  public void update(
      double[] point,
      ToyProblem.Step here,
      int step,
      Optimizer optimizer,
      double[][] optimizerState,
      double rateHere) {
    if (method instanceof TaskwiseMethod taskwise) {
      takeTurns(taskwise, point, here, step, optimizer);
      return;
    }
    ToyPoint direction =
        method instanceof BilevelMethod bilevel
            ? afterTrial(bilevel, new ToyPoint(point[0], point[1]), here, step)
            : direction(here, step);
    double[] gradient = {direction.x1(), direction.x2()};
    optimizer.update(point, gradient, optimizerState, 0, 2, step + 1L, rateHere);
    if (method instanceof SecondLook) {
      ToyProblem.Step after = ToyProblem.at(new ToyPoint(point[0], point[1]));
      state = weigher.lookAgain(seen(here, step), losses(after), state);
    }
  }

  /** The direction of methods that weigh, or combine, the gradients of the point where they are. */
  @Override
  public ToyPoint direction(ToyProblem.Step at, int step) {
    List<double[]> gradients = gradients(at);
    Observation seen = seen(at, step);
    if (method instanceof ElementMethod elements) {
      Elements piece = new Elements(gradients, elementState, 0, weigher.draws(step));
      double[] sums = new double[2];
      elements.measure(piece, sums);
      Weighing weighing =
          weigh(seen.with(new GradientSummary.ElementSums(squares(at), Vector.of(sums))));
      double[] combined = new double[2];
      elements.combine(piece, weighing.shared(), combined);
      return new ToyPoint(combined[0], combined[1]);
    }
    if (method instanceof BufferMethod) {
      double[][] rows = {averages[0], averages[1], gradients.get(0), gradients.get(1)};
      Weighing weighing =
          weigh(seen.with(new GradientSummary.AverageGram(SymmetricMatrix.gramOf(rows))));
      Blend blend = weighing.blend().orElseThrow();
      for (int task = 0; task < 2; task++) {
        for (int i = 0; i < 2; i++) {
          averages[task][i] =
              blend.keep().at(task) * averages[task][i]
                  + blend.take().at(task) * gradients.get(task)[i];
        }
      }
      return combined(weighing, List.of(averages));
    }
    if (method instanceof SampledMethod sampled) {
      // Every part of a step's data is all of it.
      List<double[]> rows = new ArrayList<>();
      for (int part = 0; part < sampled.parts(); part++) {
        rows.addAll(gradients);
      }
      SymmetricMatrix gram = SymmetricMatrix.gramOf(rows.toArray(double[][]::new));
      return combined(weigh(seen.with(new GradientSummary.PartGram(sampled.parts(), gram))), rows);
    }
    SymmetricMatrix gram = SymmetricMatrix.gramOf(gradients.toArray(double[][]::new));
    Observation complete =
        method instanceof LayerwiseMethod ? seen.withGroups(List.of(gram)) : seen.withGram(gram);
    return combined(weigh(complete), gradients);
  }

  /** One optimiser per task, at one point or each where the one before it has arrived. */
  private void takeTurns(
      TaskwiseMethod taskwise,
      double[] point,
      ToyProblem.Step here,
      int step,
      Optimizer optimizer) {
    TaskwiseRule rule = TaskwiseRule.of(taskwise, optimizer);
    if (taskStates.isEmpty()) {
      taskStates.add(new double[rule.step().state().size()][2]);
      taskStates.add(new double[rule.step().state().size()][2]);
    }
    for (int i = 0; i < 2; i++) {
      point[i] -= rate * rule.decay() * point[i];
    }
    double[] start = point.clone();
    for (int task = 0; task < 2; task++) {
      ToyProblem.Step now =
          taskwise.alternates() ? ToyProblem.at(new ToyPoint(point[0], point[1])) : here;
      double[] gradient = gradients(now).get(task);
      rule.penalise(gradient, taskwise.alternates() ? point : start, 2, 2);
      rule.step().update(point, gradient, taskStates.get(task), 0, 2, step + 1L, rate);
    }
  }

  /** A trial step, the derivatives of the target by its weights, then the weights of the step. */
  private ToyPoint afterTrial(
      BilevelMethod bilevel, ToyPoint point, ToyProblem.Step here, int step) {
    Weighing trial = weigher.weigh(seen(here, step), state);
    ToyPoint there = point.plus(-rate, combined(trial, gradients(here)));
    ToyProblem.Step after = ToyProblem.at(there);
    Vector target = bilevel.target(TASKS);
    ToyPoint slope = after.gradient1().times(target.at(0)).plus(target.at(1), after.gradient2());
    Vector derivatives =
        Vector.of(-rate * here.gradient1().dot(slope), -rate * here.gradient2().dot(slope));
    return combined(
        weigh(seen(here, step).with(new GradientSummary.Derivatives(derivatives))),
        gradients(here));
  }

  private Weighing weigh(Observation seen) {
    Weighing weighing = learned.learn(weigher, seen, weigher.weigh(seen, state), rate);
    state = weighing.state();
    if (weighing.failure().isPresent()) {
      fallbacks++;
      firstReason = firstReason.or(weighing::failure);
    }
    return weighing;
  }

  private static ToyPoint combined(Weighing weighing, List<double[]> rows) {
    ToyPoint sum = new ToyPoint(0, 0);
    for (int row = 0; row < rows.size(); row++) {
      sum = sum.plus(weighing.shared().at(row), new ToyPoint(rows.get(row)[0], rows.get(row)[1]));
    }
    return sum;
  }

  private static Observation seen(ToyProblem.Step at, int step) {
    return Observation.ofLosses(step, step, losses(at), LABELLED);
  }

  private static Vector losses(ToyProblem.Step at) {
    return Vector.of(at.loss1(), at.loss2());
  }

  private static Vector squares(ToyProblem.Step at) {
    return Vector.of(at.gradient1().dot(at.gradient1()), at.gradient2().dot(at.gradient2()));
  }

  private static List<double[]> gradients(ToyProblem.Step at) {
    return List.of(
        new double[] {at.gradient1().x1(), at.gradient1().x2()},
        new double[] {at.gradient2().x1(), at.gradient2().x2()});
  }

  /** Steps that took equal weights because the method failed. */
  int fallbacks() {
    return fallbacks;
  }

  /** Why the first of them did. */
  Optional<String> firstReason() {
    return firstReason;
  }
}
