package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.options.Option;

class MethodsTest {

  @Test
  void entriesTellTheTruth() {
    assertThat(Methods.all()).extracting(MethodEntry::name).doesNotHaveDuplicates();
    for (MethodEntry entry : Methods.all()) {
      MethodEntry.Made made = Methods.byName(entry.name(), Map.of());
      assertThat(made.entry()).isSameAs(entry);
      assertThat(made.heads()).isEqualTo(HeadWeights.OWN);
      assertThat(!made.method().initialState(2).isEmpty())
          .as(entry.name())
          .isEqualTo(entry.stateful());
      boolean gram = Kind.of(made.method(), 1).getClass() == GramKind.class;
      assertThat(made.level().isPresent()).as(entry.name()).isEqualTo(gram);
      assertThat(entry.levels().isEmpty()).isEqualTo(!gram);
      assertThat(made.input()).isEqualTo(entry.input());
      assertThat(made.options().written().keySet())
          .containsAll(
              entry.parameters().stream()
                  .filter(parameter -> parameter.usual().isPresent())
                  .map(Option::name)
                  .toList());
      made.method()
          .learned()
          .forEach(
              name -> assertThat(made.method().initialState(3).perTask(name).size()).isEqualTo(3));
    }
  }

  @Test
  void levelsAndHeadsAreOptionsOfEveryMethodThatHasThem() {
    MethodEntry.Made exact =
        Methods.byName("imtl-g", Map.of("level", "parameters", "heads", "shared"));
    assertThat(exact.level()).contains(Level.PARAMETERS);
    assertThat(exact.input()).isEqualTo(MethodInput.PARAMETER_GRAM);
    assertThat(exact.heads()).isEqualTo(HeadWeights.SHARED);
    assertThatThrownBy(() -> Methods.byName("mgda-ub", options("level", "parameters")))
        .hasMessage("method 'mgda-ub': option 'level' must be representation, not 'parameters'");
    assertThatThrownBy(() -> Methods.byName("ew", options("level", "parameters")))
        .hasMessageContaining("method 'ew' has no option 'level'");
  }

  @ParameterizedTest
  @CsvSource({"imtlg, imtl-g", "MGDA-ub, mgda-ub", "alligned-mtl, aligned-mtl", "pc-grad, pcgrad"})
  void anUnknownMethodNamesTheNearest(String name, String nearest) {
    assertThatThrownBy(() -> Methods.byName(name, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown method '%s'; did you mean '%s'?", name, nearest)
        .hasMessageContaining("Known are ew, rlw,");
  }

  @Test
  void anUnknownOptionNamesTheNearest() {
    assertThatThrownBy(() -> Methods.byName("dwa", options("temprature", 2)))
        .hasMessage(
            "method 'dwa' has no option 'temprature'; did you mean 'temperature'?"
                + " Known are heads, temperature, window.");
    assertThatThrownBy(() -> Methods.byName("ew", options("nam", "dwa")))
        .hasMessageContaining("did you mean 'name'?");
  }

  @Test
  void optionsOfTheWrongKindSayWhatTheyShouldBe() {
    assertWrong("dwa", "temperature", "warm", "must be a number, not 'warm'");
    assertWrong("dwa", "temperature", 0, "must be a number above zero, not '0'");
    assertWrong("uw", "init", "Infinity", "must be a finite number");
    assertWrong("uw", "form", "cauchy", "must be one of gaussian, laplace, classification");
    assertWrong("mgda", "normaliser", "l1", "must be one of none, l2, loss, loss+, not 'l1'");
    assertWrong("ew", "weights", 3, "must be a list of numbers, one per task");
    assertWrong("ew", "weights", List.of(1, "x"), "must be a number");
    assertWrong("ew", "heads", "none", "must be one of own, ones, shared");
  }

  private static void assertWrong(String method, String option, Object value, String message) {
    assertThatThrownBy(() -> Methods.byName(method, options(option, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("method '" + method + "': option '" + option + "'")
        .hasMessageContaining(message);
  }

  @Test
  void numbersMayBeSpelled() {
    assertThat(Methods.byName("dwa", options("temperature", "0.5")).method())
        .isEqualTo(new DynamicWeightAverage(0.5, OptionalInt.empty()));
    assertThat(Methods.byName("pcgrad", options("self", "TRUE")).options().flag("self")).isTrue();
    assertWrong("pcgrad", "self", "maybe", "must be true or false, not 'maybe'");
  }

  /** K = 40 tasks, P = 11 million parameters: the rows of the design's table. */
  @Test
  void inputIsCounted() {
    assertThat(MethodInput.NOTHING.numbersPerStep(40, 11_000_000)).isEqualTo(11_000_000);
    assertThat(MethodInput.LOSSES.numbersPerStep(40, 11_000_000)).isEqualTo(11_000_040);
    assertThat(MethodInput.REPRESENTATION_GRAM.numbersPerStep(40, 11_000_000))
        .isEqualTo(11_001_640);
    assertThat(MethodInput.PARAMETER_GRAM.numbersPerStep(40, 11_000_000)).isEqualTo(451_000_000);
    assertThat(MethodInput.PARAMETER_GRAM.backwardPasses(40)).isEqualTo(40);
    assertThat(MethodInput.REPRESENTATION_GRAM.backwardPasses(40)).isEqualTo(1);
  }

  private static Map<String, ?> options(String name, Object value) {
    return Map.of(name, value);
  }
}
