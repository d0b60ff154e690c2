package org.sparkmto.naming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> KNOWN = List.of("imtl", "imtl-g", "mgda-ub", "pcgrad");

  @Test
  void hyphensAndCaseCountLess() {
    assertThat(Nearest.to("imtlg", KNOWN)).contains("imtl-g");
    assertThat(Nearest.to("MGDA_UB", KNOWN)).contains("mgda-ub");
  }

  @Test
  void aMistypedLetterIsForgiven() {
    assertThat(Nearest.to("imtk", KNOWN)).contains("imtl");
    assertThat(Nearest.hint("pc-grad", KNOWN)).isEqualTo("; did you mean 'pcgrad'?");
  }

  @Test
  void nothingIsNearWhereNothingIsKnown() {
    assertThat(Nearest.to("x", List.of())).isEmpty();
    assertThat(Nearest.hint("x", List.of())).isEmpty();
  }
}
