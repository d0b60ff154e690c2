package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Batch;
import org.sparkmto.data.DataContractException;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.random.Draws;

/**
 * Each task with a batch normalisation of its own, against PyTorch's layer on its samples alone.
 */
class TaskNormalisationTest {
  private static final int CHANNELS = 2;
  private static final int TASKS = 4;

  /** By sample its task; -1 for none. Of task 1 there is one sample, of task 3 there is none. */
  private static final int[] OF = {2, 0, 1, -1, 0, 2, 0, 2};

  /** Of numbers around 5: some roundings of a double. */
  private static final double ROUNDING = 1e-12;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  private static Tensor membership(int from, int to) {
    List<Double> of = new ArrayList<>();
    for (int sample = from; sample < to; sample++) {
      for (int task = 0; task < TASKS; task++) {
        of.add(OF[sample] == task ? 1.0 : 0.0);
      }
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor numbers = HostTensors.numbers(of, HostTensors.numbers(of, doubles()));
      return kept(numbers.view(to - from, TASKS));
    }
  }

  private static Tensor doubles() {
    return CentralDifferences.normal(List.of(1), Draws.of(1));
  }

  private static Tensor kept(Tensor tensor) {
    Tensor own = new Tensor(tensor);
    own.retainReference();
    return own;
  }

  private static Tensor numbers(int side, long seed) {
    return CentralDifferences.normal(List.of(OF.length, CHANNELS, side, side), Draws.of(seed))
        .add(new Scalar(5.0));
  }

  /** A layer with a row for each task, and the same rows as layers of one task each. */
  private static final class Layer {
    final SampleTasks tasks = new SampleTasks();
    final ParameterBook book;
    final BatchNormalisation layer;
    final List<Tensor> variables;

    Layer(int rows, boolean ofTasks) {
      book = new ParameterBook(rows, ofTasks ? tasks : null);
      layer = new BatchNormalisation(book.shared(), "bn", CHANNELS);
      variables = CentralDifferences.bind(book, Draws.of(3));
    }

    /** What it gives, its gradients by x, weight and bias, and its buffers. */
    List<double[]> passed(Tensor x, Tensor cotangent, Tensor of) {
      Tensor leaf = x.detach().clone().requires_grad_(true);
      Tensor y =
          of == null ? layer.apply(leaf, true) : tasks.during(of, () -> layer.apply(leaf, true));
      List<Tensor> by = new ArrayList<>(List.of(leaf));
      by.addAll(variables);
      TensorVector found = Autograd.gradients(y, cotangent, by, false);
      List<double[]> all = new ArrayList<>();
      all.add(HostTensors.doubles(y.detach()));
      for (int i = 0; i < by.size(); i++) {
        all.add(HostTensors.doubles(found.get(i)));
      }
      book.buffers().forEach(buffer -> all.add(HostTensors.doubles(buffer.tensor())));
      return all;
    }
  }

  private static Layer ofTask(Layer all, int task) {
    Layer one = new Layer(1, false);
    try (NoGradGuard guard = new NoGradGuard()) {
      for (int i = 0; i < one.variables.size(); i++) {
        one.variables.get(i).copy_(all.variables.get(i).select(0, task));
      }
      for (int i = 0; i < one.book.buffers().size(); i++) {
        one.book
            .buffers()
            .get(i)
            .tensor()
            .copy_(all.book.buffers().get(i).tensor().select(0, task));
      }
    }
    return one;
  }

  private static double[] rows(double[] all, int width, int task) {
    return Arrays.copyOfRange(all, task * width, (task + 1) * width);
  }

  /** On maps, and where a sample has been pooled to one place, so that task 1 has one value. */
  @org.junit.jupiter.params.ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(ints = {3, 1})
  void aTasksSamplesAreNormalisedAsIfThereWereNoOthers(int side) {
    try (PointerScope scope = new PointerScope()) {
      Layer all = new Layer(TASKS, true);
      Tensor x = numbers(side, 8);
      Tensor cotangent = numbers(side, 9);
      List<Layer> alone = new ArrayList<>();
      for (int task = 0; task < TASKS; task++) {
        alone.add(ofTask(all, task));
      }
      List<double[]> before =
          all.book.buffers().stream().map(buffer -> HostTensors.doubles(buffer.tensor())).toList();
      List<double[]> found = all.passed(x, cotangent, membership(0, OF.length));
      int each = CHANNELS * side * side;
      for (int task = 0; task < TASKS; task++) {
        int wanted = task;
        int[] samples =
            java.util.stream.IntStream.range(0, OF.length).filter(s -> OF[s] == wanted).toArray();
        if (samples.length == 0) {
          assertThat(rows(found.get(4), CHANNELS, task))
              .isEqualTo(rows(before.get(0), CHANNELS, task));
          assertThat(rows(found.get(5), CHANNELS, task))
              .isEqualTo(rows(before.get(1), CHANNELS, task));
          assertThat(rows(found.get(2), CHANNELS, task)).containsOnly(0);
          continue;
        }
        List<double[]> expected =
            alone.get(task).passed(chosen(x, samples), chosen(cotangent, samples), null);
        for (int i = 0; i < samples.length; i++) {
          for (int part = 0; part < 2; part++) {
            assertThat(rows(found.get(part), each, samples[i]))
                .as("task %d, part %d", task, part)
                .containsExactly(rows(expected.get(part), each, i), within(ROUNDING));
          }
        }
        for (int part = 2; part < 6; part++) {
          assertThat(rows(found.get(part), CHANNELS, task))
              .as("task %d, part %d", task, part)
              .containsExactly(expected.get(part), within(10 * ROUNDING));
        }
      }
      assertThat(rows(found.get(0), each, 3)).as("of no task").containsOnly(0);
      assertThat(rows(found.get(1), each, 3)).containsOnly(0);
    }
  }

