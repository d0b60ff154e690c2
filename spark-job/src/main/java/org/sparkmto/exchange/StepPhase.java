package org.sparkmto.exchange;

import java.util.Locale;

/** What a rank does with its time while it makes steps. */
public enum StepPhase {
  /** Waits for the next batch. */
  DATA,
  /** Computes: forward, backward, the method's part of the ranks, the optimiser. */
  COMPUTE,
  /** Exchanges with other ranks, and waits for them to come to it. */
  EXCHANGE,
  /** Waits for the driver's answer; rank 0 alone, and the others for it in the exchange. */
  DRIVER;

  /** Its name in those of gauges. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name of the gauge of the seconds of all ranks that a process has run. */
  String gauge() {
    return "phase." + word() + ".seconds";
  }
}
