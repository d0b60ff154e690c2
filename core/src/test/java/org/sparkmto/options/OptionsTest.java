package org.sparkmto.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  private enum Form {
    PLAIN,
    LOSS_PLUS,
    PER_IMAGE
  }

  private static final List<Option> DECLARED =
      List.of(
          Option.of("rate", Option.positive(), 0.5, "how fast"),
          Option.of("share", Option.fraction(), 0, "how much is kept"),
          Option.of("window", Option.count(1), 25, "how many steps"),
          Option.of("seed", Option.whole(Long.MIN_VALUE, Long.MAX_VALUE), 1, "of draws"),
          Option.of("self", Option.flag(), false, "whether itself, too"),
          Option.of("form", Option.choice(Form.class), Form.PLAIN, "which form"),
          Option.of("depth", Option.oneOf(18, 34), 18, "how many layers"),
          Option.of("names", Option.texts(), List.of(), "which tasks"),
          Option.orAbsent("weights", Option.perTask(), "of tasks; all 1 if absent"));

  private static Options read(String name, Object value) {
    return Options.read("thing 'x'", DECLARED, Map.of(name, value));
  }

  @Test
  void whatIsNotGivenIsAsUsual() {
    Options options = Options.read("thing 'x'", DECLARED, Map.of());
    assertThat(options.number("rate")).isEqualTo(0.5);
    assertThat(options.number("share")).isZero();
    assertThat(options.count("window")).isEqualTo(25);
    assertThat(options.flag("self")).isFalse();
    assertThat(options.choice("form", Form.class)).isEqualTo(Form.PLAIN);
    assertThat(options.has("weights")).isFalse();
    assertThat(options.optionalNumbers("weights")).isEmpty();
    assertThat(options.written()).containsEntry("form", "plain").doesNotContainKey("weights");
  }

  @Test
  void textThatSpellsAValueIsTakenForIt() {
    assertThat(read("rate", "1e-3").number("rate")).isEqualTo(1e-3);
    assertThat(read("window", "7").count("window")).isEqualTo(7);
    assertThat(read("window", 7.0).count("window")).isEqualTo(7);
    assertThat(read("seed", Long.MIN_VALUE).whole("seed")).isEqualTo(Long.MIN_VALUE);
    assertThat(read("self", "TRUE").flag("self")).isTrue();
    assertThat(read("self", "yes").flag("self")).isTrue();
    assertThat(read("self", "off").flag("self")).isFalse();
    assertThat(read("form", "loss+").choice("form", Form.class)).isEqualTo(Form.LOSS_PLUS);
    assertThat(read("form", "per-image").choice("form", Form.class)).isEqualTo(Form.PER_IMAGE);
    assertThat(read("weights", List.of(1, "2.5")).numbers("weights")).containsExactly(1.0, 2.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate   | warm | a number",
        "rate   | NaN  | a finite number",
        "rate   | 0    | a number above zero",
        "share  | 1    | a number from zero on and below one",
        "window | 1.5  | a whole number",
        "window | 0    | 1 or more",
        "window | 4294967296 | no more than 2147483647",
        "seed   | 9223372036854775808 | a whole number",
        "self   | maybe | true or false",
        "form   | cross | one of plain, loss+, per-image",
        "depth  | 19    | one of 18, 34",
        "names  | row   | a list of names",
        "weights | 3    | a list of numbers, one per task",
      })
  void whatIsImpossibleIsNamedWithWhatIsPossible(String name, String value, String possible) {
    assertThatThrownBy(() -> read(name, value))
        .isInstanceOf(OptionException.class)
        .hasMessage("thing 'x': option '%s' must be %s, not '%s'", name, possible, value)
        .satisfies(
            e ->
                assertThat(((OptionException) e).atKey("section." + name))
                    .isEqualTo("section.%s = %s must be %s", name, value, possible));
  }

  @Test
  void anUnknownOptionNamesTheNearest() {
    assertThatThrownBy(() -> read("widnow", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "thing 'x' has no option 'widnow'; did you mean 'window'? Known are");
    assertThatThrownBy(() -> Options.read("thing 'x'", List.of(), Map.of("rte", 1)))
        .hasMessageEndingWith("It has none.");
  }

  @Test
  void nothingIsNoValueAndWhatIsRequiredMustBeGiven() {
    Map<String, Object> given = new HashMap<>();
    given.put("rate", null);
    assertThatThrownBy(() -> Options.read("thing 'x'", DECLARED, given))
        .hasMessageContaining("option 'rate' must be a number above zero, not 'null'");
    List<Option> required = List.of(Option.required("steps", Option.count(1), "how long"));
    assertThatThrownBy(() -> Options.read("thing 'x'", required, Map.of()))
        .hasMessage("thing 'x' needs the option 'steps'");
  }

  @Test
  void askingForWhatIsNotDeclaredIsAMistakeOfTheProgram() {
    Options options = Options.read("thing 'x'", DECLARED, Map.of());
    assertThatThrownBy(() -> options.number("ratio")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> options.flag("rate")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> options.has("weight")).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.5", "1e-8", "1e10", "12", "[1, 0.25]", "1.5e-7"})
  void numbersAreWrittenAsPeopleWriteThem(String text) {
    Object value = text.startsWith("[") ? List.of(1.0, 0.25) : (Object) Double.valueOf(text);
    assertThat(Option.written(value)).isEqualTo(text);
  }

  @Test
  void aRegistryKeepsItsOrderAndNamesTheNearest() {
    Entry<String> one = new Entry<>("thing", "second", "it", List.of(), options -> "made");
    Entry<String> two = new Entry<>("thing", "first", "it", List.of(), options -> "other");
    Registry<Entry<String>> registry = Registry.of("thing", List.of(one, two));
    assertThat(registry.names()).containsExactly("second", "first");
    assertThat(registry.entry("second").make(Map.of())).isEqualTo("made");
    assertThatThrownBy(() -> registry.entry("secnod"))
        .hasMessage("unknown thing 'secnod'; did you mean 'second'? Known are second, first.");
    assertThatThrownBy(() -> Registry.of("thing", List.of(one, one)))
        .isInstanceOf(IllegalStateException.class);
  }
}
