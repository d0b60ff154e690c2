package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.sparkmto.network.Device;
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

  private final Device device;
  private final SyntheticProblem problem;
  private final int threads;
  private final int steps;

  /**
   * A measurement.
   *
   * @param threads that the host computes with
   * @param steps of each method, 2 or more; the first is left out
   */
  public DeviceSpeed(Device device, SyntheticProblem problem, int threads, int steps) {
    this.device = device;
    this.problem = problem;
    this.threads = threads;
    this.steps = steps;
  }

  /** Measures, and prints a line of each method as it is known. */
  public void run(PrintWriter console) {
    console.printf(
        "%nResNet-18 of width %d, %d binary tasks, batch %d of %d x %d, half of it a step%n",
        problem.options().get("width"),
        problem.data().tasks().size(),
        problem.batch(),
        problem.data().height(),
        problem.data().width());
    console.printf(FORM, "method", device + " ms", "/EW");
    double ew = Double.NaN;
    for (Map.Entry<String, String> method : METHODS.entrySet()) {
      double millis =
          new DeviceSteps(problem, threads, steps).on(device, method.getValue(), "").millis();
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
