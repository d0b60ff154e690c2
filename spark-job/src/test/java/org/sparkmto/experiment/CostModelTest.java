package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.exchange.Transport;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.trial.StepCosts;

class CostModelTest {
  /** Of a network whose large maps make factors of gradients no less work than gradients. */
  private static final StepCosts COSTS = costs(2);

  /** Of one whose passes to factors take less than those to gradients. */
  private static final StepCosts FACTORED = costs(0.5);

  private static StepCosts costs(double look) {
    return new StepCosts(
        "a network",
        10,
        1_000_000,
        1_100_000,
        List.of(
            new StepCosts.OfBatch(
                8, 0.10, 0.12, 0.03, 0.02, 0.05, 0.05 * look, 0.02, 100_000, 8 << 20),
            new StepCosts.OfBatch(
                32, 0.34, 0.36, 0.12, 0.08, 0.20, 0.20 * look, 0.05, 400_000, 32 << 20)),
        2e-8,
        1e-9,
        1e-9,
        2);
  }

  private static ClusterShape cluster(String keys) {
    return ClusterShape.of(ConfigFactory.parseString(keys));
  }

  private static CostModel model(String keys, int batch, int tasks) {
    return new CostModel(COSTS, cluster(keys), batch, tasks, Transport.FLOAT32);
  }

  @Test
  void whatWasMeasuredComesBack() {
    CostModel here = model("driver-ms = 0", 32, 10);
    assertThat(here.plain().seconds()).isCloseTo(0.34, within(1e-12));
    assertThat(here.atRepresentation().seconds()).isCloseTo(0.36, within(1e-12));
    // A pass for each task, one of which is in the step at z; Gram matrix and combination.
    assertThat(here.everything().seconds())
        .isCloseTo(0.36 + 9 * 0.20 + 1e6 * 2.1e-8, within(1e-12));
    assertThat(here.plain().sent()).isZero();
    // Between the two sizes lies a straight line.
    assertThat(model("driver-ms = 0", 20, 10).plain().seconds()).isCloseTo(0.22, within(1e-12));
  }

  /** Of 4 ranks each has 8 samples; a ring sends 2 (N-1)/N of the bytes in 2 (N-1) messages. */
  @Test
  void ranksShareTheBatchAndWaitForMessages() {
    CostModel four = model("ranks = 4, bandwidth-gbit = 8, latency-ms = 1, driver-ms = 5", 32, 10);
    double gradient = 4.0 * 1_100_000;
    double ring = 1.5 * gradient / 1e9 + 6e-3;
    double numbers = 1.5 * 8 * 120 / 1e9 + 6e-3;
    assertThat(four.plain().seconds()).isCloseTo(0.10 + 5e-3 + numbers + ring, within(1e-12));
    assertThat(four.plain().sent()).isCloseTo(1.5 * gradient, within(1e-6));
    double slices = 0.75 * 4e6 / 1e9 + 1e-3;
    assertThat(four.everything().seconds())
        .isCloseTo(
            0.12
                + 9 * 0.05
                + 250_000 * 2.1e-8
                + 11 * slices
                + 5e-3
                + numbers
                + 1.5 * 4e5 / 1e9
                + 6e-3,
            within(1e-12));
  }

  /** Gradients take half the way, what the driver is asked does not. */
  @Test
  void roundedGradientsAreHalfAsManyBytes() {
    String keys = "ranks = 4, bandwidth-gbit = 8, latency-ms = 0, driver-ms = 0";
    CostModel wide = model(keys, 32, 10);
    CostModel half = new CostModel(COSTS, cluster(keys), 32, 10, Transport.BF16);
    assertThat(half.plain().sent()).isEqualTo(wide.plain().sent() / 2);
    assertThat(half.everything().sent()).isEqualTo(wide.everything().sent() / 2);
    assertThat(wide.plain().seconds() - half.plain().seconds())
        .isCloseTo(1.5 * 2 * 1_100_000 / 1e9, within(1e-12));
    assertThat(half.everything().memory()).isEqualTo(wide.everything().memory());
  }

  @Test
  void aFasterRankComputesFasterAndSendsNoFaster() {
    String keys = "ranks = 2, driver-ms = 0, latency-ms = 0, bandwidth-gbit = 8";
    double slow = model(keys, 16, 10).plain().seconds();
    double fast = model(keys + ", speed = 10", 16, 10).plain().seconds();
    double messages = (4.4e6 + 8 * 120) / 1e9;
    assertThat(slow - messages).isCloseTo(10 * (fast - messages), within(1e-9));
  }

  @Test
  void moreTasksTakeMoreHeadsAndMorePasses() {
    CostModel here = model("driver-ms = 0", 32, 20);
    assertThat(here.plain().seconds()).isCloseTo(0.34 + 0.08, within(1e-12));
    assertThat(here.everything().seconds())
        .isCloseTo(0.36 + 0.08 + 19 * 0.20 + 1e6 * (2e-8 * Math.pow(2, 1.5) + 2e-9), within(1e-12));
  }

  /** The same step of factors: K passes, their products, and the pass of the update. */
  @Test
  void anExactStepIsOfFactorsWhereThatIsQuicker() {
    ClusterShape one = cluster("driver-ms = 0");
    CostModel.Prediction byFactors =
        new CostModel(FACTORED, one, 32, 10, Transport.FLOAT32).everything();
    assertThat(byFactors.seconds()).isCloseTo(0.36 + 10 * 0.10 + 0.05, within(1e-12));
    assertThat(byFactors.what()).isEqualTo("level = parameters");
    CostModel.Prediction byGradients = model("driver-ms = 0", 32, 10).everything();
    assertThat(byGradients.memory() - byFactors.memory())
        .isCloseTo(4.0 * (11 * 1_000_000 - 400_000), within(1e-6));
  }

  @Test
  void aLookNowAndThenIsTheMeanOfItsSteps() {
    CostModel here = model("ranks = 2", 32, 10);
    CostModel.Prediction every = here.every(10, here.everything());
    assertThat(every.seconds())
        .isCloseTo((here.everything().seconds() + 9 * here.plain().seconds()) / 10, within(1e-12));
    assertThat(every.what()).isEqualTo("look.every = 10");
    assertThat(here.every(10, here.sketch(8192)).what())
        .isEqualTo("look.sketch = 8192, every = 10");
  }

  @Test
  void proposesWhatFits() {
    assertThat(model("", 32, 2).advice().way().what()).isEqualTo("level = parameters");
    CostModel.Advice many = model("", 32, 40).advice();
    assertThat(many.way().what()).isEqualTo("level = representation");
    assertThat(many.reason()).contains("with 40 tasks").contains("look.every = 10");
    assertThat(model("memory-gib = 0.1", 32, 40).advice().reason())
        .contains("more memory than a rank has")
        .contains("look.sketch = 8192, every = 10");
  }

  @Test
  void costsAreReadAsTheyWereWritten() {
    assertThat(StepCosts.parse(COSTS.toJson(), "costs.json")).isEqualTo(COSTS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"format\": \"other\"}", "[", ""})
  void whatHoldsNoCostsIsRefused(String text) {
    assertThatThrownBy(() -> StepCosts.parse(text, "costs.json"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("costs.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rank = 2", "ranks = 0", "speed = 0", "ranks = many"})
  void aClusterThatIsNoneIsRefused(String keys) {
    assertThatThrownBy(() -> cluster(keys)).isInstanceOf(ConfigurationException.class);
  }
}
