package org.sparkmto.experiment.golden;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.sparkmto.method.HeadWeights;
import org.sparkmto.method.Method;
import org.sparkmto.method.MethodOptions;
import org.sparkmto.method.MethodState;
import org.sparkmto.method.Methods;
import org.sparkmto.method.Observation;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weigher;
import org.sparkmto.method.Weighing;
import org.sparkmto.random.Draws;

/** A registered method that walks through recorded steps. */
final class Trial {
  private final Method method;
  private final Weigher weigher;
  private final int tasks;
  private MethodState state;
  private long step;

  /**
   * The method before its first step.
   *
   * @throws NotOfferedException if there is no such method, or it refuses the options
   */
  Trial(String name, Map<String, ?> options, int tasks, Draws draws) {
    this.method = method(name, options);
    this.tasks = tasks;
    this.weigher = weigher(method, tasks, draws);
    this.state = weigher.initialState();
  }

  private static Method method(String name, Map<String, ?> options) {
    if (Methods.all().stream().noneMatch(entry -> entry.name().equals(name))) {
      throw new NotOfferedException("method " + name + " is not built");
    }
    try {
      return Methods.byName(name, MethodOptions.of(options)).method();
    } catch (IllegalArgumentException e) {
      throw new NotOfferedException(e.getMessage());
    }
  }

  private static Weigher weigher(Method method, int tasks, Draws draws) {
    List<String> names = IntStream.range(0, tasks).mapToObj(k -> "task-" + k).toList();
    try {
      return new Weigher(method, names, draws, HeadWeights.OWN);
    } catch (IllegalArgumentException e) {
      throw new MalformedEntryException(e.getMessage());
    }
  }

  Method method() {
    return method;
  }

  /** What it remembers now. */
  MethodState state() {
    return state;
  }

  /** The name of the one vector that it learns. */
  String learned() {
    if (method.learned().size() != 1) {
      throw new NotOfferedException("the method learns " + method.learned() + ", not one vector");
    }
    return method.learned().iterator().next();
  }

  /** Gives the one vector that it learns these values. */
  void learned(double[] values) {
    Fields.requireSize("learned", values.length, tasks);
    state = state.withPerTask(learned(), Vector.of(values));
  }

  /** One step of losses. */
  Weighing losses(int epoch, double[] losses) {
    return weigh(Observation.ofLosses(step, epoch, Vector.of(losses), Vector.ones(tasks)));
  }

  /** One step of losses and gradients. */
  Weighing gradients(int epoch, double[] losses, Gradients gradients) {
    return weigh(
        Observation.ofLosses(step, epoch, Vector.of(losses), Vector.ones(tasks))
            .withGram(gradients.gram()));
  }

  private Weighing weigh(Observation observation) {
    Weighing weighing = weigher.weigh(observation, state);
    state = weighing.state();
    step++;
    return weighing;
  }
}
