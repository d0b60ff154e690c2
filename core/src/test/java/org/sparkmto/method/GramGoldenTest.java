package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.sparkmto.method.Systems.assertClose;
import static org.sparkmto.method.Systems.assertEachClose;
import static org.sparkmto.method.Systems.combined;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.random.Draws;

/**
 * The methods of inner products against {@link Golden}, the random orders of the file replayed. The
 * file holds 15 digits and its Gram matrices are well conditioned unless a test says otherwise, so
 * 1e-9 is asked for.
 */
class GramGoldenTest {
  private static final double EXACT = 1e-9;

  static List<Golden.Case> cases() {
    return Golden.cases();
  }

  private static Method method(String name, Map<String, ?> options) {
    return Methods.byName(name, options).method();
  }

  private static Weighing weigh(String name, Map<String, ?> options, Golden.Case golden) {
    Method method = method(name, options);
    Weigher weigher =
        new Weigher(method, Systems.names(golden.tasks()), replayed(golden), HeadWeights.OWN);
    return weigher.weigh(
        Systems.observation(golden.gradients(), golden.losses()), weigher.initialState());
  }

  /** Draws whose permutation for task i is the file's order of visit for task i, in every step. */
  private static Draws replayed(Golden.Case golden) {
    List<int[]> orders = new ArrayList<>();
    for (JsonNode order : golden.json().get("orders")) {
      orders.add(Arrays.stream(Golden.vector(order).toArray()).mapToInt(j -> (int) j).toArray());
    }
    return new ReplayedOrders(orders, 0, 0);
  }

  /** Permutations by the number of the second of two nested {@code at}: step, then task. */
  private record ReplayedOrders(List<int[]> orders, int depth, int task) implements Draws {
    @Override
    public Draws at(long number) {
      return new ReplayedOrders(orders, depth + 1, (int) number);
    }

    @Override
    public Draws of(String purpose) {
      return this;
    }

    @Override
    public int[] permutation(int n) {
      assertThat(depth).isEqualTo(2);
      assertThat(n).isEqualTo(orders.size());
      return orders.get(task).clone();
    }

    @Override
    public long bits(long index) {
      throw new UnsupportedOperationException("orders only");
    }

    @Override
    public double uniform(long index) {
      throw new UnsupportedOperationException("orders only");
    }

    @Override
    public int below(int bound, long index) {
      throw new UnsupportedOperationException("orders only");
    }

    @Override
    public double normal(long index) {
      throw new UnsupportedOperationException("orders only");
    }
  }

  private static boolean hasZeroGradient(Golden.Case golden) {
    return golden.name().equals("k3p7_zero");
  }

