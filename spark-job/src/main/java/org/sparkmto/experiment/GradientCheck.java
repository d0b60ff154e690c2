package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkmto.trial.DeviceSteps;
import org.sparkmto.trial.DeviceSteps.First;

/**
 * Whether the gradients of networks and their inner products are on a device what they are on the
 * CPU, whether the device repeats their bits, and how far those of 16 bits are from them.
 */
public final class GradientCheck {
  /**
   * How far from the CPU in 32 bits. Sums in another order move a number across the corner of a
   * ReLU now and then, which deep networks with batch normalisation make much of; a wrong term
   * makes 0.1 and more.
   */
  public static final double TOLERANCE = 1e-2;

  private static final String FORM = "%-16s %-6s %10s %10s %10s %10s  %s%n";
  private static final String BF16 = "training.precision = bf16";

  private static final List<String> METHODS =
      List.of(
          "name = ew",
          "name = imtl-g, level = representation",
          "name = imtl-g, level = parameters");

  private final List<DeviceSteps> here;

  /**
   * One network in one kind of numbers.
   *
   * @param gradient how far that of the mean of the losses is from the CPU's in 32 bits
   * @param atRepresentation how far the inner products at z are
   * @param atParameters how far those of the K gradients are
   * @param sameBits whether the device makes the same bits twice
   * @param exact whether it is to be what the CPU has
   */
  public record Row(
      String network,
      String numbers,
      double gradient,
      double atRepresentation,
      double atParameters,
      boolean sameBits,
      boolean exact) {
    /** Whether the device does what it must. */
    public boolean passes() {
      double furthest = Math.max(gradient, Math.max(atRepresentation, atParameters));
      return sameBits && (exact ? furthest <= TOLERANCE : Double.isFinite(furthest));
    }

    private String toText() {
      return String.format(
          Locale.ROOT,
          FORM,
          network,
          numbers,
          String.format(Locale.ROOT, "%.1e", gradient),
          String.format(Locale.ROOT, "%.1e", atRepresentation),
          String.format(Locale.ROOT, "%.1e", atParameters),
          sameBits ? "yes" : "NO",
          passes() ? "ok" : "FAIL");
    }
  }

  /**
   * A check.
   *
   * @param here networks on the device
   */
  public GradientCheck(List<DeviceSteps> here) {
    this.here = List.copyOf(here);
  }

  /** Makes a step of each network, and prints a line as it is known. */
  public List<Row> run(PrintWriter console) {
    console.printf(
        "%n" + FORM, "first step", "", "gradient", "Gram at z", "Gram", "same bits", "verdict");
    List<Row> rows = new ArrayList<>();
    for (DeviceSteps network : here) {
      List<First> cpu = METHODS.stream().map(method -> network.onCpu().first(method, "")).toList();
      for (boolean exact : new boolean[] {true, false}) {
        Row row = row(network, cpu, exact);
        rows.add(row);
        console.print(row.toText());
        console.flush();
      }
    }
    return rows;
  }

  private static Row row(DeviceSteps network, List<First> cpu, boolean exact) {
    String more = exact ? "" : BF16;
    List<First> found = METHODS.stream().map(method -> network.first(method, more)).toList();
    boolean same = true;
    for (int i = 0; i < found.size(); i++) {
      same &= found.get(i).sameBits(network.first(METHODS.get(i), more));
    }
    return new Row(
        network.problem().network(),
        exact ? "32" : "bf16",
        found.get(0).apart(cpu.get(0)),
        found.get(1).gramApart(cpu.get(1)).orElseThrow(),
        found.get(2).gramApart(cpu.get(2)).orElseThrow(),
        same,
        exact);
  }
}
