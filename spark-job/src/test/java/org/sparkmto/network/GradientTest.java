package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Task;
import org.sparkmto.random.Draws;

/**
 * Every part of a network, bound to double parameters, against central differences.
 *
 * <p>The step h = 1e-6 makes an error of order h^2 from curvature and of 1e-16 / h = 1e-10 from
 * rounding, both far below the tolerance of 1e-6 of the largest derivative. A ReLU or a maximum
 * that switches within the step would show as a difference between the slopes on the two sides; the
 * fixed seeds are such that none does, which is checked.
 */
class GradientTest {
  private static final double STEP = 1e-6;
  private static final double TOLERANCE = 1e-6;

  /** Leaves room for the true curvature within the step, which is large in batch normalisation. */
  private static final double KINK = 1e-3;

  private static final int CHECKED = 40;

  @BeforeAll
  static void oneThread() {
    Replica.computeThreads(1);
  }

  @Test
  void biasedConvolution() {
    ParameterBook book = new ParameterBook(0);
    Convolution part = Convolution.biased(book.shared(), "c", 2, 3, 3, 1);
    check(book, List.of(3, 2, 5, 5), part::apply, 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void plainConvolution(long stride) {
    ParameterBook book = new ParameterBook(0);
    Convolution part = Convolution.plain(book.shared(), "c", 2, 3, 3, stride);
    check(book, List.of(3, 2, 5, 5), part::apply, 2);
  }

  @Test
  void linear() {
    ParameterBook book = new ParameterBook(0);
    Linear part = new Linear(book.shared(), "l", 4, 3);
    check(book, List.of(5, 4), part::apply, 3);
  }

  @Test
  void batchNormalisationWithBatchStatistics() {
    ParameterBook book = new ParameterBook(0);
    BatchNormalisation part = new BatchNormalisation(book.shared(), "b", 3);
    check(book, List.of(4, 3, 2, 2), x -> part.apply(x, true), 4);
  }

  @Test
  void batchNormalisationWithRunningStatistics() {
    ParameterBook book = new ParameterBook(0);
    BatchNormalisation part = new BatchNormalisation(book.shared(), "b", 3);
    check(book, List.of(4, 3, 2, 2), x -> part.apply(x, false), 5);
  }

  @Test
  void residualNetwork() {
    check(Tiny.residual(Tiny.threeTasks()), List.of(6, 3, 16, 16), 6);
  }

  @Test
  void smallConvolutionalNetwork() {
    check(Tiny.smallConvolutional(Tiny.threeTasks()), List.of(5, 1, 8, 8), 7);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void crossEntropy(boolean gaps) {
    long[] labels = gaps ? new long[] {2, 255, 0, 255, 1} : new long[] {2, 1, 0, 3, 1};
    checkLoss(new CrossEntropy(), List.of(5, 4), labels, !gaps);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void binaryCrossEntropy(boolean gaps) {
    long[] labels = gaps ? new long[] {1, 255, 0, 255, 1} : new long[] {1, 1, 0, 0, 1};
    checkLoss(new BinaryCrossEntropy(1, 1), List.of(5, 1), labels, !gaps);
  }

  private interface Part {
    Tensor apply(Tensor x);
  }

  /** Against a fixed random linear functional of what the part gives. */
  private static void check(ParameterBook book, List<Integer> input, Part part, long seed) {
    try (PointerScope scope = new PointerScope()) {
      Draws draws = Draws.of(seed);
      List<Tensor> variables = bind(book, draws);
      Tensor x = normal(input, draws.of("x")).requires_grad_(true);
      variables.add(x);
      Tensor cotangent = normal(shape(part.apply(x)), draws.of("cotangent"));
      compare(variables, () -> part.apply(x).mul(cotangent).sum(), draws);
    }
  }

  /** Sum of the weighted losses of all tasks, by shared parameters, heads and input. */
  private static void check(NetworkPlan plan, List<Integer> input, long seed) {
    try (PointerScope scope = new PointerScope()) {
      Draws draws = Draws.of(seed);
      NetworkPlan.Declared declared = plan.declare();
      List<Tensor> variables = bind(declared.book(), draws);
      Tensor x = normal(input, draws.of("x")).requires_grad_(true);
      variables.add(x);
      Supplier<Tensor> loss =
          () -> {
            Tensor z = declared.network().encode(List.of(x), true);
            Tensor total = torch.zeros(new long[] {}, HostTensors.options(ScalarType.Double));
            for (int task = 0; task < plan.tasks().size(); task++) {
              Task one = plan.tasks().get(task);
              long[] labels = new long[input.get(0)];
              for (int sample = 0; sample < labels.length; sample++) {
                labels[sample] = sample == 1 ? Tiny.MISSING : (sample + task) % one.classes();
              }
              Tensor outputs = declared.network().decode(task, z, true);
              Tensor sum = TaskLosses.of(one).sum(outputs, labels(labels));
              total = total.add(sum.mul(new org.bytedeco.pytorch.Scalar(1.0 + task)));
            }
            return total;
          };
      compare(variables, loss, draws);
    }
  }

  private static Target labels(long[] labels) {
    double known = Arrays.stream(labels).filter(label -> label != Tiny.MISSING).count();
    return new Target(longs(labels), null, Tiny.MISSING, known, labels.length);
  }

  private static void checkLoss(
      TaskLoss loss, List<Integer> outputs, long[] labels, boolean complete) {
    try (PointerScope scope = new PointerScope()) {
      Draws draws = Draws.of(8);
      Tensor x = normal(outputs, draws.of("x")).requires_grad_(true);
      Target target = labels(labels);
      assertThat(target.complete()).isEqualTo(complete);
      compare(List.of(x), () -> loss.sum(x, target), draws);
    }
  }

  private static void compare(List<Tensor> variables, Supplier<Tensor> loss, Draws draws) {
    TensorVector found =
        torch.grad(
            new TensorVector(loss.get()), new TensorVector(variables.toArray(Tensor[]::new)));
    double scale = 0;
    for (int i = 0; i < variables.size(); i++) {
      scale = Math.max(scale, found.get(i).abs().max().item_double());
    }
    double at = value(loss);
    for (int i = 0; i < variables.size(); i++) {
      Tensor variable = variables.get(i);
      int elements = (int) variable.numel();
      DoublePointer data = variable.data_ptr_double().capacity(elements);
      Tensor gradient = found.get(i).contiguous();
      DoublePointer derivatives = gradient.data_ptr_double().capacity(elements);
      int[] order = draws.of("elements").at(i).permutation(elements);
      for (int n = 0; n < Math.min(elements, CHECKED); n++) {
        int element = order[n];
        double before = data.get(element);
        data.put(element, before + STEP);
        double above = value(loss);
        data.put(element, before - STEP);
        double below = value(loss);
        data.put(element, before);
        String which = "element " + element + " of variable " + i;
        assertThat((above - at) / STEP - (at - below) / STEP)
            .as("a kink lies in the step of %s: choose another seed", which)
            .isCloseTo(0, within(KINK * scale));
        assertThat(derivatives.get(element))
            .as(which)
            .isCloseTo((above - below) / (2 * STEP), within(TOLERANCE * scale));
      }
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }

  private static double value(Supplier<Tensor> loss) {
    try (PointerScope scope = new PointerScope()) {
      return loss.get().item_double();
    }
  }

  private static List<Tensor> bind(ParameterBook book, Draws draws) {
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

  private static Tensor normal(List<Integer> shape, Draws draws) {
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

  private static List<Integer> shape(Tensor tensor) {
    List<Integer> shape = new ArrayList<>();
    for (int axis = 0; axis < tensor.dim(); axis++) {
      shape.add((int) tensor.size(axis));
    }
    return shape;
  }

  private static Tensor longs(long[] values) {
    Tensor tensor = torch.zeros(new long[] {values.length}, HostTensors.options(ScalarType.Long));
    tensor.data_ptr_long().capacity(values.length).put(values, 0, values.length);
    return tensor;
  }
}
