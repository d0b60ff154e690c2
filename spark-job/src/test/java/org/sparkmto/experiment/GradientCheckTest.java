package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkmto.network.Device;
import org.sparkmto.trial.DeviceSteps;
import org.sparkmto.trial.SyntheticProblem;

class GradientCheckTest {

  @Test
  void theCpuHasItsOwnGradientsAndThoseOfSixteenBitsAreNearThem() {
    StringWriter text = new StringWriter();
    List<GradientCheck.Row> rows =
        new GradientCheck(List.of(new DeviceSteps(SyntheticProblem.small(3, 12), Device.CPU, 1, 2)))
            .run(new PrintWriter(text));
    assertThat(rows).hasSize(2).allMatch(GradientCheck.Row::passes);
    assertThat(rows.get(0))
        .isEqualTo(new GradientCheck.Row("small-conv", "32", 0, 0, 0, true, true));
    // Of 8 bits of mantissa, a few roundings one behind the other.
    GradientCheck.Row rounded = rows.get(1);
    for (double apart :
        List.of(rounded.gradient(), rounded.atRepresentation(), rounded.atParameters())) {
      assertThat(apart).isBetween(1e-5, 0.1);
    }
    assertThat(text.toString().lines()).hasSize(4);
  }

  @Test
  void anotherGradientFails() {
    assertThat(new GradientCheck.Row("", "", 0, 0, 0.1, true, true).passes()).isFalse();
    assertThat(new GradientCheck.Row("", "", 0, 0, 0, false, true).passes()).isFalse();
    assertThat(new GradientCheck.Row("", "", Double.NaN, 0, 0, true, false).passes()).isFalse();
    assertThat(new GradientCheck.Row("", "", 0.1, 0, 0, true, false).passes()).isTrue();
  }
}
