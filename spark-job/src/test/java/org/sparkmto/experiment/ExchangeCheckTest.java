package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.network.Device;
import org.sparkmto.trial.DeviceExchange;
import org.sparkmto.trial.DeviceExchange.Finding;

/** On two ranks of the CPU, by the classes that are run on GPUs. */
class ExchangeCheckTest {

  @Test
  void ranksOnTheCpuExchangeWhatTheyMustAndHearOfALostOne() {
    List<MethodEntry> methods =
        Stream.of("ew", "mgda").map(name -> Methods.known().entry(name)).toList();
    StringWriter text = new StringWriter();
    List<Finding> found =
        new ExchangeCheck(DeviceExchange.beside(Device.CPU, 1001), methods, 3)
            .run(new PrintWriter(text));
    assertThat(found).hasSize(9).allMatch(ExchangeCheck::passes);
    assertThat(found.subList(6, 8))
        .allSatisfy(steps -> assertThat(steps.apart()).isPositive().isLessThan(1e-5));
    assertThat(found.get(8).words()).startsWith("rank 0 of 2 waited for a sum of tensors");
    assertThat(text.toString().lines().filter(line -> line.contains("  ok"))).hasSize(9);
  }

  @Test
  void whatIsNotAsItMustBeFails() {
    assertThat(ExchangeCheck.passes(new Finding("", 1, true, 0, ""))).isFalse();
    assertThat(ExchangeCheck.passes(new Finding("", Double.NaN, true, 0, ""))).isFalse();
    assertThat(ExchangeCheck.passes(new Finding("", 0, false, 0, ""))).isFalse();
  }
}
