package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkmto.method.Systems.assertClose;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What methods of inner products say of their answers, and by what factors their options differ.
 * The answers themselves are held to golden vectors by {@code verify}.
 */
class GramMethodsTest {
  private static final String OPPOSITE = "opposite";
  private static final String PLANE = "balanced in a plane";
  private static final String ZERO = "a zero gradient";

  /** One system of gradients. */
  @SuppressWarnings("ArrayRecordComponent") // lives for one test
  private record Case(String name, double[][] gradients) {
    int tasks() {
      return gradients.length;
    }

    boolean in(String... names) {
      return Set.of(names).contains(name);
    }

    Weighing weigh(String method, Map<String, ?> options) {
      return Systems.weigh(
          Methods.byName(method, options).method(), gradients, Systems.losses(5, tasks()));
    }

    Weighing answer(String method, Map<String, ?> options) {
      Weighing weighing = weigh(method, options);
      assertThat(weighing.failure()).as(method).isEmpty();
      return weighing;
    }

    double residual(String method, Map<String, ?> options) {
      OptionalDouble residual = answer(method, options).residual();
      return tasks() == 1 ? residual.orElse(0) : residual.orElseThrow();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case("one task", new double[][] {{3, 4}}),
        new Case("three tasks", Systems.random(1, 3, 7, 0)),
        new Case("five tasks over six decades", Systems.random(2, 5, 50, 6)),
        new Case("forty tasks", Systems.random(3, 40, 50, 0)),
        new Case("duplicates", new double[][] {{1, -2, 3}, {1, -2, 3}}),
        new Case("nearly parallel", new double[][] {{1, -2, 3}, {1.002, -1.998, 3.001}}),
        new Case(OPPOSITE, new double[][] {{1, -2, 3}, {-1, 2, -3}}),
        new Case(PLANE, new double[][] {{2, 0.2}, {-0.5, 1}, {-0.2, -1.2}}),
        new Case(ZERO, new double[][] {{1, -2, 3}, {0, 0, 0}, {2, 1, 0.5}}));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void closedFormsAndSolversAreExact(Case system) {
    for (String normaliser : List.of("none", "l2", "loss", "loss+")) {
      assertThat(system.residual("mgda", Map.of("normaliser", normaliser))).isLessThan(1e-13);
    }
    assertThat(system.residual("mgda-unconstrained", Map.of())).isLessThan(1e-12);
    for (double c : List.of(0.4, 0.5)) {
      assertThat(system.residual("cagrad", Map.of("c", c))).isLessThan(1e-12);
    }
    for (String name : List.of("upgrad", "dualproj")) {
      assertThat(system.residual(name, Map.of("regularisation", 1e-4))).isLessThan(1e-12);
    }
    if (!system.in(OPPOSITE)) {
      Weighing conFig = system.answer("config", Map.of());
      assertThat(conFig.residual().orElse(0)).isLessThan(1e-12);
    }
    if (!system.in(OPPOSITE, PLANE)) {
      assertThat(system.residual("nash-mtl", Map.of("max-norm", 0))).isLessThan(1e-12);
      for (String alpha : List.of("0.5", "1", "2")) {
        assertThat(system.residual("fairgrad", Map.of("alpha", alpha))).isLessThan(1e-12);
      }
    }
  }

  /** The references answer zero there, or rounding errors, or what is not equally projected. */
  @ParameterizedTest
  @MethodSource("cases")
  void whatHasNoSolutionIsRefused(Case system) {
    if (system.in(OPPOSITE)) {
      assertThat(system.weigh("config", Map.of()).failure()).isPresent();
    }
    if (system.in(OPPOSITE, PLANE)) {
      Weighing imtl = system.weigh("imtl-g", Map.of());
      assertThat(imtl.failure()).hasValueSatisfying(why -> assertThat(why).contains("equal"));
      assertThat(imtl.shared()).isEqualTo(Vector.filled(system.tasks(), 1.0 / system.tasks()));
      assertThat(system.weigh("nash-mtl", Map.of("max-norm", 0)).failure())
          .hasValueSatisfying(why -> assertThat(why).contains("Pareto-stationary"));
      for (String alpha : List.of("0.5", "1", "2")) {
        assertThat(system.weigh("fairgrad", Map.of("alpha", alpha)).failure()).isPresent();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reductionsAndRescalingsAreFactors(Case system) {
    if (system.in(ZERO)) {
      return; // its weight moves nothing, and is another
    }
    Map<String, ?> samsung = Map.of("self", true, "epsilon", 1e-5, "one-order", true);
    Map<String, ?> mean =
        Map.of("self", true, "epsilon", 1e-5, "one-order", true, "reduction", "mean");
    assertEachClose(
        system.answer("pcgrad", mean).shared(),
        system.answer("pcgrad", samsung).shared().dividedBy(system.tasks()),
        1e-15);
    Vector plain = system.answer("cagrad", Map.of("c", 0.5)).shared();
    assertEachClose(
        system.answer("cagrad", Map.of("c", 0.5, "rescale", 1)).shared(),
        plain.dividedBy(1.25),
        1e-15);
    assertEachClose(
        system.answer("cagrad", Map.of("c", 0.5, "rescale", 2, "scale", "sum")).shared(),
        plain.times(system.tasks() / 1.5),
        1e-15);
  }

  /** The hybrid starts with {@code s = 0}, where its shared weights are IMTL-G's. */
  @ParameterizedTest
  @MethodSource("cases")
  void imtlStartsAsImtlG(Case system) {
    if (system.in(OPPOSITE, PLANE)) {
      return;
    }
    Weighing hybrid = system.answer("imtl", Map.of());
    assertThat(hybrid.heads()).isEqualTo(Vector.ones(system.tasks()));
    assertThat(hybrid.shared()).isEqualTo(system.answer("imtl-g", Map.of()).shared());
    assertThat(hybrid.count(TaskStatus.ZERO_GRADIENT)).isEqualTo(system.in(ZERO) ? 1 : 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mgda-ub", "imtl-g", "aligned-mtl-ub"})
  void representationsAreSeenByDefault(String name) {
    assertThat(Methods.byName(name, Map.of()).level()).contains(Level.REPRESENTATION);
  }

  /** The Gram matrix over batch and features is the sum of the ones of the samples. */
  @Test
  void representationGramsOfSamplesAddUp() {
    double[][] whole = Systems.random(4, 3, 6 * 5, 1);
    Vector sum = Vector.zeros(9);
    for (int sample = 0; sample < 6; sample++) {
      double[][] rows = new double[3][5];
      for (int k = 0; k < 3; k++) {
        System.arraycopy(whole[k], 5 * sample, rows[k], 0, 5);
      }
      sum = sum.plus(Vector.of(SymmetricMatrix.gramOf(rows).toArray()));
    }
    assertClose(sum, Vector.of(SymmetricMatrix.gramOf(whole).toArray()), 1e-9);
  }
}
