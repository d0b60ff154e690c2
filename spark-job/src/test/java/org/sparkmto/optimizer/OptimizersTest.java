package org.sparkmto.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OptimizersTest {

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(Optimizers.names()).containsExactly("adam", "sgd");
    assertThat(Optimizers.byName("sgd", Map.of())).isEqualTo(new Sgd(0, 0, false));
    assertThat(Optimizers.byName("adam", Map.of())).isEqualTo(new Adam(0.9, 0.999, 1e-8, 0));
  }

  @Test
  void anUnknownNameOrOptionNamesTheNearest() {
    assertThatThrownBy(() -> Optimizers.byName("adm", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown optimizer 'adm'; did you mean 'adam'? Known are [adam, sgd]");
    assertThatThrownBy(() -> Optimizers.byName("sgd", Map.of("momentun", 0.9)))
        .hasMessageContaining("has no option 'momentun'; did you mean 'momentum'?");
  }

  @Test
  void aValueOfTheWrongKindOrRangeIsNamed() {
    assertThatThrownBy(() -> Optimizers.byName("sgd", Map.of("momentum", "high")))
        .hasMessage("optimizer 'sgd': option 'momentum' is high, not a number");
    assertThatThrownBy(() -> Optimizers.byName("sgd", Map.of("nesterov", 1)))
        .hasMessage("optimizer 'sgd': option 'nesterov' is 1, not true or false");
    assertThatThrownBy(() -> new Sgd(1, 0, false)).hasMessageContaining("momentum 1.0");
    assertThatThrownBy(() -> new Sgd(0, 0, true)).hasMessageContaining("nesterov needs");
    assertThatThrownBy(() -> new Sgd(0, Double.NaN, false)).hasMessageContaining("weight-decay");
    assertThatThrownBy(() -> new Adam(0.9, 1, 1e-8, 0)).hasMessageContaining("beta2 1.0");
    assertThatThrownBy(() -> new Adam(0.9, 0.9, 0, 0)).hasMessageContaining("epsilon 0.0");
  }
}
