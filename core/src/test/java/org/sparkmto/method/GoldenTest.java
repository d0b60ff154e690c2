package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.sparkmto.method.Systems.assertClose;
import static org.sparkmto.method.Systems.assertEachClose;
import static org.sparkmto.method.Systems.combined;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every method against {@link Golden}. The file holds 15 digits, so 1e-9 is asked for unless a test
 * says why not.
 */
class GoldenTest {
  private static final double EXACT = 1e-9;

  static List<Golden.Case> cases() {
    return Golden.cases();
  }

  private static Weighing weigh(String name, Map<String, ?> options, Golden.Case golden) {
    return Systems.weigh(
        Methods.byName(name, options).method(), golden.gradients(), golden.losses());
  }

  private static Vector shared(String name, Map<String, ?> options, Golden.Case golden) {
    Weighing weighing = weigh(name, options, golden);
    assertThat(weighing.failure()).isEmpty();
    return weighing.shared();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalWeighting(Golden.Case golden) {
    assertThat(shared("ew", Map.of(), golden)).isEqualTo(golden.vector("ew_sum", "alpha"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void randomLossWeighting(Golden.Case golden) {
    Vector normal = Golden.vector(golden.json().get("normal_draws"));
    assertEachClose(
        new RandomLossWeighting(RandomLossWeighting.Distribution.NORMAL).weights(normal),
        golden.vector("rlw_normal", "alpha"),
        EXACT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void dynamicWeightAverage(Golden.Case golden) {
    assumeTrue(golden.has("dwa", "alpha"), "no golden value");
    int tasks = golden.tasks();
    Weigher weigher = Systems.weigher(Systems.method("dwa"), tasks);
    MethodState state = weigher.initialState();
    Vector ones = Vector.ones(tasks);
    Vector older = golden.vector("dwa", "loss_epoch_minus2");
    Vector newer = golden.vector("dwa", "loss_epoch_minus1");
    // Two steps per epoch whose average is the golden epoch loss.
    for (int step = 0; step < 4; step++) {
      Vector average = step < 2 ? older : newer;
      Vector losses = average.times(step % 2 == 0 ? 0.5 : 1.5);
      Weighing weighing = weigher.weigh(Observation.ofLosses(step, step / 2, losses, ones), state);
      assertEachClose(weighing.shared(), ones, 1e-15);
      state = weighing.state();
    }
    Weighing third = weigher.weigh(Observation.ofLosses(4, 2, ones, ones), state);
    assertEachClose(third.shared(), golden.vector("dwa", "alpha"), EXACT);
    assertThat(third.heads()).isEqualTo(third.shared());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void uncertaintyWeighting(Golden.Case golden) {
    Weighing kendall = weigh("uw", Map.of(), golden);
    assertEachClose(kendall.shared(), golden.vector("uw_kendall_gaussian", "alpha"), EXACT);
    assertClose(
        kendall.gradients().get("s"), golden.vector("uw_kendall_gaussian", "grad_s"), EXACT);
    assumeTrue(golden.has("uw_libmtl_step1", "alpha"), "no golden value of the other start");
    Weighing started = weigh("uw", Map.of("init", -0.5), golden);
    assertEachClose(started.shared(), golden.vector("uw_libmtl_step1", "alpha"), EXACT);
    assertClose(started.gradients().get("s"), golden.vector("uw_libmtl_step1", "grad_s"), EXACT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void analyticUncertainty(Golden.Case golden) {
    Vector laplace = golden.vector("uw_o_laplace", "alpha");
    assertEachClose(shared("uw-o", Map.of(), golden), laplace, EXACT);
    assertEachClose(shared("uw-o", Map.of("form", "gaussian"), golden), laplace.times(0.5), EXACT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void geometricLoss(Golden.Case golden) {
    assertEachClose(shared("gls", Map.of(), golden), golden.vector("gls", "alpha"), EXACT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void imtlL(Golden.Case golden) {
    assumeTrue(golden.has("imtl_l_step1", "alpha"), "no golden value");
    Weigher weigher = Systems.weigher(Systems.method("imtl-l"), golden.tasks());
    Observation step = Systems.observation(golden.gradients(), golden.losses());
    Weighing first = weigher.weigh(step, weigher.initialState());
    assertThat(first.shared()).isEqualTo(Vector.ones(golden.tasks()));
    assertClose(first.gradients().get("s"), golden.vector("imtl_l_step1", "grad_s_at_0"), EXACT);
    Weighing second =
        weigher.weigh(step, first.state().withPerTask("s", golden.vector("imtl_l_step1", "s")));
    assertEachClose(second.shared(), golden.vector("imtl_l_step1", "alpha"), EXACT);
    assertClose(second.gradients().get("s"), golden.vector("imtl_l_step1", "grad_s"), EXACT);
  }

  /**
   * Where the gradients are linearly dependent, the references answer a combination that is zero
   * (the paper's formula) or one that is not equally projected (a pseudo-inverse of M): ours says
   * so. With a zero gradient the paper's formula is NaN: ours weighs the others.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void imtlG(Golden.Case golden) {
    assumeTrue(golden.tasks() > 1, "no golden value");
    Weighing weighing = weigh("imtl-g", Map.of(), golden);
    if (Set.of("k2p7_opposite", "k3p2_rankdef", "k3p2_selfproj").contains(golden.name())) {
      assertThat(weighing.failure()).hasValueSatisfying(why -> assertThat(why).contains("equal"));
      assertThat(weighing.shared()).isEqualTo(Vector.filled(golden.tasks(), 1.0 / golden.tasks()));
      return;
    }
    assertThat(weighing.failure()).isEmpty();
    if (golden.name().equals("k3p7_zero")) {
      assertClose(
          weighing.shared().select(0, 2),
          golden.vector("imtl_g", "alpha_torchjd").select(0, 2),
          EXACT);
      return;
    }
    String reference = golden.has("imtl_g", "alpha_gram_own") ? "alpha_gram_own" : "alpha_torchjd";
    assertEachClose(weighing.shared(), golden.vector("imtl_g", reference), EXACT);
  }

  /** The public hybrid starts with {@code s = 0}, where its shared weights are IMTL-G's. */
  @ParameterizedTest
  @MethodSource("cases")
  void imtl(Golden.Case golden) {
    assumeTrue(golden.has("imtl_g", "grad_s_libmtl"), "no golden value");
    Weighing weighing = weigh("imtl", Map.of(), golden);
    int[] active = golden.name().equals("k3p7_zero") ? new int[] {0, 2} : all(golden);
    assertClose(
        weighing.gradients().get("s").select(active),
        golden.vector("imtl_g", "grad_s_libmtl").select(active),
        EXACT);
    assertThat(weighing.heads()).isEqualTo(Vector.ones(golden.tasks()));
    assertThat(weighing.shared()).isEqualTo(weigh("imtl-g", Map.of(), golden).shared());
  }

  /** The weights of duplicates are not unique, so the shortest vector is compared there. */
  @ParameterizedTest
  @MethodSource("cases")
  void mgda(Golden.Case golden) {
    for (String normaliser : List.of("none", "l2", "loss", "loss+")) {
      String method = "mgda_exact_" + normaliser;
      if (!golden.has(method, "alpha_on_normalised")) {
        continue;
      }
      Weighing weighing = weigh("mgda", Map.of("normaliser", normaliser), golden);
      assertThat(weighing.failure()).isEmpty();
      assertThat(weighing.residual().orElseThrow()).isLessThan(1e-13);
      if (golden.name().equals("k3p7_zero")) {
        // The reference takes the zero gradient for the shortest vector; ours weighs the others.
        assertThat(weighing.shared().select(0, 2).sum()).isCloseTo(1, offset(1e-12));
        continue;
      }
      Vector expected = golden.vector(method, "alpha_on_normalised");
      if (golden.name().equals("k2p7_dup")) {
        assertClose(
            combined(weighing.shared(), golden.gradients()),
            combined(expected, golden.gradients()),
            EXACT);
      } else {
        assertClose(weighing.shared(), expected, EXACT);
      }
      if (golden.number(method, "min_norm_sq") > 1e-20) {
        Vector normalised = weighing.shared().dividedBy(golden.vector(method, "normaliser"));
        Vector direction = combined(normalised, golden.gradients());
        assertThat(direction.dot(direction))
            .isLessThanOrEqualTo(golden.number(method, "min_norm_sq") * (1 + EXACT));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pcGrad(Golden.Case golden) {
    GradientSystem system = system(golden);
    int[][] orders = new int[golden.tasks()][];
    for (int i = 0; i < orders.length; i++) {
      double[] order = Golden.vector(golden.json().get("orders").get(i)).toArray();
      orders[i] = Arrays.stream(order).mapToInt(j -> (int) j).toArray();
    }
    if (golden.name().equals("k3p7_zero")) {
      assertThat(weigh("pcgrad", Map.of(), golden).count(TaskStatus.ZERO_GRADIENT)).isEqualTo(1);
      return;
    }
    Vector weights =
        ((PcGrad) Systems.method("pcgrad"))
            .project(system.cosines(), system.norms(), i -> orders[i]);
    assertEachClose(weights, golden.vector("pcgrad_paper_sum", "alpha"), EXACT);
  }

  /**
   * In k5p50_scales the squared norms span 12 decades and the reference forms and decomposes M in
   * double, which leaves it 7 digits (an independent derivation differs by 7e-8 in the file).
   */
  @ParameterizedTest
  @MethodSource("cases")
  void alignedMtl(Golden.Case golden) {
    double tolerance = golden.name().equals("k5p50_scales") ? 1e-6 : EXACT;
    double float64 = Math.ulp(1.0);
    for (String scale : List.of("min", "median", "rmse")) {
      Vector weights = shared("aligned-mtl", Map.of("scale", scale, "tolerance", float64), golden);
      Vector expected = golden.vector("aligned_mtl", "alpha_samsung_" + scale);
      assertClose(zeroed(weights, golden), zeroed(expected, golden), tolerance);
    }
    assertClose(
        zeroed(shared("aligned-mtl", Map.of(), golden), golden),
        zeroed(golden.vector("aligned_mtl", "alpha_min_float32_tol_own"), golden),
        EXACT);
    if (golden.has("aligned_mtl", "alpha_pref_own")) {
      List<Double> preferences =
          Arrays.stream(golden.vector("aligned_mtl", "pref_weights").toArray()).boxed().toList();
      Vector weights =
          shared(
              "aligned-mtl",
              Map.of("preferences", preferences, "tolerance", float64, "scale", "min"),
              golden);
      assertClose(
          zeroed(weights, golden),
          zeroed(golden.vector("aligned_mtl", "alpha_pref_own"), golden),
          tolerance);
    }
  }

  /** At the representation, with the Gram matrix over batch and features as in the papers. */
  @ParameterizedTest
  @CsvSource({"mgda-ub,mgda_ub", "imtl-g,imtl_g", "aligned-mtl-ub,aligned_ub"})
  void representationLevel(String name, String golden) {
    JsonNode feature = Golden.featureLevel();
    SymmetricMatrix gram = gram(Golden.rows(feature.get("gram_flattened_sener_samsung")));
    MethodEntry.Made made = Methods.byName(name, Map.of());
    assertThat(made.level()).contains(Level.REPRESENTATION);
    Weigher weigher = Systems.weigher(made.method(), gram.size());
    Vector ones = Vector.ones(gram.size());
    Weighing weighing =
        weigher.weigh(
            Observation.ofLosses(0, 0, ones, ones).withGram(gram), weigher.initialState());
    assertEachClose(
        weighing.shared(), Golden.vector(feature.get(golden).get("alpha_flattened")), EXACT);
    assertThat(weighing.heads()).isEqualTo(ones);
  }

  /** The Gram matrix over batch and features is the sum of the ones of the samples. */
  @Test
  void representationGramsOfSamplesAddUp() {
    JsonNode feature = Golden.featureLevel();
    JsonNode dz = feature.get("dz");
    double[] sum = new double[dz.size() * dz.size()];
    for (int sample = 0; sample < dz.get(0).size(); sample++) {
      double[][] rows = new double[dz.size()][];
      for (int k = 0; k < rows.length; k++) {
        rows[k] = Golden.vector(dz.get(k).get(sample)).toArray();
      }
      double[] part = SymmetricMatrix.gramOf(rows).toArray();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += part[i];
      }
    }
    assertClose(
        Vector.of(sum),
        Vector.of(gram(Golden.rows(feature.get("gram_flattened_sener_samsung"))).toArray()),
        EXACT);
  }

  private static SymmetricMatrix gram(double[][] rows) {
    return SymmetricMatrix.of(
        rows.length, Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray());
  }

  private static GradientSystem system(Golden.Case golden) {
    return new GradientSystem(
        new StepView(
            0,
            0,
            all(golden),
            Systems.names(golden.tasks()),
            golden.losses(),
            null,
            MethodState.empty()),
        SymmetricMatrix.gramOf(golden.gradients()));
  }

  private static int[] all(Golden.Case golden) {
    return IntStream.range(0, golden.tasks()).toArray();
  }

  /** A zero gradient's weight moves nothing: not compared. */
  private static Vector zeroed(Vector weights, Golden.Case golden) {
    return golden.name().equals("k3p7_zero") ? weights.select(0, 2) : weights;
  }
}
