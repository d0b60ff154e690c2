package org.sparkmto.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The same steps with passes that are made in several ways, measured one after the other in one
 * process.
 */
public record PassComparison(List<NetworkMeasurement> measured) {
  private static final String FORM = "%-60s %10s %12s %10s %12s %10s %12s %9s %9s%n";

  /** As a table, with the ratios of mean and least times and of peaks to those of the first. */
  public String toText() {
    NetworkMeasurement first = measured.get(0);
    StringBuilder text = new StringBuilder();
    text.append(
        FORM.formatted(
            "passes",
            "mean ms",
            "of the first",
            "least ms",
            "of the first",
            "peak, MiB",
            "of the first",
            "Gram",
            "weights"));
    for (NetworkMeasurement one : measured) {
      text.append(
          String.format(
              Locale.ROOT,
              FORM,
              differing(one.passes()),
              String.format(Locale.ROOT, "%,.1f", one.mean()),
              String.format(Locale.ROOT, "%.2f", one.mean() / first.mean()),
              String.format(Locale.ROOT, "%,.1f", one.least()),
              // Other work on the machine makes steps longer, and never shorter.
              String.format(Locale.ROOT, "%.2f", one.least() / first.least()),
              String.format(Locale.ROOT, "%,.0f", NetworkMeasurement.mebibytes(one.peakAbove())),
              first.peakAbove() > 0
                  ? String.format(Locale.ROOT, "%.2f", (double) one.peakAbove() / first.peakAbove())
                  : "-",
              one.weighed().gramError(first.weighed()).map(PassComparison::error).orElse("-"),
              error(one.weighed().weightError(first.weighed()))));
    }
    text.append(
        """

        The peak is above what the process holds between steps, which parameters, their gradient and
        what methods and optimisers remember are part of. The last two are the largest errors of
        the first step beside the first line's: of inner products of the tasks' gradients in the
        norms of both, of weights in the largest weight.
        """);
    return text.toString();
  }

  /** What is not said of every line. */
  private String differing(String passes) {
    return Arrays.stream(passes.split(", ", -1))
        .filter(one -> !measured.stream().allMatch(other -> said(other.passes(), one)))
        .collect(Collectors.joining(", "));
  }

  private static boolean said(String passes, String one) {
    return List.of(passes.split(", ", -1)).contains(one);
  }

  private static String error(double error) {
    return String.format(Locale.ROOT, "%.1e", error);
  }
}
