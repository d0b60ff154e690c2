package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedOptionsTest {
  @Test
  void severalWithTheirOptions() {
    assertThat(
            NamedOptions.list("ew:weights=[1,0.5],mgda:normaliser=loss+,level=parameters,imtl-g"))
        .containsExactly(
            new NamedOptions("ew", Map.of("weights", List.of(1.0, 0.5))),
            new NamedOptions("mgda", Map.of("normaliser", "loss+", "level", "parameters")),
            new NamedOptions("imtl-g", Map.of()));
  }

  @Test
  void valuesHaveTheirTypes() {
    assertThat(NamedOptions.of("sgd:momentum=.9,weight-decay=1e-4,nesterov=true,base=e").options())
        .containsExactly(
            Map.entry("momentum", 0.9),
            Map.entry("weight-decay", 1e-4),
            Map.entry("nesterov", true),
            Map.entry("base", "e"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ew",
        "cagrad:c=0.5,rescale=2",
        "ew:weights=[1,0.25]",
        "mgda:normaliser=loss+,level=z"
      })
  void theTextIsReadBack(String text) {
    assertThat(NamedOptions.of(text)).hasToString(text);
  }

  @Test
  void asASectionOfAConfiguration() {
    var config = NamedOptions.of("cagrad:c=0.5,rescale=2").toConfig("method");
    assertThat(config.getString("method.name")).isEqualTo("cagrad");
    assertThat(config.getInt("method.rescale")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "c=1", "ew:", "ew:c", "ew:c=", "ew,,pcgrad", "ew:w=[1,2", "a b"})
  void whatIsNotOfTheFormIsRefused(String text) {
    assertThatThrownBy(() -> NamedOptions.list(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NAME[:option=value,...]");
  }

  @Test
  void anOptionTwiceIsRefused() {
    assertThatThrownBy(() -> NamedOptions.of("cagrad:c=1,c=2")).hasMessageContaining("'c' twice");
  }
}
