package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MethodCheckTest {

  static List<MethodEntry> all() {
    return Methods.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyBuiltInMethodPasses(MethodEntry entry) {
    assertThat(MethodCheck.of(entry)).as(entry.name()).isEmpty();
  }

  /** Weights that have none of the properties: they grow with the number of the task, from -1. */
  private record Crooked() implements GramMethod {
    @Override
    public TaskWeights weigh(GradientSystem tasks) {
      double[] weights = new double[tasks.count()];
      for (int k = 0; k < weights.length; k++) {
        weights[k] = tasks.taskNumber(k) - 1;
      }
      return TaskWeights.shared(Vector.of(weights));
    }
  }

  private static MethodEntry.Builder entry() {
    return MethodEntry.ofGram("crooked", "Crooked weights", "nowhere", Level.PARAMETERS);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RANDOM")
  void whoeverClaimsWhatIsNotSoIsTold(MethodProperty property) {
    assertThat(MethodCheck.of(entry().is(property).madeBy(options -> new Crooked())))
        .singleElement()
        .asString()
        .startsWith("it declares " + property)
        .contains(" tasks, ", "seed ");
    assertThat(MethodCheck.of(entry().madeBy(options -> new Crooked()))).isEmpty();
  }

  @Test
  void anEntryThatSaysWhatItDoesNotRememberIsTold() {
    assertThat(MethodCheck.of(entry().remembers().madeBy(options -> new Crooked())))
        .containsExactly("the entry says that it remembers, but initialState holds nothing");
  }

  @Test
  void anEntryOfAnotherKindIsTold() {
    assertThat(
            MethodCheck.of(
                MethodEntry.ofLosses("crooked", "Crooked weights", "nowhere", MethodInput.LOSSES)
                    .madeBy(options -> new Crooked())))
        .containsExactly(
            "a method of inner products, and no other, has levels: its entry begins with ofGram");
  }

  /** Draws random numbers, but does not say so. */
  private record Rolling() implements LossMethod {
    @Override
    public TaskWeights weigh(StepView tasks) {
      return TaskWeights.shared(Vector.filled(tasks.count(), tasks.draws().uniform(0)));
    }
  }

  @Test
  void whoeverDrawsRandomNumbersInSecretIsTold() {
    MethodEntry.Builder rolling =
        MethodEntry.ofLosses("rolling", "Rolling", "nowhere", MethodInput.NOTHING);
    assertThat(MethodCheck.of(rolling.madeBy(options -> new Rolling())))
        .singleElement()
        .asString()
        .startsWith("its weights depend on the seed, but it does not declare RANDOM [seed 0, 1 ");
    assertThat(MethodCheck.of(rolling.is(MethodProperty.RANDOM).madeBy(options -> new Rolling())))
        .isEmpty();
  }

  /** Remembers under a name that it has not declared. */
  private record Forgetful() implements LossMethod {
    @Override
    public MethodState initialState(int tasks) {
      return MethodState.empty().withNumber("seen", 0);
    }

    @Override
    public TaskWeights weigh(StepView tasks) {
      return TaskWeights.shared(Vector.ones(tasks.count()))
          .withState(MethodState.empty().withNumber("sean", 1));
    }
  }

  @Test
  void whatThrowsIsTold() {
    assertThat(
            MethodCheck.of(
                MethodEntry.ofLosses("forgetful", "Forgetful", "nowhere", MethodInput.LOSSES)
                    .remembers()
                    .madeBy(options -> new Forgetful())))
        .isNotEmpty()
        .allMatch(failure -> failure.contains("declare every name in initialState"));
  }
}
