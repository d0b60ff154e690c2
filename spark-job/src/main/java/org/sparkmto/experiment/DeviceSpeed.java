package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.sparkmto.training.DeviceSteps;
import org.sparkmto.training.SyntheticProblem;

/** How long steps of a ResNet-18 with many binary tasks take on a device, method beside method. */
public final class DeviceSpeed {
  private static final String FORM = "%-24s %12s %8s%n";

  private static final Map<String, String> METHODS = new LinkedHashMap<>();

  static {
    METHODS.put("ew", "name = ew");
    METHODS.put("imtl-g at z", "name = imtl-g, level = representation");
    METHODS.put("pcgrad exact", "name = pcgrad, level = parameters");
    METHODS.put("mao", "name = mao");
  }

  private final DeviceSteps here;

  /**
   * A measurement.
   *
   * @param here steps of a ResNet-18 on the device; the first of each method is left out
   */
  public DeviceSpeed(DeviceSteps here) {
    this.here = here;
  }

  /** Measures, and prints a line of each method as it is known. */
  public void run(PrintWriter console) {
    SyntheticProblem problem = here.problem();
    console.printf(
        "%nResNet-18 of width %d, %d binary tasks, batch %d of %d x %d, half of it a step%n",
        problem.options().get("width"),
        problem.data().tasks().size(),
        problem.batch(),
        problem.data().height(),
        problem.data().width());
    console.printf(FORM, "method", here.where() + " ms", "/EW");
    double ew = Double.NaN;
    for (Map.Entry<String, String> method : METHODS.entrySet()) {
      double millis = here.course(method.getValue(), "").millis();
      ew = Double.isNaN(ew) ? millis : ew;
      console.printf(
          FORM,
          method.getKey(),
          String.format(Locale.ROOT, "%.1f", millis),
          String.format(Locale.ROOT, "%.2f", millis / ew));
      console.flush();
    }
  }
}
