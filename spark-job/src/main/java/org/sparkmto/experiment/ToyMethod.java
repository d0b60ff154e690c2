package org.sparkmto.experiment;

import java.util.List;
import java.util.Optional;
import org.sparkmto.config.ConfigurationException;
import org.sparkmto.method.GramMethod;
import org.sparkmto.method.LossMethod;
import org.sparkmto.method.Method;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.MethodState;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weigher;
import org.sparkmto.method.Weighing;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.random.Draws;
import org.sparkmto.training.LearnedVectors;

/**
 * A registered method on one path of the toy problem. It sees what the aggregator of a run would
 * show it; every step sees all data, so it is an epoch of its own.
 */
final class ToyMethod implements ToyRule {
  private static final List<String> TASKS = List.of("task-1", "task-2");
  private static final Vector LABELLED = Vector.ones(2);

  private final Weigher weigher;
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
   */
  ToyMethod(MethodEntry.Made made, Optimizer optimizer, double rate, Draws draws) {
    requireKnown(made);
    weigher = new Weigher(made.method(), TASKS, draws, made.heads());
    learned = new LearnedVectors(made.method(), optimizer, TASKS.size());
    state = weigher.initialState();
    this.rate = rate;
  }

  /**
   * Refuses a method that sees more than losses and inner products; the one place that knows the
   * kinds.
   */
  static void requireKnown(MethodEntry.Made made) {
    Method method = made.method();
    if (!(method instanceof LossMethod) && !(method instanceof GramMethod)) {
      throw new ConfigurationException(
          "method "
              + made.entry().name()
              + " sees "
              + made.sight().words()
              + "; the toy problem runs methods of losses and of inner products");
    }
  }

  @Override
  public ToyPoint direction(ToyProblem.Step at, int step) {
    ToyPoint g1 = at.gradient1();
    ToyPoint g2 = at.gradient2();
    double g12 = g1.dot(g2);
    Observation seen =
        Observation.ofLosses(step, step, Vector.of(at.loss1(), at.loss2()), LABELLED)
            .withGram(SymmetricMatrix.of(2, g1.dot(g1), g12, g12, g2.dot(g2)));
    Weighing weighing = weigher.weigh(seen, state);
    state = learned.learn(weighing, step, rate);
    if (weighing.failure().isPresent()) {
      fallbacks++;
      firstReason = firstReason.or(weighing::failure);
    }
    return g1.times(weighing.shared().at(0)).plus(weighing.shared().at(1), g2);
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
