package org.sparkmto.timing;

import java.util.Locale;

/** What a rank does with its time while it makes steps; every moment belongs to one phase. */
public enum StepPhase {
  /** Waits for the next batch. */
  DATA("waiting for data"),
  /** Brings the batch to the network and goes through its shared part. */
  FORWARD("forward"),
  /** Goes through the heads and losses, and back through the heads where that is a pass. */
  HEADS("heads"),
  /** Compares and combines the gradients of tasks: inner products, norms, sums of rows. */
  GRAM("Gram matrix"),
  /** Waits for the driver's answer; rank 0 alone, and the others for it in the exchange. */
  DRIVER("waiting for the driver"),
  /** Goes back through the shared part, once or once for each task. */
  BACKWARD("backward"),
  /** Exchanges with other ranks, and waits for them to come to it. */
  EXCHANGE("exchange"),
  /** Clips the gradient and updates parameters and their average. */
  OPTIMIZER("optimizer"),
  /** What is left: between the others, and giving memory back. */
  OTHER("other");

  private final String title;

  StepPhase(String title) {
    this.title = title;
  }

  /** Its name in files and in those of gauges. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its name for people. */
  public String title() {
    return title;
  }

  /** The name of the gauge of the seconds of all ranks that a process has run. */
  public String gauge() {
    return "phase." + word() + ".seconds";
  }
}
