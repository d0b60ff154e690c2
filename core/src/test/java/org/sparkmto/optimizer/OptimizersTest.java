package org.sparkmto.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptimizersTest {

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(Optimizers.known().names())
        .containsExactly("sgd", "adam", "adamw", "signum", "rmsprop", "adagrad");
    assertThat(Optimizers.byName("sgd", Map.of())).isEqualTo(new Sgd(0, 0, false));
    assertThat(Optimizers.byName("adam", Map.of())).isEqualTo(new Adam(0.9, 0.999, 1e-8, 0));
    assertThat(Optimizers.byName("adamw", Map.of())).isEqualTo(new AdamW(0.9, 0.999, 1e-8, 0.01));
    assertThat(Optimizers.byName("signum", Map.of())).isEqualTo(new Signum(0.9, 0));
    assertThat(Optimizers.byName("rmsprop", Map.of())).isEqualTo(new RmsProp(0.99, 1e-8, 0, 0));
    assertThat(Optimizers.byName("adagrad", Map.of())).isEqualTo(new AdaGrad(1e-10, 0, 0, 0));
  }

  @Test
  void optionsAreNamedAsTheComponents() {
    assertThat(
            Optimizers.byName(
                "adamw", Map.of("beta1", 0.8, "beta2", 0.9, "epsilon", 1e-6, "weight-decay", 0.1)))
        .isEqualTo(new AdamW(0.8, 0.9, 1e-6, 0.1));
    assertThat(Optimizers.byName("signum", Map.of("momentum", 0, "weight-decay", 0.1)))
        .isEqualTo(new Signum(0, 0.1));
    assertThat(
            Optimizers.byName(
                "rmsprop",
                Map.of("decay", 0.9, "epsilon", 1e-6, "momentum", 0.5, "weight-decay", 0.1)))
        .isEqualTo(new RmsProp(0.9, 1e-6, 0.5, 0.1));
    assertThat(
            Optimizers.byName(
                "adagrad",
                Map.of("epsilon", 1e-6, "rate-decay", 0.1, "initial", 0.2, "weight-decay", 0.3)))
        .isEqualTo(new AdaGrad(1e-6, 0.1, 0.2, 0.3));
  }

  /** What a method must know that applies a rule once per task. */
  @Test
  void rulesSayHowTheyDecay() {
    Optimizer adamW = new AdamW(0.8, 0.9, 1e-8, 0.1);
    assertThat(adamW.decoupledDecay()).isEqualTo(0.1);
    assertThat(adamW.withoutDecay()).isEqualTo(new AdamW(0.8, 0.9, 1e-8, 0));
    assertThat(adamW.coupledDecay()).isZero();
    assertThat(adamW.withCoupledDecay(0.3)).isSameAs(adamW);
    assertThat(new Signum(0.5, 0.1).decoupledDecay()).isEqualTo(0.1);
    assertThat(new Signum(0.5, 0.1).withoutDecay()).isEqualTo(new Signum(0.5, 0));
    for (Optimizer coupled :
        List.of(
            new Sgd(0, 0.1, false),
            new Adam(0.9, 0.9, 1e-8, 0.1),
            new RmsProp(0.9, 1e-8, 0, 0.1),
            new AdaGrad(1e-8, 0, 0, 0.1))) {
      assertThat(coupled.coupledDecay()).as("%s", coupled).isEqualTo(0.1);
      Optimizer weaker = coupled.withCoupledDecay(0.05);
      assertThat(weaker.coupledDecay()).as("%s", coupled).isEqualTo(0.05);
      assertThat(weaker.withCoupledDecay(0.1)).isEqualTo(coupled);
      assertThat(coupled.decoupledDecay()).isZero();
      assertThat(coupled.withoutDecay()).isSameAs(coupled);
    }
    for (String name : Optimizers.known().names()) {
      assertThat(Optimizers.byName(name, Map.of()).coupledDecay()).as(name).isZero();
    }
  }

  @Test
  void anUnknownNameOrOptionNamesTheNearest() {
    assertThatThrownBy(() -> Optimizers.byName("adm", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown optimizer 'adm'; did you mean 'adam'?"
                + " Known are sgd, adam, adamw, signum, rmsprop, adagrad.");
    assertThatThrownBy(() -> Optimizers.byName("sgd", Map.of("momentun", 0.9)))
        .hasMessageContaining("has no option 'momentun'; did you mean 'momentum'?");
  }

  @Test
  void aValueOfTheWrongKindOrRangeIsNamed() {
    assertThatThrownBy(() -> Optimizers.byName("sgd", Map.of("momentum", "high")))
        .hasMessage("optimizer 'sgd': option 'momentum' must be a number, not 'high'");
    assertThatThrownBy(() -> Optimizers.byName("sgd", Map.of("nesterov", 1)))
        .hasMessage("optimizer 'sgd': option 'nesterov' must be true or false, not '1'");
    assertThatThrownBy(() -> new Sgd(1, 0, false)).hasMessageContaining("momentum 1.0");
    assertThatThrownBy(() -> new Sgd(0, 0, true)).hasMessageContaining("nesterov needs");
    assertThatThrownBy(() -> new Sgd(0, Double.NaN, false)).hasMessageContaining("weight-decay");
    assertThatThrownBy(() -> new Adam(0.9, 1, 1e-8, 0)).hasMessageContaining("beta2 1.0");
    assertThatThrownBy(() -> new Adam(0.9, 0.9, 0, 0)).hasMessageContaining("epsilon 0.0");
    assertThatThrownBy(() -> new AdamW(1, 0.9, 1e-8, 0))
        .hasMessage("adamw: beta1 1.0 is not in [0, 1)");
    assertThatThrownBy(() -> new Signum(-1, 0)).hasMessageContaining("signum: momentum -1.0");
    assertThatThrownBy(() -> new RmsProp(1, 1e-8, 0, 0)).hasMessageContaining("rmsprop: decay 1.0");
    assertThatThrownBy(() -> new AdaGrad(1e-8, -1, 0, 0))
        .hasMessage("adagrad: rate-decay -1.0 is not a number from 0 on");
    assertThatThrownBy(() -> new MaoRule(0.9, 0.9, -1, MaoRule.Correction.SQRT))
        .hasMessageContaining("mao: epsilon -1.0");
  }
}
