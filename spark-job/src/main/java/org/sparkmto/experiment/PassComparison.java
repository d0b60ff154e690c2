package org.sparkmto.experiment;

import java.util.List;
import java.util.Locale;

/**
 * The same steps with passes that are made in several ways, measured one after the other in one
 * process.
 */
public record PassComparison(List<NetworkMeasurement> measured) {
  private static final String FORM = "%-28s %12s %12s %12s %12s %12s%n";

  /** As a table, with the ratios of least times and of peaks to those of the first. */
  public String toText() {
    NetworkMeasurement first = measured.get(0);
    StringBuilder text = new StringBuilder();
    text.append(
        FORM.formatted(
            "passes", "median ms", "least ms", "of the first", "peak, MiB", "of the first"));
    for (NetworkMeasurement one : measured) {
      text.append(
          String.format(
              Locale.ROOT,
              FORM,
              one.passes(),
              String.format(Locale.ROOT, "%,.1f", one.median()),
              String.format(Locale.ROOT, "%,.1f", one.least()),
              // Other work on the machine makes steps longer, and never shorter.
              String.format(Locale.ROOT, "%.2f", one.least() / first.least()),
              String.format(Locale.ROOT, "%,.0f", NetworkMeasurement.mebibytes(one.peakAbove())),
              String.format(Locale.ROOT, "%.2f", (double) one.peakAbove() / first.peakAbove())));
    }
    text.append("\nThe peak is above what the process held before each network was made.\n");
    return text.toString();
  }
}