  private static Tensor chosen(Tensor x, int[] samples) {
    List<Tensor> parts = new ArrayList<>();
    for (int sample : samples) {
      parts.add(x.narrow(0, sample, 1));
    }
    return org.bytedeco.pytorch.global.torch.cat(HostTensors.vector(parts), 0);
  }

  @Test
  void gradientsAreThoseOfCentralDifferences() {
    SampleTasks tasks = new SampleTasks();
    ParameterBook book = new ParameterBook(TASKS, tasks);
    BatchNormalisation layer = new BatchNormalisation(book.shared(), "bn", CHANNELS);
    Tensor of = membership(0, OF.length);
    CentralDifferences.check(
        book,
        List.of(OF.length, CHANNELS, 2, 2),
        x -> tasks.during(of, () -> layer.apply(x, true)),
        5);
  }

  @Test
  void ranksTogetherNormaliseAsOneRankDoes() throws Exception {
    int side = 2;
    List<double[]> whole;
    try (PointerScope scope = new PointerScope()) {
      whole =
          new Layer(TASKS, true)
              .passed(numbers(side, 8), numbers(side, 9), membership(0, OF.length));
    }
    List<List<double[]>> parts =
        Ranks.run(
            3,
            group -> {
              try (PointerScope scope = new PointerScope()) {
                int first = OF.length * group.rank() / 3;
                int end = OF.length * (group.rank() + 1) / 3;
                Layer layer = new Layer(TASKS, true);
                layer.book.normaliseBy(BatchStatistics.ofBatch(group::sum));
                return layer.passed(
                    numbers(side, 8).narrow(0, first, end - first),
                    numbers(side, 9).narrow(0, first, end - first),
                    membership(first, end));
              }
            });
    for (int part = 0; part < 6; part++) {
      double[] found = new double[0];
      for (List<double[]> own : parts) {
        double[] next = own.get(part);
        if (part < 2) {
          double[] both = Arrays.copyOf(found, found.length + next.length);
          System.arraycopy(next, 0, both, found.length, next.length);
          found = both;
        } else if (part < 4 && found.length > 0) {
          for (int i = 0; i < next.length; i++) {
            found[i] += next[i];
          }
        } else {
          found = next;
        }
      }
      assertThat(found).as("part %d", part).containsExactly(whole.get(part), within(1e-11));
    }
  }

