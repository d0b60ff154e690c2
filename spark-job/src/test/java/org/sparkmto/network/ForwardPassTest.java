package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Batch;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.Task;
import org.sparkmto.random.Draws;

/** The several routes to a gradient and to a Gram matrix must agree. */
class ForwardPassTest {
  private static final double[] SHARED = {0.7, -1.3, 2.5};
  private static final double[] HEADS = {1.0, 0.25, 3.0};

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"small-conv", "resnet18"})
  void allRoutesGiveTheSameGradient(String architecture) {
    NetworkPlan plan = plan(architecture, Tiny.threeTasks());
    Batch batch = Tiny.batch(plan, 12, 1, true);
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      int shared = (int) replica.layout().shared();
      float[] direct = backward(replica, batch, SHARED, HEADS);
      float[][] tasks = taskGradients(replica, batch);

      float[] cut;
      try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
        RepresentationGradients gradients = pass.backwardHeads();
        gradients.backward(SHARED);
        replica.scaleHeadGradients(HEADS);
        cut = Tiny.values(replica.gradient());
      }
      float[] summed = new float[shared];
      for (int task = 0; task < tasks.length; task++) {
        for (int i = 0; i < shared; i++) {
          summed[i] += (float) SHARED[task] * tasks[task][i];
        }
      }
      // Reorderings of float sums: 1e-5 of the largest element.
      assertClose(cut, direct, 1e-5);
      assertClose(Arrays.copyOf(direct, shared), summed, 1e-5);
    }
  }

  @Test
  void equalWeightsForSharedAndHeadsGiveTheSameAsTwoBackwards() {
    NetworkPlan plan = Tiny.smallConvolutional(Tiny.threeTasks());
    Batch batch = Tiny.batch(plan, 12, 1, true);
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      int shared = (int) replica.layout().shared();
      float[] once = backward(replica, batch, SHARED, SHARED);
      float[] twice = backward(replica, batch, SHARED, HEADS);
      assertClose(Arrays.copyOf(once, shared), Arrays.copyOf(twice, shared), 1e-5);
      for (int task = 0; task < 3; task++) {
        int from = (int) replica.layout().headOffset(task);
        int to = (int) replica.layout().headOffset(task + 1);
        float[] scaled = Arrays.copyOfRange(twice, from, to);
        for (int i = 0; i < scaled.length; i++) {
          scaled[i] = (float) (scaled[i] * SHARED[task] / HEADS[task]);
        }
        assertClose(Arrays.copyOfRange(once, from, to), scaled, 1e-5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"small-conv", "resnet18"})
  void aPassThatDoesNotReachTheEncoderGivesHeadsTheSameBitsAndTheEncoderNothing(String name) {
    NetworkPlan plan = plan(name, Tiny.threeTasks());
    Batch batch = Tiny.batch(plan, 12, 1, true);
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      replica.freezeEncoderStatistics(true);
      int shared = (int) replica.layout().shared();
      for (double[] ofShared : new double[][] {SHARED, HEADS}) {
        float[] whole = backward(replica, batch, ofShared, HEADS);
        replica.gradient().scale(0);
        try (ForwardPass pass = replica.forward(batch, Cut.NONE, false)) {
          double[] gram = pass.gramAtRepresentation();
          float[] heads = Tiny.values(pass.backward(ofShared, HEADS));
          for (int i = 0; i < shared; i++) {
            assertThat((double) heads[i]).isEqualTo(0, within(0.0));
          }
          assertThat(Arrays.copyOfRange(heads, shared, heads.length))
              .isEqualTo(Arrays.copyOfRange(whole, shared, whole.length));
          try (ForwardPass cut = replica.forward(batch, Cut.AT_REPRESENTATION, false)) {
            RepresentationGradients gradients = cut.backwardHeads();
            assertClose(gradients.gram(), gram, 1e-5);
            assertThatThrownBy(() -> gradients.backward(SHARED))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("not have been used in the graph");
          }
        }
      }
    }
  }

  @Test
  void gramAtTheRepresentationIsThatOfTheTasksGradientsThere() {
    NetworkPlan plan = Tiny.smallConvolutional(Tiny.threeTasks());
    Batch batch = Tiny.batch(plan, 12, 3, true);
    try (Replica replica = Replica.of(plan, Draws.of(4))) {
      double[] expected = dots(gradientsAtRepresentation(replica, batch));
      try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
        RepresentationGradients gradients = pass.backwardHeads();
        assertClose(gradients.gram(), expected, 1e-5);
      }
    }
  }

  /** Losses and all gradients, at both levels; labels count what they did. */
  @Test
  void aMultiplierOfATaskIsThereBeforeAnybodySeesItsLoss() {
    NetworkPlan plain = Tiny.smallConvolutional(Tiny.threeTasks());
    NetworkPlan multiplied = plain.multiplied(Map.of("smiling", 4.0));
    double[] by = {1, 4, 1};
    Batch batch = Tiny.batch(plain, 12, 5, true);
    try (Replica one = Replica.of(plain, Draws.of(6));
        Replica other = Replica.of(multiplied, Draws.of(6));
        ForwardPass before = one.forward(batch, Cut.AT_REPRESENTATION);
        ForwardPass after = other.forward(batch, Cut.AT_REPRESENTATION)) {
      assertThat(after.labelled()).isEqualTo(before.labelled());
      double[] gram = before.backwardHeads().gram();
      double[] losses = before.lossSums();
      for (int task = 0; task < 3; task++) {
        losses[task] *= by[task];
        for (int with = 0; with < 3; with++) {
          gram[task * 3 + with] *= by[task] * by[with];
        }
      }
      assertClose(after.lossSums(), losses, 1e-6);
      assertClose(after.backwardHeads().gram(), gram, 1e-5);
      assertClose(
          backward(other, batch, SHARED, SHARED), backward(one, batch, of(by), of(by)), 1e-5);
    }
  }

  private static double[] of(double[] multipliers) {
    double[] weights = SHARED.clone();
    for (int task = 0; task < weights.length; task++) {
      weights[task] *= multipliers[task];
    }
    return weights;
  }

  @Test
  void gramsLossesCountsAndGradientsOfHalvesAddUp() {
    NetworkPlan plan = Tiny.smallConvolutional(Tiny.threeTasks());
    Batch whole = Tiny.batch(plan, 12, 5, true);
    try (Replica replica = Replica.of(plan, Draws.of(6))) {
      Sums all = sums(replica, whole);
      Sums first = sums(replica, Tiny.part(plan, whole, 0, 5));
      Sums second = sums(replica, Tiny.part(plan, whole, 5, 12));
      assertThat(added(first.labelled, second.labelled)).containsExactly(all.labelled);
      assertClose(added(first.losses, second.losses), all.losses, 1e-6);
      assertClose(added(first.gram, second.gram), all.gram, 1e-5);
      float[] gradient = first.gradient.clone();
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += second.gradient[i];
      }
      assertClose(gradient, all.gradient, 1e-5);
    }
  }

  /** More columns than one block of the product, so that the seam is tested. */
  @Test
  void gramIsThatOfAPlainDoubleLoop() {
    int columns = (1 << 15) + 1234;
    Draws draws = Draws.of(9);
    float[][] rows = new float[3][columns];
    float[] flat = new float[3 * columns];
    for (int row = 0; row < 3; row++) {
      for (int i = 0; i < columns; i++) {
        rows[row][i] = (float) (Math.pow(10, row - 1) * draws.at(row).normal(i));
        flat[row * columns + i] = rows[row][i];
      }
    }
    double[] gram;
    try (PointerScope scope = new PointerScope()) {
      gram = TaskRows.gram(HostTensors.floats(flat, ScalarType.Float, 3, columns));
    }
    double[] expected = dots(rows);
    // Accumulated in double: float accumulation would be off by 1e-5 and more.
    for (int i = 0; i < 9; i++) {
      double scale = Math.sqrt(expected[i / 3 * 4] * expected[i % 3 * 4]);
      assertThat(gram[i]).isCloseTo(expected[i], Offset.offset(1e-13 * scale));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "AT_REPRESENTATION"})
  void aTaskWithoutLabelsContributesNothing(Cut cut) {
    NetworkPlan plan = Tiny.smallConvolutional(Tiny.threeTasks());
    Batch full = Tiny.batch(plan, 6, 7, false);
    for (int silent = 0; silent < 3; silent++) {
      byte[] labels = full.column("labels").clone();
      for (int sample = 0; sample < 6; sample++) {
        labels[3 * sample + silent] = (byte) Tiny.MISSING;
      }
      Batch batch = new Batch(6, Map.of("image", full.column("image"), "labels", labels));
      try (Replica replica = Replica.of(plan, Draws.of(8));
          ForwardPass pass = replica.forward(batch, cut)) {
        double[] counts = {6, 6, 6};
        counts[silent] = 0;
        assertThat(pass.labelled()).containsExactly(counts);
        assertThat(pass.lossSums()[silent]).isZero();
        assertThat(Arrays.stream(pass.lossSums()).filter(loss -> loss > 0).count()).isEqualTo(2);
        if (cut == Cut.NONE) {
          pass.backward(SHARED, HEADS);
        } else {
          RepresentationGradients gradients = pass.backwardHeads();
          gradients.backward(SHARED);
          double[] gram = gradients.gram();
          for (int task = 0; task < 3; task++) {
            assertThat(gram[3 * silent + task]).isZero();
            assertThat(gram[3 * task + silent]).isZero();
          }
        }
        float[] gradient = Tiny.values(replica.gradient());
        for (float g : gradient) {
          assertThat(g).isFinite();
        }
        int from = (int) replica.layout().headOffset(silent);
        int to = (int) replica.layout().headOffset(silent + 1);
        assertThat(Arrays.copyOfRange(gradient, from, to)).containsOnly(0);
      }
    }
  }

  @Test
  void lossesAreThoseOfTheDefinition() {
    NetworkPlan plan = Tiny.smallConvolutional(Tiny.threeTasks());
    Batch batch = Tiny.batch(plan, 7, 11, true);
    try (Replica replica = Replica.of(plan, Draws.of(12));
        ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      List<float[]> outputs = replica.predict(batch);
      for (int task = 0; task < 3; task++) {
        float[] logits = outputs.get(task);
        int width = logits.length / 7;
        double sum = 0;
        int counted = 0;
        for (int sample = 0; sample < 7; sample++) {
          int label = batch.column("labels")[3 * sample + task] & 0xff;
          if (label == Tiny.MISSING) {
            continue;
          }
          counted++;
          if (width == 1) {
            double sign = label == 1 ? -1 : 1;
            sum += Math.log1p(Math.exp(sign * logits[sample]));
          } else {
            double total = 0;
            for (int c = 0; c < width; c++) {
              total += Math.exp(logits[sample * width + c]);
            }
            sum += Math.log(total) - logits[sample * width + label];
          }
        }
        assertThat(pass.labelled()[task]).isEqualTo(counted).isBetween(1.0, 6.0);
        assertThat(pass.lossSums()[task]).isCloseTo(sum, Offset.offset(1e-5));
      }
    }
  }

  @Test
  void oneTaskIsATaskLikeAnyOther() {
    NetworkPlan plan = Tiny.smallConvolutional(Tiny.threeTasks().subList(0, 1));
    Batch batch = Tiny.batch(plan, 6, 13, true);
    try (Replica replica = Replica.of(plan, Draws.of(14))) {
      float[] direct = backward(replica, batch, new double[] {2}, new double[] {2});
      try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
        RepresentationGradients gradients = pass.backwardHeads();
        assertClose(gradients.gram(), dots(gradientsAtRepresentation(replica, batch)), 1e-5);
        gradients.backward(new double[] {2});
        replica.scaleHeadGradients(new double[] {2});
        assertClose(Tiny.values(replica.gradient()), direct, 1e-5);
      }
    }
  }

  @Test
  void aLabelOutOfRangeIsRefusedWithTheTask() {
    NetworkPlan plan = Tiny.smallConvolutional(Tiny.threeTasks());
    Batch good = Tiny.batch(plan, 4, 15, false);
    byte[] labels = good.column("labels").clone();
    labels[3 * 2 + 2] = 3;
    Batch bad = new Batch(4, Map.of("image", good.column("image"), "labels", labels));
    try (Replica replica = Replica.of(plan, Draws.of(16))) {
      assertThatThrownBy(() -> replica.forward(bad, Cut.NONE))
          .isInstanceOf(DataContractException.class)
          .hasMessage("label 3 of task 'colour' is none of its 3");
    }
  }

  @Test
  void aPassDoesOnlyWhatItWasMadeFor() {
    NetworkPlan plan = Tiny.smallConvolutional(Tiny.threeTasks());
    Batch batch = Tiny.batch(plan, 4, 17, false);
    try (Replica replica = Replica.of(plan, Draws.of(18));
        ForwardPass whole = replica.forward(batch, Cut.NONE);
        ForwardPass cut = replica.forward(batch, Cut.AT_REPRESENTATION)) {
      assertThatThrownBy(whole::backwardHeads)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this pass was made with cut NONE");
      assertThatThrownBy(() -> cut.backward(SHARED, HEADS))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // read at once where it is made
  private record Sums(double[] labelled, double[] losses, double[] gram, float[] gradient) {}

  private static Sums sums(Replica replica, Batch batch) {
    try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
      RepresentationGradients gradients = pass.backwardHeads();
      double[] gram = gradients.gram();
      gradients.backward(SHARED);
      return new Sums(pass.labelled(), pass.lossSums(), gram, Tiny.values(replica.gradient()));
    }
  }

  private static NetworkPlan plan(String architecture, List<Task> tasks) {
    return architecture.equals("resnet18") ? Tiny.residual(tasks) : Tiny.smallConvolutional(tasks);
  }

  private static float[] backward(Replica replica, Batch batch, double[] shared, double[] heads) {
    try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      pass.backward(shared, heads);
      return Tiny.values(replica.gradient());
    }
  }

  private static float[][] taskGradients(Replica replica, Batch batch) {
    int tasks = replica.plan().tasks().size();
    float[][] gradients = new float[tasks][];
    try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION);
        FlatVector own = FlatVector.zeros(replica.layout().shared())) {
      RepresentationGradients found = pass.backwardHeads();
      for (int task = 0; task < tasks; task++) {
        found.ofTask(task, own.tensor());
        gradients[task] = Tiny.values(own);
      }
    }
    return gradients;
  }

  /** One backward per task from its loss to z, without any cleverness. */
  private static float[][] gradientsAtRepresentation(Replica replica, Batch batch) {
    List<Task> tasks = replica.plan().tasks();
    float[][] gradients = new float[tasks.size()][];
    try (PointerScope scope = new PointerScope()) {
      Tensor z =
          replica
              .network()
              .encode(HostTensors.inputs(batch, replica.plan(), Device.CPU), true)
              .detach()
              .requires_grad_(true);
      List<Target> targets = Target.all(batch, replica.plan(), Device.CPU);
      for (int task = 0; task < tasks.size(); task++) {
        Tensor outputs = replica.network().decode(task, z, true);
        Tensor loss = TaskLosses.of(tasks.get(task)).sum(outputs, targets.get(task));
        Tensor gradient =
            torch.grad(new TensorVector(loss), new TensorVector(z)).get(0).contiguous();
        gradients[task] = new float[(int) gradient.numel()];
        try (FloatPointer data = gradient.data_ptr_float()) {
          data.capacity(gradients[task].length).get(gradients[task]);
        }
      }
    }
    return gradients;
  }

  private static double[] dots(float[][] rows) {
    double[] gram = new double[rows.length * rows.length];
    for (int a = 0; a < rows.length; a++) {
      for (int b = 0; b < rows.length; b++) {
        double sum = 0;
        for (int i = 0; i < rows[a].length; i++) {
          sum += (double) rows[a][i] * rows[b][i];
        }
        gram[a * rows.length + b] = sum;
      }
    }
    return gram;
  }

  private static double[] added(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private static void assertClose(float[] actual, float[] expected, double relative) {
    assertClose(doubles(actual), doubles(expected), relative);
  }

  private static void assertClose(double[] actual, double[] expected, double relative) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertThat(largest).isPositive();
    assertThat(actual).containsExactly(expected, Offset.offset(relative * largest));
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
