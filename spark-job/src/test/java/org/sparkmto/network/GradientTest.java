package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkmto.network.CentralDifferences.bind;
import static org.sparkmto.network.CentralDifferences.check;
import static org.sparkmto.network.CentralDifferences.compare;
import static org.sparkmto.network.CentralDifferences.normal;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Task;
import org.sparkmto.random.Draws;

/** Every part of a network, bound to double parameters, against central differences. */
class GradientTest {
  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void batchNormalisationWithBatchStatistics() {
    ParameterBook book = new ParameterBook(0);
    BatchNormalisation part = new BatchNormalisation(book.shared(), "b", 3);
    check(book, List.of(4, 3, 2, 2), x -> part.apply(x, true), 4);
  }

  @Test
  void batchNormalisationOfGroups() {
    ParameterBook book = new ParameterBook(0);
    BatchNormalisation part = new BatchNormalisation(book.shared(), "b", 3);
    book.normaliseBy(BatchStatistics.ofGroups(2));
    check(book, List.of(6, 3, 2, 2), x -> part.apply(x, true), 4);
  }

  @Test
  void batchNormalisationOfTheWholeBatch() {
    ParameterBook book = new ParameterBook(0);
    BatchNormalisation part = new BatchNormalisation(book.shared(), "b", 3);
    book.normaliseBy(BatchStatistics.ofBatch(values -> {}));
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
    checkPlan(Tiny.residual(Tiny.threeTasks()), List.of(6, 3, 16, 16), 6);
  }

  @Test
  void smallConvolutionalNetwork() {
    checkPlan(Tiny.smallConvolutional(Tiny.threeTasks()), List.of(5, 1, 8, 8), 7);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void crossEntropy(boolean gaps) {
    long[] labels = gaps ? new long[] {2, 255, 0, 255, 1} : new long[] {2, 1, 0, 3, 1};
    checkLoss(new CrossEntropy(List.of(), 0), List.of(5, 4), labels, !gaps);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void binaryCrossEntropy(boolean gaps) {
    long[] labels = gaps ? new long[] {1, 255, 0, 255, 1} : new long[] {1, 1, 0, 0, 1};
    checkLoss(new BinaryCrossEntropy(1, 1), List.of(5, 1), labels, !gaps);
  }

  /** Sum of the weighted losses of all tasks, by shared parameters, heads and input. */
  private static void checkPlan(NetworkPlan plan, List<Integer> input, long seed) {
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

  private static Tensor longs(long[] values) {
    Tensor tensor = torch.zeros(new long[] {values.length}, HostTensors.options(ScalarType.Long));
    tensor.data_ptr_long().capacity(values.length).put(values, 0, values.length);
    return tensor;
  }
}