  /** The order of the file holds a task that has no gradient, which the methods never see. */
  private static void assumeOrdersFit(Golden.Case golden) {
    assumeTrue(!hasZeroGradient(golden), "the order holds a task without gradient");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pcGradOfPublicImplementations(Golden.Case golden) {
    assumeOrdersFit(golden);
    assertEachClose(
        weigh("pcgrad", Map.of(), golden).shared(),
        golden.vector("pcgrad_paper_sum", "alpha"),
        EXACT);
    assumeTrue(golden.has("pcgrad_libmtl_sum", "alpha"), "no golden value");
    assertEachClose(
        weigh("pcgrad", Map.of("self", true, "epsilon", 1e-8), golden).shared(),
        golden.vector("pcgrad_libmtl_sum", "alpha"),
        EXACT);
    Map<String, Object> samsung = Map.of("self", true, "epsilon", 1e-5, "one-order", true);
    Vector weights = weigh("pcgrad", samsung, golden).shared();
    assertEachClose(weights, golden.vector("pcgrad_samsung_sum", "alpha"), EXACT);
    Weighing mean =
        weigh(
            "pcgrad",
            Map.of("self", true, "epsilon", 1e-5, "one-order", true, "reduction", "mean"),
            golden);
    assertEachClose(mean.shared(), weights.dividedBy(golden.tasks()), 1e-15);
  }

  /**
   * Exactly opposite gradients leave nothing of each other: a public implementation then normalises
   * rounding errors, which ours does not.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void gradVac(Golden.Case golden) {
    assumeOrdersFit(golden);
    assertSteps(golden, "gradvac_libmtl", Map.of("beta", 0.5, "epsilon", 1e-8));
    assertSteps(golden, "gradvac_samsung", Map.of("beta", 0.5, "update", "modified"));
  }

  private static void assertSteps(Golden.Case golden, String name, Map<String, ?> options) {
    Weigher weigher =
        new Weigher(
            method("gradvac", options),
            Systems.names(golden.tasks()),
            replayed(golden),
            HeadWeights.OWN);
    MethodState state = weigher.initialState();
    JsonNode steps = golden.json().get("methods").path(name).path("steps");
    for (int step = 0; step < steps.size(); step++) {
      Observation observation = Systems.observation(golden.gradients(), golden.losses());
      Weighing weighing = weigher.weigh(observation, state);
      state = weighing.state();
      if (steps.get(step).has("alpha_own")) {
        assertEachClose(weighing.shared(), Golden.vector(steps.get(step).get("alpha_own")), EXACT);
      } else {
        assertClose(
            combined(weighing.shared(), golden.gradients()),
            Golden.vector(steps.get(step).get("g")),
            EXACT);
      }
      if (steps.get(step).has("rho_after")) {
        JsonNode rows = steps.get(step).get("rho_after");
        for (int i = 0; i < golden.tasks(); i++) {
          assertClose(
              Vector.of(
                  Arrays.copyOfRange(
                      state.perPair("target").toArray(),
                      i * golden.tasks(),
                      (i + 1) * golden.tasks())),
              Golden.vector(rows.get(i)),
              EXACT);
        }
      }
    }
  }

  /**
   * The weights of duplicates are not unique, so their combination is compared. Near-parallel
   * gradients (cosine {@code 1 - 1e-6}) lose the digits in the Gram matrix that the reference,
   * which sees the gradients themselves, keeps.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void mgdaUnconstrained(Golden.Case golden) {
    assumeTrue(golden.has("mgda_closed_form_unconstrained", "alpha"), "no golden value");
    assumeTrue(!hasZeroGradient(golden), "the reference takes the zero gradient for the shortest");
    Weighing weighing = weigh("mgda-unconstrained", Map.of(), golden);
    assertThat(weighing.failure()).isEmpty();
    assertThat(weighing.residual().orElseThrow()).isLessThan(1e-12);
    Vector expected = golden.vector("mgda_closed_form_unconstrained", "alpha");
    if (golden.name().equals("k2p7_dup")) {
      assertClose(
          combined(weighing.shared(), golden.gradients()),
          combined(expected, golden.gradients()),
          EXACT);
    } else {
      assertClose(weighing.shared(), expected, EXACT);
    }
  }

  /** For exactly opposite gradients the direction is zero and the reference divides by it. */
  @ParameterizedTest
  @MethodSource("cases")
  void conFig(Golden.Case golden) {
    Weighing weighing = weigh("config", Map.of(), golden);
    if (golden.name().equals("k2p7_opposite")) {
      assertThat(weighing.failure()).isPresent();
      return;
    }
    assertThat(weighing.failure()).isEmpty();
    assertThat(weighing.residual().orElse(0)).isLessThan(1e-12);
    assumeTrue(golden.has("config", "alpha_gram_own"), "no golden value");
    assertClose(
        combined(weighing.shared(), golden.gradients()), golden.vector("config", "g"), EXACT);
    assertClose(weighing.shared(), golden.vector("config", "alpha_gram_own"), EXACT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradNormLearns(Golden.Case golden) {
    assumeTrue(!hasZeroGradient(golden), "the reference counts a task without gradient");
    for (String gamma : List.of("0", "1.5")) {
      String libmtl = "gradnorm_libmtl_gamma" + gamma;
      if (golden.has(libmtl, "alpha")) {
        Weighing weighing = secondStep(golden, "softmax", gamma, libmtl, "param");
        assertEachClose(weighing.shared(), golden.vector(libmtl, "alpha"), EXACT);
        assertClose(weighing.gradients().get("w"), golden.vector(libmtl, "grad_param"), EXACT);
      }
      String paper = "gradnorm_paper_gamma" + gamma;
      if (golden.has(paper, "grad_w")) {
        Weighing weighing = secondStep(golden, "paper", gamma, paper, "w_before");
        Vector before = golden.vector(paper, "w_before");
        assertThat(weighing.heads()).isEqualTo(weighing.shared());
        assertEachClose(weighing.shared(), before.scaledToSum(golden.tasks()), EXACT);
        assertClose(weighing.gradients().get("w"), golden.vector(paper, "grad_w"), EXACT);
      }
    }
  }

  /** What a second step answers, after a first one with the first losses. */
  private static Weighing secondStep(
      Golden.Case golden, String form, String gamma, String name, String w) {
    Weigher weigher =
        Systems.weigher(method("gradnorm", Map.of("gamma", gamma, "form", form)), golden.tasks());
    Weighing first =
        weigher.weigh(
            Systems.observation(golden.gradients(), golden.vector(name, "initial_losses")),
            weigher.initialState());
    assertEachClose(first.shared(), Vector.ones(golden.tasks()), 1e-15);
    return weigher.weigh(
        Systems.observation(golden.gradients(), golden.losses()),
        first.state().withPerTask("w", golden.vector(name, w)));
  }

  /**
   * The reference's exact solution, and its objective, which the public code misses by up to a
   * factor of a million (SLSQP whose success nobody asks for).
   */
  @ParameterizedTest
  @MethodSource("cases")
  void caGrad(Golden.Case golden) {
    for (double c : List.of(0.4, 0.5)) {
      String name = "cagrad_c" + c;
      Weighing weighing = weigh("cagrad", Map.of("c", c), golden);
      assertThat(weighing.failure()).isEmpty();
      assertThat(weighing.residual().orElseThrow()).isLessThan(1e-12);
      if (!golden.has(name, "alpha_exact_rescale0")) {
        continue;
      }
      Vector expected = golden.vector(name, "alpha_exact_rescale0");
      Vector g = combined(expected, golden.gradients());
      assertClose(combined(weighing.shared(), golden.gradients()), g, EXACT);
      if (!golden.name().equals("k2p7_dup")) { // the weights of duplicates are not unique
        assertClose(weighing.shared(), expected, EXACT);
      }
      Vector v = weighing.shared().minus(Vector.filled(golden.tasks(), 1.0 / golden.tasks()));
      assertThat(caGradObjective(v.scaledToSum(1), c, golden))
          .isLessThanOrEqualTo(
              golden.number(name, "objective_exact")
                  + EXACT * Math.abs(golden.number(name, "objective_exact")));
    }
  }

  /** {@code g_w . g_0 + c |g_0| |g_w|}. */
  private static double caGradObjective(Vector w, double c, Golden.Case golden) {
    Vector mean = combined(Vector.filled(w.size(), 1.0 / w.size()), golden.gradients());
    Vector combined = combined(w, golden.gradients());
    return combined.dot(mean) + c * Systems.norm(mean) * Systems.norm(combined);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void caGradRescaled(Golden.Case golden) {
    assumeTrue(!hasZeroGradient(golden), "the number of tasks without gradient counts there");
    Vector plain = weigh("cagrad", Map.of("c", 0.5), golden).shared();
    assertEachClose(
        weigh("cagrad", Map.of("c", 0.5, "rescale", 1), golden).shared(),
        plain.dividedBy(1.25),
        1e-15);
    assertEachClose(
        weigh("cagrad", Map.of("c", 0.5, "rescale", 2, "scale", "sum"), golden).shared(),
        plain.times(golden.tasks() / 1.5),
        1e-15);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nashMtl(Golden.Case golden) {
    Weighing weighing = weigh("nash-mtl", Map.of("max-norm", 0), golden);
    if (isStationary(golden)) {
      assertThat(weighing.failure())
          .hasValueSatisfying(why -> assertThat(why).contains("Pareto-stationary"));
      assertThat(golden.has("nash_mtl", "alpha")).isFalse();
      return;
    }
    assertThat(weighing.failure()).isEmpty();
    assertThat(weighing.residual().orElseThrow()).isLessThan(1e-12);
    assumeTrue(golden.has("nash_mtl", "alpha"), "no golden value");
    assertEachClose(weighing.shared(), golden.vector("nash_mtl", "alpha"), EXACT);
    // PyTorch clips with max_norm / (norm + 1e-6), which leaves the length a little short.
    double length = golden.tasks() > 1 ? Math.sqrt(golden.tasks()) : Double.POSITIVE_INFINITY;
    assertClose(
        combined(weigh("nash-mtl", Map.of(), golden).shared(), golden.gradients()),
        golden.vector("nash_mtl", "g_clipped_max_norm_1").times(1 + 1e-6 / length),
        EXACT);
  }

  private static boolean isStationary(Golden.Case golden) {
    return List.of("k2p7_opposite", "k3p2_rankdef", "k3p2_selfproj").contains(golden.name());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fairGrad(Golden.Case golden) {
    for (String alpha : List.of("0.5", "1", "2")) {
      Weighing weighing = weigh("fairgrad", Map.of("alpha", alpha), golden);
      String name = "fairgrad_alpha" + alpha;
      if (isStationary(golden)) {
        assertThat(weighing.failure()).isPresent();
        assertThat(golden.has(name, "alpha_exact")).isFalse();
        continue;
      }
      assertThat(weighing.failure()).isEmpty();
      assertThat(weighing.residual().orElseThrow()).isLessThan(1e-12);
      if (golden.has(name, "alpha_exact")) {
        assertEachClose(weighing.shared(), golden.vector(name, "alpha_exact"), EXACT);
      }
    }
  }

  /** TorchJD's weights, with its regularisation. */
  @ParameterizedTest
  @MethodSource("cases")
  void regularisedProjections(Golden.Case golden) {
    assumeTrue(!hasZeroGradient(golden), "the reference counts a task without gradient");
    for (String name : List.of("upgrad", "dualproj")) {
      Weighing weighing = weigh(name, Map.of("regularisation", 1e-4), golden);
      assertThat(weighing.failure()).isEmpty();
      assertThat(weighing.residual().orElseThrow()).isLessThan(1e-12);
      assertThat(golden.has(name, "alpha")).isTrue();
      assertClose(weighing.shared(), golden.vector(name, "alpha"), EXACT);
    }
  }

  private static double[][] auxiliaryGradients() {
    return Golden.rows(Golden.auxiliary().get("G"));
  }

  private static Observation auxiliaryStep() {
    return Systems.observation(
        auxiliaryGradients(), Golden.vector(Golden.auxiliary().get("losses")));
  }

  private static JsonNode auxiliary(String name) {
    return Golden.auxiliary().get("results").get(name);
  }

  @Test
  void ial() {
    Weigher weigher = Systems.weigher(method("ial", Map.of("primary", 0)), 3);
    JsonNode golden = auxiliary("ial");
    Weighing weighing =
        weigher.weigh(
            auxiliaryStep(),
            weigher.initialState().withPerTask("sigma", Golden.vector(golden.get("sigma"))));
    assertEachClose(weighing.shared(), Golden.vector(golden.get("encoder_alpha")), EXACT);
    assertEachClose(weighing.heads(), Golden.vector(golden.get("decoder_weights")), EXACT);
    assertEachClose(
        weighing.gradients().get("sigma"), Golden.vector(golden.get("grad_sigma")), EXACT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unweighted", "weighted"})
  void gradientCosineSimilarity(String form) {
    Weigher weigher = Systems.weigher(method("gcs", Map.of("primary", 0, "form", form)), 3);
    assertEachClose(
        weigher.weigh(auxiliaryStep(), weigher.initialState()).shared(),
        Golden.vector(auxiliary("gcs_" + form).get("alpha")),
        EXACT);
  }

  /** The other tasks of the file point the same way, so both forms can be told apart there. */
  @Test
  void gradientCosineSimilarityOfAnotherPrimaryTask() {
    SymmetricMatrix gram = SymmetricMatrix.gramOf(auxiliaryGradients());
    double cosine = gram.at(1, 2) / Math.sqrt(gram.at(1, 1) * gram.at(2, 2));
    for (String form : List.of("unweighted", "weighted")) {
      Weigher weigher = Systems.weigher(method("gcs", Map.of("primary", "task1", "form", form)), 3);
      assertEachClose(
          weigher.weigh(auxiliaryStep(), weigher.initialState()).shared(),
          Vector.of(0, 1, form.equals("weighted") ? cosine : 1),
          1e-12);
    }
  }

  @Test
  void olAux() {
    assertOlAux(Map.of(), "ol_aux_cos_beta0.1_N5");
    assertOlAux(Map.of("form", "dot", "beta", 0.01), "ol_aux_dot_beta0.01_N5");
  }

  private static void assertOlAux(Map<String, ?> options, String name) {
    Weigher weigher = Systems.weigher(method("ol-aux", options), 3);
    MethodState state = weigher.initialState();
    for (JsonNode expected : auxiliary(name).get("alpha_per_step")) {
      Weighing weighing = weigher.weigh(auxiliaryStep(), state);
      assertEachClose(weighing.shared(), Golden.vector(expected), EXACT);
      state = weighing.state();
    }
  }

  /** A primary task without labels cannot be served. */
  @ParameterizedTest
  @ValueSource(strings = {"gcs", "ial"})
  void aStepWithoutThePrimaryTaskFails(String name) {
    Weigher weigher = Systems.weigher(method(name, Map.of("primary", 2)), 3);
    Observation step = auxiliaryStep();
    Observation unlabelled =
        Observation.ofLosses(0, 0, step.losses(), Vector.of(1, 1, 0))
            .withGram(step.gradients().gram().orElseThrow());
    Weighing weighing = weigher.weigh(unlabelled, weigher.initialState());
    assertThat(weighing.failure())
        .hasValueSatisfying(why -> assertThat(why).contains("primary task"));
    assertThat(weighing.shared()).isEqualTo(Vector.of(1, 1, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gcs", "ial", "ol-aux"})
  void aPrimaryTaskThatIsNotThereIsRefused(String name) {
    assertThatThrownBy(() -> Systems.weigher(method(name, Map.of("primary", "depht")), 2))
        .hasMessageContaining("option 'primary' is 'depht'");
  }

  @Test
  void analyticGradNormIsForGammaZero() {
    assertThatThrownBy(() -> method("gradnorm", Map.of("form", "analytic")))
        .hasMessageContaining("method 'gradnorm': form 'analytic'");
    double[][] gradients = Systems.random(3, 4, 9, 6);
    Vector weights =
        Systems.weigh(
                method("gradnorm", Map.of("form", "analytic", "gamma", 0)),
                gradients,
                Vector.ones(4))
            .shared();
    double[] lengths = new double[4];
    for (int k = 0; k < 4; k++) {
      lengths[k] = weights.at(k) * Systems.norm(Vector.of(gradients[k]));
    }
    assertEachClose(Vector.of(lengths), Vector.filled(4, lengths[0]), 1e-12);
    assertThat(weights.sum()).isCloseTo(4, offset(1e-12));
  }

  /** With the average over epoch 0 as first losses, all weights are 1 until epoch 1. */
  @Test
  void gradNormOfTheFirstEpoch() {
    Weigher weigher =
        Systems.weigher(method("gradnorm", Map.of("baseline", "epoch", "form", "softmax")), 2);
    MethodState state = weigher.initialState().withPerTask("w", Vector.of(1, 2));
    SymmetricMatrix gram = SymmetricMatrix.of(2, 1, 0, 0, 4);
    Vector ones = Vector.ones(2);
    for (Vector losses : List.of(Vector.of(1, 4), Vector.of(3, 8))) {
      Weighing weighing =
          weigher.weigh(Observation.ofLosses(0, 0, losses, ones).withGram(gram), state);
      assertThat(weighing.shared()).isEqualTo(ones);
      assertThat(weighing.gradients()).isEmpty();
      state = weighing.state();
    }
    assertThat(state.perTask("initial")).isEqualTo(Vector.of(2, 6));
    Weighing later =
        weigher.weigh(Observation.ofLosses(2, 1, Vector.of(9, 9), ones).withGram(gram), state);
    assertThat(later.state().perTask("initial")).isEqualTo(Vector.of(2, 6));
    assertEachClose(later.shared(), Vector.of(1, 2).softmax().times(2), 1e-15);
    assertThat(later.gradients().get("w").isFinite()).isTrue();
  }
}
