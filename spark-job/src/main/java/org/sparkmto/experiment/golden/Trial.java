package org.sparkmto.experiment.golden;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sparkmto.method.Blend;
import org.sparkmto.method.ElementMethod;
import org.sparkmto.method.Elements;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.HeadWeights;
import org.sparkmto.method.Method;
import org.sparkmto.method.MethodState;
import org.sparkmto.method.Methods;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
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
  private final Map<String, List<double[]>> elementState = new HashMap<>();
  private Gradients averages;
  private Observation lastObservation;
  private Weighing last;
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

  static Method method(String name, Map<String, ?> options) {
    if (Methods.all().stream().noneMatch(entry -> entry.name().equals(name))) {
      throw new NotOfferedException("method " + name + " is not built");
    }
    try {
      return Methods.byName(name, options).method();
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

  /** The gradient, in a step's answer, of the one vector that it learns. */
  double[] slopes(Weighing weighing) {
    Vector gradient = weighing.gradients().get(learned());
    if (gradient == null) {
      throw new NotOfferedException("the method learns nothing where one task alone is active");
    }
    return gradient.toArray();
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
            .with(summary(gradients.gram())));
  }

  private GradientSummary summary(SymmetricMatrix gram) {
    if (method.parts() > 1) {
      return new GradientSummary.PartGram(method.parts(), gram);
    }
    return gram.size() == 2 * tasks
        ? new GradientSummary.AverageGram(gram)
        : new GradientSummary.Gram(gram);
  }

  /**
   * One step of a method of running averages, which are kept here.
   *
   * @return weights of {@link #averages} as they are after the step
   */
  Weighing averages(double[] losses, Gradients gradients) {
    if (averages == null) {
      averages = gradients.times(new double[tasks]);
    }
    Gradients before = averages;
    Weighing weighing = gradients(0, losses, Gradients.stacked(List.of(before, gradients)));
    Blend blend =
        weighing
            .blend()
            .orElseThrow(() -> new NotOfferedException("the method keeps no running averages"));
    double[][] after = new double[tasks][gradients.parameters()];
    for (int k = 0; k < tasks; k++) {
      for (int p = 0; p < after[k].length; p++) {
        after[k][p] =
            blend.keep().at(k) * before.at(k, p) + blend.take().at(k) * gradients.at(k, p);
      }
    }
    averages = new Gradients(after);
    return weighing;
  }

  Gradients averages() {
    return averages;
  }

  /** One step of a method of elements, whose element state is kept here: the combined gradient. */
  double[] elements(double[] losses, Gradients gradients) {
    if (!(method instanceof ElementMethod elementMethod)) {
      throw new NotOfferedException("the method does not see elements");
    }
    for (String name : elementMethod.elementState()) {
      elementState.computeIfAbsent(
          name,
          unused ->
              Stream.generate(() -> new double[gradients.parameters()]).limit(tasks).toList());
    }
    Elements all = new Elements(List.of(gradients.rows()), elementState, 0, weigher.draws(step));
    double[] sums = new double[tasks];
    elementMethod.measure(all, sums);
    Weighing weighing =
        weigh(
            Observation.ofLosses(step, 0, Vector.of(losses), Vector.ones(tasks))
                .with(
                    new GradientSummary.ElementSums(gradients.gram().diagonal(), Vector.of(sums))));
    double[] combined = new double[gradients.parameters()];
    elementMethod.combine(all, weighing.shared(), combined);
    return combined;
  }

  /** One step with numbers per task, for example derivatives. */
  Weighing figures(double[] losses, double[] figures) {
    return weigh(
        Observation.ofLosses(step, 0, Vector.of(losses), Vector.ones(tasks))
            .with(new GradientSummary.Derivatives(Vector.of(figures))));
  }

  /** The losses of the last step's batch after its update. */
  void lookAgain(double[] losses) {
    state = weigher.lookAgain(lastObservation, Vector.of(losses), state);
  }

  /** What the last step was answered with. */
  Weighing last() {
    return last;
  }

  /** A vector that it remembers. */
  double[] remembered(String name) {
    double[] values = state.toArrays().get("task/" + name);
    if (values == null) {
      throw new NotOfferedException(
          "the method remembers " + state.toArrays().keySet() + ", not '" + name + "'");
    }
    return values;
  }

  private Weighing weigh(Observation observation) {
    lastObservation = observation;
    last = weigher.weigh(observation, state);
    state = last.state();
    step++;
    return last;
  }
}
