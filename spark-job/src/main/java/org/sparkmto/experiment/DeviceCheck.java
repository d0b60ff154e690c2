package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkmto.method.Level;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.trial.DeviceSteps;

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

  private final DeviceSteps here;
  private final List<MethodEntry> methods;

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
   * @param here steps on the device
   * @param methods those to be run
   */
  public DeviceCheck(DeviceSteps here, List<MethodEntry> methods) {
    this.here = here;
    this.methods = List.copyOf(methods);
  }

  /** Runs all methods, and prints a line of each as it is known. */
  public List<Row> run(PrintWriter console) {
    console.printf(
        FORM, "method", "how", "apart", "same bits", "cpu ms", here.where() + " ms", "verdict");
    List<Row> rows = new ArrayList<>();
    for (MethodEntry entry : methods) {
      for (Way way : ways(entry)) {
        Row row = row(entry.name(), way);
        rows.add(row);
        console.print(row.toText());
        console.flush();
      }
    }
    return rows;
  }

  private Row row(String name, Way way) {
    String method = "name = " + name + way.method();
    try {
      DeviceSteps.Course cpu = here.onCpu().course(method, "");
      DeviceSteps.Course first = here.course(method, way.more());
      DeviceSteps.Course again = here.course(method, way.more());
      return new Row(
          name, way.words(), first.apart(cpu), first.sameBits(again), cpu.millis(), again.millis());
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
