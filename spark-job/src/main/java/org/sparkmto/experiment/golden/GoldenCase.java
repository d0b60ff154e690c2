package org.sparkmto.experiment.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.sparkmto.method.Vector;
import org.sparkmto.random.Draws;

/** One case of a golden file: the gradients, losses and draws that all its methods were given. */
final class GoldenCase {
  private final Fields fields;
  private final Gradients gradients;
  private final double[] losses;

  /**
   * Reads what every method needs.
   *
   * @throws MalformedEntryException if one of the parts is missing or does not fit the others
   */
  GoldenCase(Fields fields) {
    this.fields = fields;
    int tasks = fields.count("K", 1);
    int parameters = fields.count("P", 1);
    this.gradients = new Gradients(fields.matrix("G", tasks, parameters));
    this.losses = fields.vector("losses", tasks);
    for (double[] row : gradients.rows()) {
      if (!Vector.of(row).isFinite()) {
        throw new MalformedEntryException("the field 'G' holds infinite values or NaN");
      }
    }
  }

  Fields fields() {
    return fields;
  }

  int tasks() {
    return gradients.tasks();
  }

  Gradients gradients() {
    return gradients;
  }

  double[] losses() {
    return losses.clone();
  }

  /** The recorded draws. */
  Draws draws() {
    return draws(this::order);
  }

  /** The recorded draws, but the same order for all tasks. */
  Draws drawsInOneOrder(int[] order) {
    requireOrder("order", order);
    return draws(task -> order);
  }

  private Draws draws(IntFunction<int[]> orders) {
    List<Integer> active = Arrays.stream(gradients.moving()).boxed().toList();
    return new RecordedDraws(orders, this::uniform, this::normal, active, Optional.empty());
  }

  private int[] order(int task) {
    double[][] orders = fields.rows("orders");
    Fields.requireSize("orders", orders.length, tasks());
    int[] order = Fields.wholes("orders", orders[task]);
    requireOrder("orders", order);
    return order;
  }

  private void requireOrder(String name, int[] order) {
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    if (!Arrays.equals(sorted, IntStream.range(0, tasks()).toArray())) {
      throw new MalformedEntryException(
          "the field '" + name + "' holds an order that does not visit every task once");
    }
  }

  double uniform(int element) {
    return fields.vector("uniform_draws", gradients.parameters())[element];
  }

  double normal(int task) {
    return fields.vector("normal_draws", tasks())[task];
  }

  /** How many steps the recorded sequence has. */
  int steps() {
    return fields.child("sequence").vector("f").length;
  }

  /** {@code f_i}: the gradients of step i grow with it, the losses with its root. */
  private double factor(int step) {
    double[] factors = fields.child("sequence").vector("f");
    if (step >= factors.length) {
      throw new MalformedEntryException(
          "step " + step + " is asked for, the case's sequence has " + factors.length);
    }
    return factors[step];
  }

  /** {@code G f_i (1 + 0.1 i linspace(-1, 1, K))}, row by row. */
  Gradients gradients(int step) {
    double[] factors = new double[tasks()];
    for (int k = 0; k < factors.length; k++) {
      double place = factors.length == 1 ? -1 : -1 + 2.0 * k / (factors.length - 1);
      factors[k] = factor(step) * (1 + 0.1 * step * place);
    }
    return gradients.times(factors);
  }

  /** {@code l sqrt(f_i)}. */
  double[] losses(int step) {
    double root = Math.sqrt(factor(step));
    return Arrays.stream(losses).map(loss -> loss * root).toArray();
  }
}
