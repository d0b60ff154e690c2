package org.sparkmto.experiment.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.sparkmto.method.Derivatives;
import org.sparkmto.method.LocalStep;
import org.sparkmto.method.Method;
import org.sparkmto.method.MethodState;
import org.sparkmto.method.Methods;
import org.sparkmto.method.Observation;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;
import org.sparkmto.random.Draws;

/** A registered method that walks through recorded steps. */
final class Trial {
  private final Method method;
  private final int tasks;
  private final LocalStep local;

  /**
   * The method before its first step.
   *
   * @throws NotOfferedException if there is no such method, or it refuses the options
   */
  Trial(String name, Map<String, ?> options, int tasks, Draws draws) {
    this.method = method(name, options);
    this.tasks = tasks;
    this.local = start(method, tasks, draws);
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

  private static LocalStep start(Method method, int tasks, Draws draws) {
    List<String> names = IntStream.range(0, tasks).mapToObj(k -> "task-" + k).toList();
    try {
      return LocalStep.of(method, names).draws(draws).start();
    } catch (IllegalArgumentException e) {
      throw new MalformedEntryException(e.getMessage());
    }
  }

  Method method() {
    return method;
  }

  /** What it remembers now. */
  MethodState state() {
    return local.state();
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
    local.remember(local.state().withPerTask(learned(), Vector.of(values)));
  }

  /** One step of losses. */
  Weighing losses(int epoch, double[] losses) {
    return local.weigh(LocalStep.Problem.at(Vector.of(losses)), epoch, 0);
  }

  /**
   * One step of losses and gradients.
   *
   * @param gradients of all tasks, or of all tasks over one part of a batch after the other
   */
  Weighing gradients(int epoch, double[] losses, Gradients gradients) {
    double[][][] parts = new double[gradients.tasks() / tasks][][];
    for (int part = 0; part < parts.length; part++) {
      parts[part] = Arrays.copyOfRange(gradients.rows(), part * tasks, (part + 1) * tasks);
    }
    return local.weigh(LocalStep.Problem.at(Vector.of(losses), parts), epoch, 0);
  }

  /**
   * One step of a method of running averages.
   *
   * @return weights of {@link #averages} as they are after the step
   */
  Weighing averages(double[] losses, Gradients gradients) {
    Weighing weighing = gradients(0, losses, gradients);
    if (weighing.blend().isEmpty()) {
      throw new NotOfferedException("the method keeps no running averages");
    }
    return weighing;
  }

  Gradients averages() {
    return new Gradients(local.rows());
  }

  /** One step of a method of elements: the combined gradient. */
  double[] elements(double[] losses, Gradients gradients) {
    gradients(0, losses, gradients);
    return local.combined();
  }

  /** One step with derivatives after a trial. */
  Weighing derivatives(double[] losses, double[] derivatives) {
    Observation before =
        local.observe(LocalStep.Problem.at(Vector.of(losses)), Vector.ones(tasks), 0);
    return local.weigh(before.with(new Derivatives(Vector.of(derivatives))), 0);
  }

  /** The losses of the last step's batch after its update. */
  void lookAgain(double[] losses) {
    local.lookAgain(Vector.of(losses));
  }

  /** What the last step was answered with. */
  Weighing last() {
    return local.last();
  }

  /** A vector that it remembers. */
  double[] remembered(String name) {
    double[] values = local.state().toArrays().get("task/" + name);
    if (values == null) {
      throw new NotOfferedException(
          "the method remembers " + local.state().toArrays().keySet() + ", not '" + name + "'");
    }
    return values;
  }
}
