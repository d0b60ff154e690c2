package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.trial.DeviceExchange;
import org.sparkmto.trial.DeviceRanks;
import org.sparkmto.trial.SyntheticProblem;

/**
 * Whether ranks on the devices of a machine exchange what they must, and every method makes the
 * same of it as one rank on the CPU.
 */
public final class ExchangeCheck {
  private static final String FORM = "%-40s %10s %10s %10s  %s%n";

  private final DeviceExchange exchange;
  private final List<MethodEntry> methods;
  private final int steps;

  /**
   * A check.
   *
   * @param exchange on which devices
   * @param methods those to be run
   * @param steps of each method
   */
  public ExchangeCheck(DeviceExchange exchange, List<MethodEntry> methods, int steps) {
    this.exchange = exchange;
    this.methods = List.copyOf(methods);
    this.steps = steps;
  }

  /** Runs it, and prints a line of each finding as it is known. */
  public List<DeviceExchange.Finding> run(PrintWriter console) {
    console.printf(
        "%n" + FORM, "exchange of " + exchange.where(), "apart", "same bits", "ms", "verdict");
    List<DeviceExchange.Finding> all = new ArrayList<>();
    try (DeviceRanks ranks = exchange.join()) {
      exchange.operations(ranks).forEach(one -> note(one, all, console));
      SyntheticProblem problem = SyntheticProblem.small(4, 32);
      for (MethodEntry entry : methods) {
        String method = "name = " + entry.name();
        try {
          note(exchange.steps(ranks, problem, steps, method), all, console);
        } catch (ConfigurationException e) {
          throw new ConfigurationException(method + ": " + e.getMessage(), e);
        }
      }
    }
    exchange.sharing().ifPresent(one -> note(one, all, console));
    exchange.loss().ifPresent(one -> note(one, all, console));
    return all;
  }

  /** Whether the devices do what they must. */
  public static boolean passes(DeviceExchange.Finding found) {
    return found.apart() <= DeviceCheck.TOLERANCE && found.sameBits();
  }

  private static void note(
      DeviceExchange.Finding found, List<DeviceExchange.Finding> all, PrintWriter console) {
    all.add(found);
    String verdict = passes(found) ? "ok" : "FAIL";
    console.print(
        String.format(
            Locale.ROOT,
            FORM,
            found.what(),
            String.format(Locale.ROOT, "%.1e", found.apart()),
            found.sameBits() ? "yes" : "NO",
            String.format(Locale.ROOT, "%.2f", found.millis()),
            found.words().isEmpty() ? verdict : verdict + ": " + found.words()));
    console.flush();
  }
}
