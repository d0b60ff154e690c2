package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Batch;
import org.sparkmto.random.Draws;

/** Passes back for several tasks at once, held against those for one task after the other. */
class SampleCopiesTest {
  private static final int TASKS = 3;

  /** Of the lengths of gradients in doubles: some roundings of 1e-16. */
  private static final double ROUNDING = 1e-12;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  /** Takes some gradients whole, and of some layers what comes back to them. */
  private record Filling(
      SharedPart part, int together, List<LayerFactors> layers, Tensor rows, List<Tensor> back)
      implements SharedGradients {
    @Override
    public boolean wants(int task) {
      return task != 1;
    }

    @Override
    public Tensor vector(int task) {
      return rows.select(0, task);
    }

    @Override
    public Tensor cotangent(int task, int layer) {
      return back.get(layer).select(0, task);
    }

    @Override
    public void found(int task, long from, long to) {}
  }

  private static List<double[]> found(
      Replica replica, Batch batch, boolean all, int together, PassSettings how) {
    replica.makePasses(how);
    try (PointerScope scope = new PointerScope();
        ForwardPass pass = replica.forward(batch, Cut.AT_LAYERS)) {
      RepresentationGradients gradients = pass.backwardHeads();
      List<LayerFactors> layers = new ArrayList<>(all ? List.of() : gradients.layers());
      // Some are written though they have factors.
      layers.removeIf(layer -> layer.parameter() % 2 == 0);
      SharedPart part =
          SharedPart.ALL.without(Set.copyOf(layers.stream().map(LayerFactors::parameter).toList()));
      Tensor like = replica.gradient().tensor();
      List<Tensor> back = new ArrayList<>();
      for (LayerFactors layer : layers) {
        back.add(
            HostTensors.zeros(like, like.scalar_type(), TASKS, layer.channels(), layer.places()));
      }
      Tensor rows =
          HostTensors.zeros(like, like.scalar_type(), TASKS, part.elements(replica.layout()));
      gradients.look(new Filling(part, together, layers, rows, back));
      List<double[]> found = new ArrayList<>();
      for (int task = 0; task < TASKS; task++) {
        found.add(HostTensors.doubles(rows.select(0, task)));
        for (Tensor ofLayer : back) {
          found.add(HostTensors.doubles(ofLayer.select(0, task)));
        }
      }
      return found;
    }
  }

  private static double apart(List<double[]> one, List<double[]> other) {
    double most = 0;
    for (int i = 0; i < one.size(); i++) {
      double square = 0;
      double length = 0;
      for (int j = 0; j < one.get(i).length; j++) {
        square += Math.pow(one.get(i)[j] - other.get(i)[j], 2);
        length += Math.pow(other.get(i)[j], 2);
      }
      most = Math.max(most, length == 0 ? square : Math.sqrt(square / length));
    }
    return most;
  }

  private static void compare(NetworkPlan plan, Batch batch, PassSettings how) {
    try (Replica replica = Replica.inDoubles(plan, Draws.of(3))) {
      assertThat(SampleCopies.canGoThrough(replica.network(), plan, replica.learned())).isTrue();
      for (boolean all : new boolean[] {true, false}) {
        List<double[]> alone = found(replica, batch, all, 1, how);
        assertThat(alone.get(0)).isNotEmpty();
        // Two in one pass; of two passes with two copies the second has one task.
        assertThat(apart(found(replica, batch, all, 2, how), alone)).isLessThan(ROUNDING);
      }
    }
  }

  /** Batch normalisation of a rank's samples, of groups and of all that ranks know. */
  @ParameterizedTest
  @CsvSource({"rank, 3", "rank, 1", "ghost, 4", "ghost, 2", "synchronised, 3"})
  void everyCopyIsNormalisedByItself(String statistics, int samples) {
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    BatchStatistics over =
        switch (statistics) {
          case "rank" -> BatchStatistics.ofRank();
          case "ghost" -> BatchStatistics.ofGroups(2);
          default -> BatchStatistics.ofBatch(sums -> {});
        };
    compare(plan, Tiny.batch(plan, samples, 1, true), PassSettings.USUAL.with(over));
  }

