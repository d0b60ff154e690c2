package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkmto.experiment.ScaleInvariance.Expected;
import org.sparkmto.experiment.ScaleInvariance.Finding;

/**
 * What the papers prove of multiplied losses holds, and what they deny does not. Adam's guard
 * against zero is set to 1e-30 and steps are made in doubles, so what is invariant is so to their
 * rounding; in single precision 1e-7 is left, and in 100 steps much more.
 */
class ScaleInvarianceTest {
  @Test
  void whatIsProvedHoldsAndWhatIsDeniedDoesNot() {
    List<Finding> findings = new ScaleInvariance(20).findings();
    assertThat(findings).hasSize(3 * 2 + 5 * 3).allMatch(Finding::holds);
    assertThat(findings.stream().map(Finding::expected)).contains(Expected.values());
    assertThat(ScaleInvariance.toMarkdown(findings, 20)).doesNotContain("NO");
  }

  @Test
  void aStatementThatDoesNotHoldIsSeen() {
    for (Expected expected : Expected.values()) {
      // Moves twice as far, in another direction, and comes back in the end.
      Finding finding = new Finding("EW, SGD", false, "head", expected, 10, 2, 0.5, 1.7, 0.01);
      assertThat(finding.holds()).as(expected.name()).isFalse();
    }
  }
}
