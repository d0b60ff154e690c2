package org.sparkmto.naming;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CountedTest {
  @Test
  void onlyOneIsSingular() {
    assertThat(Counted.of(1, "step")).isEqualTo("1 step");
    assertThat(Counted.of(0, "step")).isEqualTo("0 steps");
    assertThat(Counted.of(2, "class", "classes")).isEqualTo("2 classes");
  }

  @Test
  void longNumbersHaveCommas() {
    assertThat(Counted.of(12_345_678, "sample")).isEqualTo("12,345,678 samples");
  }
}
