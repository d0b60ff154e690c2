package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.network.Device;
import org.sparkmto.trial.DeviceSteps;
import org.sparkmto.trial.SyntheticProblem;

class DeviceCheckTest {

  /** A method of each way to an update; recomputed passes against those made once. */
  @Test
  void theCpuIsWhereTheCpuIs() {
    List<MethodEntry> methods =
        Stream.of("ew", "imtl-g", "graddrop", "mao", "auto-lambda")
            .map(name -> Methods.known().entry(name))
            .toList();
    StringWriter text = new StringWriter();
    List<DeviceCheck.Row> rows =
        new DeviceCheck(new DeviceSteps(SyntheticProblem.small(4, 32), Device.CPU, 1, 3), methods)
            .run(new PrintWriter(text));
    assertThat(rows).hasSize(11).allMatch(DeviceCheck.Row::passes);
    assertThat(text.toString().lines()).hasSize(12).anyMatch(line -> line.contains("recomputed"));
  }

  @Test
  void anotherWayIsNotTheSame() {
    assertThat(new DeviceCheck.Row("ew", "", 1e-2, true, 1, 1).passes()).isFalse();
    assertThat(new DeviceCheck.Row("ew", "", 0, false, 1, 1).passes()).isFalse();
    DeviceSteps steps = new DeviceSteps(SyntheticProblem.small(3, 16), Device.CPU, 1, 4);
    DeviceSteps.Course equal = steps.course("name = ew", "");
    DeviceSteps.Course weighted = steps.course("name = ew, weights = [1, 1.01, 1]", "");
    assertThat(weighted.apart(equal)).isGreaterThan(DeviceCheck.TOLERANCE);
  }

  @Test
  void theDistanceIsRelativeToTheWay() {
    double[] start = {1, 1};
    DeviceSteps.Course way = new DeviceSteps.Course(start, new double[] {4, 5}, 1);
    DeviceSteps.Course other = new DeviceSteps.Course(start, new double[] {4, 6}, 1);
    assertThat(other.apart(way)).isCloseTo(0.2, within(1e-12));
  }
}
