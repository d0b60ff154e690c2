package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkmto.method.Level;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.network.Device;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.DeviceSteps;
import org.sparkmto.training.SyntheticProblem;

/**
 * Whether a device computes what the CPU computes, and the same twice: a few steps of every method
 * at each of its levels, from the same weights and batches, on a small network without batch
 * normalisation, which makes much of little rounding.
 */
public final class DeviceCheck {
  /**
   * How far from the CPU the end may be, relative to the way. Sums of 2,000 products in float32, in
   * another order, are 1e-6 apart; twenty steps and the solvers of some methods make more of it,
   * and a wrong term or a product in TF32 a thousand times as much.
   */
  public static final double TOLERANCE = 1e-3;

  private static final String FORM = "%-24s %-15s %10s %10s %10s %10s  %s%n";

  private final Device device;
  private final List<MethodEntry> methods;
  private final int threads;
  private final int steps;

  /**
   * One method at one level.
   *
   * @param how at which level, or with passes made again; the CPU always makes its passes once
   * @param apart how far the ends of CPU and device are apart, relative to the way
   * @param sameBits whether the device ends with the same bits twice
   * @param cpuMillis of a step on the CPU
   * @param deviceMillis of a step on the device
   */
  public record Row(
      String method,
      String how,
      double apart,
      boolean sameBits,
      double cpuMillis,
      double deviceMillis) {
    /** Whether the device does what it must. */
    public boolean passes() {
      return apart <= TOLERANCE && sameBits;
    }

    private String toText() {
      return String.format(
          Locale.ROOT,
          FORM,
          method,
          how,
          String.format(Locale.ROOT, "%.1e", apart),
          sameBits ? "yes" : "NO",
          String.format(Locale.ROOT, "%.2f", cpuMillis),
          String.format(Locale.ROOT, "%.2f", deviceMillis),
          passes() ? "ok" : "FAIL");
    }
  }

  /**
   * A check.
   *
   * @param methods those to be run
   * @param threads that the host computes with
   * @param steps of each course, 2 or more
   */
  public DeviceCheck(Device device, List<MethodEntry> methods, int threads, int steps) {
    this.device = device;
    this.methods = List.copyOf(methods);
    this.threads = threads;
    this.steps = steps;
  }

  /** Runs all methods, and prints a line of each as it is known. */
  public List<Row> run(PrintWriter console) {
    DeviceSteps courses = new DeviceSteps(SyntheticProblem.small(4, 32), threads, steps);
    console.printf(
        FORM, "method", "how", "apart", "same bits", "cpu ms", device + " ms", "verdict");
    List<Row> rows = new ArrayList<>();
    for (MethodEntry entry : methods) {
      for (Way way : ways(entry)) {
        Row row = row(courses, entry.name(), way);
        rows.add(row);
        console.print(row.toText());
        console.flush();
      }
    }
    return rows;
  }

  private Row row(DeviceSteps courses, String name, Way way) {
    String method = "name = " + name + way.method();
    try {
      DeviceSteps.Course cpu = courses.on(Device.CPU, method, "");
      DeviceSteps.Course here = courses.on(device, method, way.more());
      DeviceSteps.Course again = courses.on(device, method, way.more());
      return new Row(
          name, way.words(), here.apart(cpu), here.sameBits(again), cpu.millis(), again.millis());
    } catch (ConfigurationException e) {
      throw new ConfigurationException(method + ": " + e.getMessage(), e);
    }
  }

  /** How a method is run: what is added to it, and to the run. */
  private record Way(String words, String method, String more) {}

  private static List<Way> ways(MethodEntry entry) {
    List<Way> ways = new ArrayList<>();
    if (entry.levels().size() > 1) {
      for (Level level : entry.levels()) {
        String name = level.name().toLowerCase(Locale.ROOT);
        ways.add(new Way(name, ", level = " + name, ""));
      }
    } else {
      ways.add(new Way("", "", ""));
    }
    ways.add(new Way("recomputed", "", "network.recompute = blocks"));
    return ways;
  }
}
