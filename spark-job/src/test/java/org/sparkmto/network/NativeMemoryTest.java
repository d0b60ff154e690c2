package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.data.Batch;
import org.sparkmto.random.Draws;

/** What a step takes, it gives back. Sizes are such that a leak is well above the bound. */
@Tag("slow")
class NativeMemoryTest {
  private static final long MEGABYTE = 1 << 20;

  /** Growth of the Java heap and of malloc's arenas is in it, too. */
  private static final long BOUND = 48 * MEGABYTE;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void stepsKeepMemoryFlat(Cut cut) {
    requireFlat(cut, PassSettings.USUAL);
  }

  /** A hook that held what it is hooked to would keep the graph of every step. */
  @Test
  void statisticsOfTheWholeBatchKeepMemoryFlat() {
    requireFlat(
        Cut.AT_REPRESENTATION, PassSettings.USUAL.with(BatchStatistics.ofBatch(values -> {})));
  }

  private static void requireFlat(Cut cut, PassSettings settings) {
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    // Activations of one step are more than half a megabyte.
    Batch batch = Tiny.batch(plan, 64, 1, true);
    double[] weights = {1, 2, 3};
    try (Replica replica = Replica.of(plan, Draws.of(1));
        FlatVector own = FlatVector.zeros(replica.layout().shared())) {
      replica.makePasses(settings);
      long warm = 0;
      for (int step = 0; step < 220; step++) {
        if (step == 60) {
          warm = Pointer.physicalBytes();
        }
        try (ForwardPass pass = replica.forward(batch, cut)) {
          if (cut == Cut.NONE) {
            pass.backward(weights, weights);
          } else {
            RepresentationGradients gradients = pass.backwardHeads();
            gradients.gram();
            gradients.ofTask(1, own.tensor());
            gradients.backward(weights);
          }
        }
        replica.predict(batch);
      }
      assertThat(Pointer.physicalBytes() - warm).isLessThan(BOUND);
    }
  }

  @Test
  void closingAReplicaFreesIt() {
    // 4 M parameters: 16 MB of weights, which starting writes, and as much gradient.
    NetworkPlan plan =
        Tiny.plan(
            "small-conv",
            Map.of("width", 8L, "features", 512L, "hidden", 8L),
            Tiny.threeTasks(),
            List.of(1, 88, 88),
            Map.of());
    assertThat(plan.layout().total()).isGreaterThan(3_900_000);
    try (Replica warm = Replica.of(plan, Draws.of(1))) {
      assertThat(warm.parameters().length()).isPositive();
    }
    long before = Pointer.physicalBytes();
    for (int i = 0; i < 12; i++) {
      try (Replica replica = Replica.of(plan, Draws.of(i))) {
        replica.gradient().tensor().fill_(new org.bytedeco.pytorch.Scalar(1.0)).close();
      }
    }
    // Twelve leaked replicas were 384 MB; the Java heap, which counts too, may grow meanwhile.
    assertThat(Pointer.physicalBytes() - before).isLessThan(128L << 20);
  }
}
