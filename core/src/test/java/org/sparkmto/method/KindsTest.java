package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.random.Draws;

/** Every kind of method has all that a kind has; each by way of its registered methods. */
class KindsTest {
  private static final List<String> NAMES = Systems.names(3);

  /** Registered methods, and one by layer. */
  static Stream<MethodEntry.Made> methods() {
    return Stream.concat(
        Methods.all().stream().map(entry -> Methods.of(entry.name())),
        Stream.of(Methods.byName("gradvac", Map.of("per", "layer"))));
  }

  private static LocalStep local(Method method) {
    return LocalStep.of(method, NAMES)
        .draws(Draws.of(3))
        .optimizer(Optimizers.byName("adam", Map.of()))
        .start();
  }

  private static LocalStep.Problem problem(long seed) {
    return LocalStep.Problem.at(Systems.losses(seed, 3), Systems.random(seed, 3, 8, 2));
  }

  /** A kind without a method would be tested by nothing. */
  @Test
  void everyKindHasAMethod() {
    List<Class<?>> kinds = new ArrayList<>(Arrays.asList(Method.class.getPermittedSubclasses()));
    methods().forEach(made -> kinds.removeIf(kind -> kind.isInstance(made.method())));
    assertThat(kinds).isEmpty();
  }

  @Test
  void everySummaryAndEveryInputIsAMethodsOwn() {
    Set<GradientForm> forms =
        // Those that come after a trial.
        new HashSet<>(Set.of(GradientForm.DERIVATIVES, GradientForm.LOSSES_AFTER));
    Set<MethodInput> inputs = new HashSet<>();
    methods()
        .forEach(
            made -> {
              LocalStep local = local(made.method());
              forms.add(local.observe(problem(1), Vector.ones(3), 0).gradients().form());
              inputs.add(made.input());
              made.entry().levels().forEach(level -> inputs.add(MethodInput.of(level)));
            });
    assertThat(forms).containsExactlyInAnyOrder(GradientForm.values());
    assertThat(inputs).containsExactlyInAnyOrder(MethodInput.values());
  }

  /** What is reported says how many weights come back, and can be written and read. */
  @ParameterizedTest
  @MethodSource("methods")
  void reportAndWeightsHaveOneShape(MethodEntry.Made made) {
    LocalStep local = local(made.method());
    for (int step = 0; step < 3; step++) {
      Observation seen = local.observe(problem(step), Vector.ones(3), 0);
      GradientSummary gradients = seen.gradients();
      double[] numbers = gradients.numbers();
      assertThat(gradients.fits(3)).isTrue();
      assertThat(gradients.fits(4)).isEqualTo(gradients.form() == GradientForm.NONE);
      assertThat((long) numbers.length)
          .isEqualTo(gradients.form().count(3, gradients.weightsPerTask()));
      assertThat(gradients.form().read(3, gradients.weightsPerTask(), numbers))
          .isEqualTo(gradients);
      Weighing weighing = local.weigh(seen, 0.01);
      assertThat(weighing.shared().size()).isEqualTo(3 * gradients.weightsPerTask());
      assertThat(weighing.heads().size()).isEqualTo(3);
      assertThat(weighing.blend().isPresent())
          .isEqualTo(gradients.form() == GradientForm.AVERAGE_GRAM);
    }
  }

  /** A step moves the parameters, whatever the kind, and a part of the batch is never the whole. */
  @ParameterizedTest
  @MethodSource("methods")
  void aStepInMemoryMovesTheParameters(MethodEntry.Made made) {
    LocalStep local = local(made.method());
    double[] point = new double[8];
    for (int step = 0; step < 2; step++) {
      local.step(point, problem(step), step, 0.01);
      assertThat(local.last().failure()).isEmpty();
    }
    assertThat(Arrays.stream(point).map(Math::abs).max().orElseThrow()).isPositive();
    assertThat(Arrays.stream(point).allMatch(Double::isFinite)).isTrue();
    assertThat(made.method().parts()).isPositive();
    assertThat(made.rowsPerTask()).isNotNegative();
  }
}
