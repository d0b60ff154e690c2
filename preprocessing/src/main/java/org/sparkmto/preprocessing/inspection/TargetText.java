package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.TargetRange;
import org.sparkmto.data.Task;

/** What the targets of a task are like, in one or two lines. */
final class TargetText {
  /** Classes and channels that are named; the rest is counted. */
  private static final int MOST_NAMED = 10;

  private static final List<String> WAY = List.of("down", "right");
  private static final List<String> AXES = List.of("x", "y", "z");

  private TargetText() {}

  static String of(DatasetManifest manifest, Task task) {
    LabelHistogram histogram = manifest.histograms().get(task.name());
    TargetRange range = manifest.ranges().get(task.name());
    return switch (task.kind()) {
      case BINARY -> histogram == null ? "" : binary(histogram);
      case MASK -> histogram == null ? "" : mask(histogram);
      case CLASSIFICATION, SEGMENTATION -> histogram == null ? "" : classes(task, histogram);
      case MULTI_LABEL -> histogram == null ? "" : labels(task, histogram, range);
      case REGRESSION, DEPTH, NORMALS, VECTORS ->
          range == null ? "" : range(task, manifest.column(task.target()), range);
    };
  }

  private static String binary(LabelHistogram histogram) {
    return String.format(
        Locale.ROOT,
        "%s yes of %,d%s",
        Amounts.percent(histogram.counts().get(1), histogram.labelled()),
        histogram.labelled(),
        missing(histogram.missing(), histogram.labelled() + histogram.missing(), "unlabelled"));
  }

  private static String mask(LabelHistogram histogram) {
    long all = histogram.labelled() + histogram.missing();
    return Amounts.percent(histogram.counts().get(1), histogram.labelled())
        + " yes"
        + missing(histogram.missing(), all, "void");
  }

  private static String classes(Task task, LabelHistogram histogram) {
    boolean pixels = task.kind().hasPixels();
    long all = histogram.labelled() + histogram.missing();
    List<String> never =
        IntStream.range(0, histogram.counts().size())
            .filter(label -> histogram.counts().get(label) == 0)
            .mapToObj(label -> name(task, label))
            .toList();
    return String.join(", ", largest(task, histogram.counts(), histogram.labelled(), never.size()))
        + missing(histogram.missing(), all, pixels ? "void" : "unlabelled")
        + (never.isEmpty() ? "" : "; never " + some(never));
  }

  /** Shares of the largest classes. */
  private static List<String> largest(Task task, List<Long> counts, long whole, int never) {
    List<String> shares = new ArrayList<>();
    List<Integer> order =
        IntStream.range(0, counts.size())
            .boxed()
            .filter(label -> counts.get(label) > 0)
            .sorted(Comparator.comparing((Integer label) -> counts.get(label)).reversed())
            .toList();
    order.stream()
        .limit(MOST_NAMED)
        .forEach(
            label ->
                shares.add(
                    together(Amounts.percent(counts.get(label), whole) + " " + name(task, label))));
    if (order.size() > MOST_NAMED) {
      long least = counts.get(order.get(order.size() - 1));
      shares.add(
          "and %d more down to %s"
              .formatted(counts.size() - never - MOST_NAMED, Amounts.percent(least, whole)));
    }
    return shares;
  }

  private static String labels(Task task, LabelHistogram histogram, TargetRange range) {
    List<String> shares = new ArrayList<>();
    boolean known = range != null && range.channels().size() == histogram.counts().size();
    List<Integer> order =
        IntStream.range(0, histogram.counts().size())
            .boxed()
            .sorted(Comparator.comparing((Integer k) -> histogram.counts().get(k)).reversed())
            .toList();
    for (int k : order.subList(0, Math.min(MOST_NAMED, order.size()))) {
      long yes = histogram.counts().get(k);
      shares.add(
          together(
              (known
                      ? Amounts.percent(yes, range.channels().get(k).valid())
                      : String.format(Locale.ROOT, "%,d", yes))
                  + " "
                  + name(task, k)));
    }
    if (order.size() > MOST_NAMED) {
      shares.add("and " + (order.size() - MOST_NAMED) + " more");
    }
    long all =
        known ? range.channels().stream().mapToLong(one -> one.valid() + one.missing()).sum() : 0;
    return String.join(", ", shares) + missing(histogram.missing(), all, "unlabelled");
  }

  private static String range(Task task, Column column, TargetRange range) {
    List<String> channels = new ArrayList<>();
    int count = range.channels().size();
    for (int c = 0; c < Math.min(count, MOST_NAMED); c++) {
      TargetRange.Channel channel = range.channels().get(c);
      String name = count == 1 ? "" : channel(task, c) + " ";
      channels.add(
          name
              + (channel.valid() == 0
                  ? "no value"
                  : "%s..%s, mean %s"
                      .formatted(
                          Amounts.text(channel.least()),
                          Amounts.text(channel.greatest(), column.unit()),
                          Amounts.text(channel.mean()))));
    }
    if (count > MOST_NAMED) {
      channels.add("and " + (count - MOST_NAMED) + " more");
    }
    long missing = range.channels().stream().mapToLong(TargetRange.Channel::missing).sum();
    long valid = range.channels().stream().mapToLong(TargetRange.Channel::valid).sum();
    return String.join("; ", channels) + missing(missing, missing + valid, "without a value");
  }

  /** A share and its name, which are not to be torn apart at the end of a line. */
  private static String together(String words) {
    return words.replace(' ', Printable.UNBROKEN);
  }

  private static String channel(Task task, int c) {
    return switch (task.kind()) {
      case NORMALS -> AXES.get(c);
      case VECTORS ->
          task.classNames().isEmpty() && task.classes() == 2 ? WAY.get(c) : name(task, c);
      default -> name(task, c);
    };
  }

  private static String missing(long missing, long all, String word) {
    return missing == 0
        ? ""
        : all == 0
            ? String.format(Locale.ROOT, "; %,d %s", missing, word)
            : "; %s %s".formatted(Amounts.percent(missing, all), word);
  }

  private static String name(Task task, int label) {
    return label < task.classNames().size() ? task.classNames().get(label) : "#" + label;
  }

  private static String some(List<String> names) {
    return names.size() <= MOST_NAMED
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, MOST_NAMED))
            + " and "
            + (names.size() - MOST_NAMED)
            + " more";
  }
}
