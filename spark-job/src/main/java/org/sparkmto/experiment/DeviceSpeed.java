package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkmto.trial.DeviceSteps;
import org.sparkmto.trial.SyntheticProblem;

/** How long steps of a network take on a device, method beside method, in 32 and in 16 bits. */
public final class DeviceSpeed {
  private static final String FORM = "%-24s %12s %8s %12s %8s%n";

  private static final List<String> NUMBERS =
      List.of("training.precision = float32", "training.precision = bf16");

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
   * @param here steps of a network on the device; the first of each method is left out
   */
  public DeviceSpeed(DeviceSteps here) {
    this.here = here;
  }

  /** Measures, and prints a line of each method as it is known. */
  public void run(PrintWriter console) {
    SyntheticProblem problem = here.problem();
    console.printf(
        "%n%s %s, %d tasks, %d images of %d x %d a step, on %s%n",
        problem.network(),
        problem.options(),
        problem.data().tasks().size(),
        problem.batch() / 2,
        problem.data().height(),
        problem.data().width(),
        here.where());
    console.printf(FORM, "method", "float32 ms", "/EW", "bf16 ms", "/EW");
    double[] ofEw = new double[NUMBERS.size()];
    for (Map.Entry<String, String> method : METHODS.entrySet()) {
      List<Object> cells = new ArrayList<>(List.of(method.getKey()));
      for (int i = 0; i < ofEw.length; i++) {
        double millis = here.course(method.getValue(), NUMBERS.get(i)).millis();
        ofEw[i] = ofEw[i] == 0 ? millis : ofEw[i];
        cells.add(String.format(Locale.ROOT, "%.1f", millis));
        cells.add(String.format(Locale.ROOT, "%.2f", millis / ofEw[i]));
      }
      console.printf(FORM, cells.toArray());
      console.flush();
    }
  }
}
