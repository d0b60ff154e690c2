package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Batch;
import org.sparkmto.random.Draws;

/** What heads drop, by itself and in networks. */
class HeadDropoutTest {
  private static final long[] SAMPLES = {7, 3, 1000};
  private static final int FEATURES = 2000;

  private static double[] dropped(double share, long step, String task, long... samples) {
    HeadDropout dropout = new HeadDropout(share);
    dropout.prepare(Draws.of(5).at(step), samples);
    try (PointerScope scope = new PointerScope()) {
      Tensor ones = torch.ones(samples.length, FEATURES);
      return HostTensors.doubles(dropout.apply(task, ones, true));
    }
  }

  @Test
  void aShareIsDroppedAndTheRestGrowsSoThatTheMeanStays() {
    double[] values = dropped(0.25, 1, "age", SAMPLES);
    assertThat(Arrays.stream(values).distinct().sorted().toArray())
        .containsExactly(new double[] {0, 4 / 3.0}, within(1e-6));
    assertThat(Arrays.stream(values).average().orElseThrow()).isCloseTo(1, within(0.03));
  }

  @Test
  void whatIsDroppedDependsOnStepTaskAndSampleAndNotOnTheBatchItIsIn() {
    double[] values = dropped(0.5, 1, "age", SAMPLES);
    assertThat(dropped(0.5, 1, "age", SAMPLES)).isEqualTo(values);
    assertThat(dropped(0.5, 1, "age", 1000))
        .isEqualTo(Arrays.copyOfRange(values, 2 * FEATURES, 3 * FEATURES));
    assertThat(dropped(0.5, 2, "age", SAMPLES)).isNotEqualTo(values);
    assertThat(dropped(0.5, 1, "smile", SAMPLES)).isNotEqualTo(values);
    assertThat(Arrays.copyOf(values, FEATURES))
        .isNotEqualTo(Arrays.copyOfRange(values, FEATURES, 2 * FEATURES));
  }

  @Test
  void everythingIsReadInEvaluationAndWithoutDropout() {
    try (PointerScope scope = new PointerScope()) {
      Tensor read = torch.ones(1, 3);
      assertThat(new HeadDropout(0.5).apply("age", read, false)).isSameAs(read);
      assertThat(HeadDropout.none().apply("age", read, true)).isSameAs(read);
    }
    assertThatThrownBy(() -> new HeadDropout(1)).hasMessageContaining("dropout of 1.0");
  }

  /** Means of maps that tasks of pixels read too, and z itself. */
  @ParameterizedTest
  @ValueSource(strings = {"small-conv", "resnet18", "mtan"})
  void headsOfWholeImagesDropInTrainingAloneAndTheSameInAllPassesOfAStep(String network) {
    Map<String, Long> options =
        network.equals("small-conv")
            ? Map.of("width", 2L, "features", 8L, "hidden", 5L)
            : Map.of("width", 4L);
    NetworkPlan plain =
        Tiny.plan(network, options, Tiny.threeTasks(), List.of(3, 32, 32), Map.of());
    NetworkPlan dropping = plain.dropping(0.4);
    Batch batch = Tiny.batch(plain, 6, 1, true);
    try (Replica whole = Replica.of(plain, Draws.of(3));
        Replica replica = Replica.of(dropping, Draws.of(3))) {
      List<float[]> predictions = whole.predict(batch);
      for (int task = 0; task < predictions.size(); task++) {
        assertThat(replica.predict(batch).get(task)).isEqualTo(predictions.get(task));
      }
      double[] first = losses(replica, batch, 1);
      assertThat(first).isNotEqualTo(losses(whole, batch, 1));
      assertThat(losses(replica, batch, 2)).isNotEqualTo(first);
      assertThat(losses(replica, batch, 1)).isEqualTo(first);
    }
  }

  private static double[] losses(Replica replica, Batch batch, long step) {
    replica.at(step);
    try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      return pass.lossSums();
    }
  }
}