  @Test
  void sixteenBitsStayWhatTheyAre() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Layer one = new Layer(TASKS, true);
      Tensor x = numbers(2, 8).toType(ScalarType.BFloat16);
      Tensor of = membership(0, OF.length);
      Tensor y = one.tasks.during(of, () -> one.layer.apply(x, true));
      assertThat(y.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
      Layer other = new Layer(TASKS, true);
      Tensor usual =
          other.tasks.during(of, () -> other.layer.apply(x.toType(ScalarType.Double), true));
      // Eight bits of a number of at most 8.
      assertThat(HostTensors.doubles(y)).containsExactly(HostTensors.doubles(usual), within(0.032));
    }
  }

  private static NetworkPlan vgg() {
    return Tiny.plan("vgg16", Map.of("width", 2L), Tiny.threeTasks(), List.of(3, 32, 32), Map.of())
        .normalisingByTask();
  }

  /** Samples of the tasks in turns. */
  private static Batch ofTasks(NetworkPlan plan, int samples) {
    Batch batch = Tiny.batch(plan, samples, 1, false);
    byte[] labels = batch.column("labels").clone();
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 3 == i / 3 % 3 ? labels[i] : (byte) Tiny.MISSING;
    }
    return new Batch(samples, Map.of("image", batch.column("image"), "labels", labels));
  }

  /** After a step, so that tasks have other statistics; a row of the weights is told apart, too. */
  private static Replica moved(NetworkPlan plan) {
    Replica replica = Replica.of(plan, Draws.of(2));
    try (ForwardPass pass = replica.forward(ofTasks(plan, 9), Cut.NONE)) {
      pass.backward(new double[] {1, 2, 3}, new double[] {1, 1, 1});
    }
    float[] values = Tiny.values(replica.parameters());
    float[] gradient = Tiny.values(replica.gradient());
    for (int i = 0; i < values.length; i++) {
      values[i] -= 0.02f * gradient[i];
    }
    replica.parameters().write(0, values, 0, values.length);
    return replica;
  }

  @Test
  void aSampleIsJudgedByWhatItsTaskSaysWhenAsked() {
    NetworkPlan plan = vgg();
    Batch batch = ofTasks(plan, 9);
    try (Replica replica = moved(plan)) {
      List<float[]> asked = replica.predict(batch);
      List<float[]> labelled = replica.predictLabelled(batch);
      List<float[]> judged = replica.judge(batch).outputs();
      double others = 0;
      for (int task = 0; task < 3; task++) {
        int outputs = asked.get(task).length / 9;
        assertThat(judged.get(task)).isEqualTo(labelled.get(task));
        for (int i = 0; i < asked.get(task).length; i++) {
          double apart = Math.abs(asked.get(task)[i] - labelled.get(task)[i]);
          if (i / outputs % 3 == task) {
            // Products in another order through thirteen layers, of numbers of about 1.
            assertThat(apart).as("task %d, %d", task, i).isLessThan(1e-4);
          } else {
            others = Math.max(others, apart);
          }
        }
      }
      assertThat(others).as("normalised by another task's").isGreaterThan(0.01);
    }
  }

  @Test
  void blocksThatAreRunAgainKnowWhoseSamplesTheyHave() {
    NetworkPlan plan = vgg();
    List<float[]> gradients = new ArrayList<>();
    for (PassSettings settings :
        List.of(PassSettings.USUAL, PassSettings.USUAL.with(PassSettings.Recompute.BLOCKS))) {
      try (Replica replica = Replica.of(plan, Draws.of(2))) {
        replica.makePasses(settings);
        try (ForwardPass first = replica.forward(ofTasks(plan, 9), Cut.NONE);
            ForwardPass second = replica.forward(ofTasks(plan, 6), Cut.NONE)) {
          first.backward(new double[] {1, 2, 3}, new double[] {1, 1, 1});
          gradients.add(Tiny.values(replica.gradient()));
          gradients.add(Tiny.values(replica.buffers()));
        }
      }
    }
    assertThat(gradients.get(2)).isEqualTo(gradients.get(0));
    assertThat(gradients.get(3)).isEqualTo(gradients.get(1));
  }

  /** What is compiled compares itself with what is predicted. */
  @Test
  void aProgramHasAPassForEachTask() {
    NetworkPlan plan = vgg();
    try (Replica replica = moved(plan)) {
      NetworkProgram program = NetworkProgram.of(replica);
      assertThat(program.text(Dialect.PYTHON, "")).contains("running_var\"][2]");
      try (TorchScriptNetwork script = TorchScriptNetwork.of(program, replica)) {
        Batch batch = ofTasks(plan, 4);
        List<float[]> expected = replica.predict(batch);
        List<float[]> found = script.outputs(batch);
        for (int task = 0; task < 3; task++) {
          assertThat(found.get(task)).containsExactly(expected.get(task), within(1e-5f));
        }
      }
    }
  }

  @Test
  void buffersHaveARowForEachTask() {
    try (Replica replica = Replica.of(vgg(), Draws.of(2))) {
      assertThat(replica.bufferEntries())
          .allSatisfy(entry -> assertThat(entry.shape().get(0)).isEqualTo(3));
    }
  }

  /** As matrices of tasks they are nothing that weight decay of matrices is for. */
  @Test
  void whatNormalisationLearnsIsNoMatrix() {
    for (ParameterLayout.Entry entry : vgg().layout().entries()) {
      boolean convolution = entry.shape().size() == 4;
      boolean head = entry.name().startsWith("heads.") && entry.name().endsWith(".weight");
      assertThat(entry.isMatrix()).as(entry.name()).isEqualTo(convolution || head);
    }
  }

  @Test
  void aSampleOfTwoTasksIsRefused() {
    NetworkPlan plan = vgg();
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      Batch both = Tiny.batch(plan, 3, 1, false);
      assertThatThrownBy(() -> replica.forward(both, Cut.NONE))
          .isInstanceOf(DataContractException.class)
          .hasMessage(
              "a sample has labels of tasks 'digit' and 'smiling', and network.normalisation = task"
                  + " is for data sets in which each sample has those of one task; leave it out");
    }
  }

  @Test
  void headsWithBatchNormalisationAreRefused() {
    NetworkPlan plan = Rooms.plan("deeplab", Map.of("depth", 18L, "width", 4L), 32, 32);
    assertThatThrownBy(() -> plan.normalisingByTask().layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("heads without batch normalisation");
  }
}
