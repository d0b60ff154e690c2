package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.random.Draws;

/**
 * Parts of a network, bound to double parameters, against central differences.
 *
 * <p>The step h = 1e-6 makes an error of order h^2 from curvature and of 1e-16 / h = 1e-10 from
 * rounding, both far below the tolerance of 1e-6 of the largest derivative. A ReLU or a maximum
 * that switches within the step would show as a difference between the slopes on the two sides; the
 * fixed seeds are such that none does, which is checked.
 */
public final class CentralDifferences {
  private static final double STEP = 1e-6;
  private static final double TOLERANCE = 1e-6;

  /** Leaves room for the true curvature within the step, which is large in batch normalisation. */
  private static final double KINK = 1e-3;

  /** Elements of a variable that are moved alone, which says where it is wrong. */
  private static final int ALONE = 5;

  /** Random directions in which all elements of a variable move, so that none is left out. */
  private static final int TOGETHER = 3;

  private CentralDifferences() {}

  public interface Part {
    Tensor apply(Tensor x);
  }

  /** Against a fixed random linear functional of what the part gives. */
  public static void check(ParameterBook book, List<Integer> input, Part part, long seed) {
    try (PointerScope scope = new PointerScope()) {
      Draws draws = Draws.of(seed);
      List<Tensor> variables = bind(book, draws);
      Tensor x = normal(input, draws.of("x")).requires_grad_(true);
      variables.add(x);
      Tensor cotangent = normal(shape(part.apply(x)), draws.of("cotangent"));
      compare(variables, () -> part.apply(x).mul(cotangent).sum(), draws);
    }
  }

  /** The derivatives of a scalar by each variable, in directions of unit length. */
  static void compare(List<Tensor> variables, Supplier<Tensor> loss, Draws draws) {
    TensorVector found =
        torch.grad(
            new TensorVector(loss.get()), new TensorVector(variables.toArray(Tensor[]::new)));
    double scale = 0;
    for (int i = 0; i < variables.size(); i++) {
      scale = Math.max(scale, found.get(i).abs().max().item_double());
    }
    assertThat(scale).as("largest derivative").isPositive();
    double at = value(loss);
    for (int i = 0; i < variables.size(); i++) {
      Tensor gradient = found.get(i).contiguous();
      int elements = (int) gradient.numel();
      int[] order = draws.of("elements").at(i).permutation(elements);
      List<double[]> directions = new ArrayList<>();
      for (int n = 0; n < Math.min(elements, ALONE); n++) {
        double[] one = new double[elements];
        one[order[n]] = 1;
        directions.add(one);
      }
      for (int n = 0; n < (elements > ALONE ? TOGETHER : 0); n++) {
        directions.add(unit(elements, draws.of("directions").at(i).at(n)));
      }
      for (int n = 0; n < directions.size(); n++) {
        String which = (n < ALONE ? "element " + order[n] : "a direction") + " of variable " + i;
        compare(variables.get(i), gradient, directions.get(n), loss, at, scale, which);
      }
    }
  }

  private static void compare(
      Tensor variable,
      Tensor gradient,
      double[] direction,
      Supplier<Tensor> loss,
      double at,
      double scale,
      String which) {
    DoublePointer data = variable.data_ptr_double().capacity(direction.length);
    double[] before = new double[direction.length];
    data.get(before);
    double above = moved(data, before, direction, STEP, loss);
    double below = moved(data, before, direction, -STEP, loss);
    data.put(before);
    assertThat((above - at) / STEP - (at - below) / STEP)
        .as("a kink lies in the step of %s: choose another seed", which)
        .isCloseTo(0, within(KINK * scale));
    double[] derivatives = new double[direction.length];
    gradient.data_ptr_double().capacity(direction.length).get(derivatives);
    double expected = 0;
    for (int e = 0; e < direction.length; e++) {
      expected += derivatives[e] * direction[e];
    }
    assertThat(expected)
        .as(which)
        .isCloseTo((above - below) / (2 * STEP), within(TOLERANCE * scale));
  }

  private static double moved(
      DoublePointer data, double[] from, double[] direction, double by, Supplier<Tensor> loss) {
    double[] to = new double[from.length];
    for (int e = 0; e < to.length; e++) {
      to[e] = from[e] + by * direction[e];
    }
    data.put(to);
    return value(loss);
  }

  private static double[] unit(int elements, Draws draws) {
    double[] direction = new double[elements];
    double squares = 0;
    for (int e = 0; e < elements; e++) {
      direction[e] = draws.normal(e);
      squares += direction[e] * direction[e];
    }
    for (int e = 0; e < elements; e++) {
      direction[e] /= Math.sqrt(squares);
    }
    return direction;
  }

  private static Offset<Double> within(double offset) {
    return Offset.offset(offset);
  }

  private static double value(Supplier<Tensor> loss) {
    try (PointerScope scope = new PointerScope()) {
      return loss.get().item_double();
    }
  }

  /** Binds all parameters and buffers to random doubles; gives the parameters. */
  public static List<Tensor> bind(ParameterBook book, Draws draws) {
    List<Tensor> variables = new ArrayList<>();
    for (Parameter parameter : Tiny.parameters(book)) {
      // Far enough from the special values 0 and 1 that a wrong bias or factor would show.
      Tensor tensor =
          normal(
                  parameter.shape().stream().map(Long::intValue).toList(),
                  draws.of(parameter.name()))
              .requires_grad_(true);
      parameter.bind(tensor);
      variables.add(tensor);
    }
    for (Parameter buffer : book.buffers()) {
      buffer.bind(
          normal(buffer.shape().stream().map(Long::intValue).toList(), draws.of(buffer.name()))
              .abs());
    }
    return variables;
  }

  public static Tensor normal(List<Integer> shape, Draws draws) {
    Tensor tensor =
        torch.zeros(
            shape.stream().mapToLong(Integer::longValue).toArray(),
            HostTensors.options(ScalarType.Double));
    int elements = (int) tensor.numel();
    DoublePointer data = tensor.data_ptr_double().capacity(elements);
    for (int i = 0; i < elements; i++) {
      data.put(i, draws.normal(i));
    }
    return tensor;
  }

  public static List<Integer> shape(Tensor tensor) {
    List<Integer> shape = new ArrayList<>();
    for (int axis = 0; axis < tensor.dim(); axis++) {
      shape.add((int) tensor.size(axis));
    }
    return shape;
  }
}