  /** With biases, and with maps in another order. */
  @ParameterizedTest
  @CsvSource({"small-conv, CONTIGUOUS", "small-conv, CHANNELS_LAST", "resnet18, CHANNELS_LAST"})
  void layersMayHaveBiases(String name, MemoryFormat format) {
    NetworkPlan plan =
        name.equals("resnet18")
            ? Tiny.residual(Tiny.threeTasks())
            : Tiny.smallConvolutional(Tiny.threeTasks());
    compare(plan, Tiny.batch(plan, 2, 1, true), PassSettings.USUAL.with(format));
  }

  /** Where the encoder's statistics are frozen, copies are normalised by the running ones. */
  @Test
  void statisticsMayBeFrozen() {
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    try (Replica replica = Replica.inDoubles(plan, Draws.of(3))) {
      Batch batch = Tiny.batch(plan, 3, 1, true);
      replica.forward(batch, Cut.NONE).close();
      replica.freezeEncoderStatistics(true);
      List<double[]> alone = found(replica, batch, true, 1, PassSettings.USUAL);
      assertThat(apart(found(replica, batch, true, 3, PassSettings.USUAL), alone))
          .isLessThan(ROUNDING);
    }
  }

  /** Samples and copies go forward once each, however often tasks are gone back for. */
  @ParameterizedTest
  @CsvSource({"1, true, 0", "2, true, 1", "3, true, 1", "2, false, 0"})
  void copiesGoForwardOnce(int together, boolean possible, int expected) {
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    List<Long> forward = new ArrayList<>();
    try (Replica replica = Replica.inDoubles(plan, Draws.of(3));
        PointerScope scope = new PointerScope()) {
      LearnedTensors learned = replica.learned();
      List<Tensor> inputs =
          HostTensors.inputs(Tiny.batch(plan, 2, 1, true), plan, Device.CPU, learned.numbers());
      List<Tensor> z = new ArrayList<>();
      LayerTap tap = LayerTap.during(scope, () -> z.add(replica.network().encode(inputs, true)));
      CopiedEncoding encoding =
          new CopiedEncoding(
              new KeptEncoding(z.get(0), true, learned, tap.layers(learned.shared())),
              inputs,
              copies -> {
                forward.add(copies.get(0).size(0));
                return replica.network().encode(copies, true);
              },
              () -> possible);
      Tensor rows =
          HostTensors.zeros(z.get(0), learned.numbers(), TASKS, replica.layout().shared());
      encoding.backward(
          torch.ones_like(z.get(0)).unsqueeze(0).repeat(TASKS, 1, 1),
          new Filling(SharedPart.ALL, together, List.of(), rows, List.of()),
          false);
      assertThat(forward).hasSize(expected).allMatch(samples -> samples == 2 * 2);
      assertThat(HostTensors.doubles(rows.select(0, 2)))
          .isEqualTo(HostTensors.doubles(rows.select(0, 0)))
          .isNotEqualTo(HostTensors.doubles(rows.select(0, 1)));
    }
  }

  /** A look is to leave the running statistics where the samples have moved them. */
  @Test
  void copiesMoveNoStatistics() {
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    Batch batch = Tiny.batch(plan, 3, 1, true);
    try (Replica one = Replica.inDoubles(plan, Draws.of(3));
        Replica other = Replica.inDoubles(plan, Draws.of(3))) {
      found(one, batch, true, 1, PassSettings.USUAL);
      found(other, batch, true, 3, PassSettings.USUAL);
      assertThat(other.buffers().toDoubles()).isEqualTo(one.buffers().toDoubles());
    }
  }

  /** Whatever cannot be gone through by copies is gone through for one task after the other. */
  @Test
  void othersAreGoneThroughTaskByTask() {
    NetworkPlan usual = Tiny.residual(Tiny.threeTasks());
    for (NetworkPlan plan :
        List.of(usual.normalisingByTask(), usual.preferring(List.of(0.2, 0.3, 0.5)))) {
      try (Replica replica = Replica.inDoubles(plan, Draws.of(3))) {
        assertThat(SampleCopies.canGoThrough(replica.network(), plan, replica.learned())).isFalse();
      }
    }
  }
}
