package org.sparkmto.preprocessing.shard;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.TargetRange;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.PreprocessingException;

/**
 * Sums over rows, in whole numbers, so that they are the same in whatever order files are added.
 */
public final class ShardTotals implements Serializable {
  private static final long serialVersionUID = 1;

  private final ArrayList<Column> columns;
  private final ArrayList<Task> tasks;

  /** By task. */
  private final TaskElements[] targets;

  /** By column and channel: count, sum, sum of squares; empty for columns that are no images. */
  private final long[][][] moments;

  /** By task: how often each class occurs, then missing labels; empty for real numbers. */
  private final long[][] labels;

  /** By task and channel; empty for tasks of one label. */
  private final NumberTotals[][] numbers;

  /** By group column: samples of each group. */
  private final Map<String, TreeMap<Integer, Long>> groups = new LinkedHashMap<>();

  /** Sums of no rows. */
  public ShardTotals(List<Column> columns, List<Task> tasks) {
    this.columns = new ArrayList<>(columns);
    this.tasks = new ArrayList<>(tasks);
    targets = new TaskElements[tasks.size()];
    moments = new long[columns.size()][0][];
    for (int c = 0; c < moments.length; c++) {
      if (isImage(columns.get(c))) {
        moments[c] = new long[columns.get(c).shape().get(0)][3];
      }
      if (columns.get(c).role() == Column.Role.GROUP) {
        groups.put(columns.get(c).name(), new TreeMap<>());
      }
    }
    labels = new long[tasks.size()][0];
    numbers = new NumberTotals[tasks.size()][0];
    for (int t = 0; t < labels.length; t++) {
      Task task = tasks.get(t);
      targets[t] = TaskElements.of(task, columns);
      Column target = columns.get(targets[t].position());
      if (task.kind().hasLabels()) {
        labels[t] = new long[task.classes() + 1];
      }
      if (!task.kind().hasLabels() || task.kind() == TaskKind.MULTI_LABEL) {
        numbers[t] = new NumberTotals[channels(task, target)];
        Arrays.setAll(numbers[t], channel -> new NumberTotals(target.type()));
      }
    }
  }

  /**
   * Adds a row.
   *
   * @param content of every column, which {@link ContentCheck} accepts
   */
  public void add(String sampleId, List<byte[]> content) {
    for (int c = 0; c < moments.length; c++) {
      addPixels(moments[c], content.get(c));
      Column column = columns.get(c);
      if (column.role() == Column.Role.GROUP) {
        int group = (int) column.type().at(content.get(c), 0);
        groups.get(column.name()).merge(group, 1L, Long::sum);
      }
    }
    for (int t = 0; t < labels.length; t++) {
      byte[] target = content.get(targets[t].position());
      if (labels[t].length > 0) {
        addLabels(sampleId, tasks.get(t), targets[t], target, labels[t]);
      }
      if (numbers[t].length > 0) {
        addNumbers(tasks.get(t), targets[t], target, numbers[t]);
      }
    }
  }

  /** Adds the rows of other totals of the same columns and tasks. */
  public void add(ShardTotals other) {
    for (int c = 0; c < moments.length; c++) {
      for (int channel = 0; channel < moments[c].length; channel++) {
        addTo(moments[c][channel], other.moments[c][channel]);
      }
    }
    for (int t = 0; t < labels.length; t++) {
      addTo(labels[t], other.labels[t]);
      for (int channel = 0; channel < numbers[t].length; channel++) {
        numbers[t][channel].add(other.numbers[t][channel]);
      }
    }
    other.groups.forEach(
        (column, counts) ->
            counts.forEach((group, count) -> groups.get(column).merge(group, count, Long::sum)));
  }

  /** Mean and deviation of the channels of every image, by column; of at least one row. */
  public Map<String, ChannelStatistics> statistics() {
    Map<String, ChannelStatistics> statistics = new LinkedHashMap<>();
    for (int c = 0; c < moments.length; c++) {
      if (moments[c].length > 0) {
        List<Double> means = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        for (long[] channel : moments[c]) {
          means.add((double) channel[1] / channel[0]);
          deviations.add(deviation(channel[0], channel[1], channel[2]));
        }
        statistics.put(columns.get(c).name(), new ChannelStatistics(means, deviations));
      }
    }
    return statistics;
  }

  /** Labels by task, then samples of each group by group column. */
  public Map<String, LabelHistogram> histograms() {
    Map<String, LabelHistogram> histograms = new LinkedHashMap<>();
    for (int t = 0; t < labels.length; t++) {
      if (labels[t].length > 0) {
        int classes = tasks.get(t).classes();
        List<Long> counts = Arrays.stream(labels[t]).limit(classes).boxed().toList();
        histograms.put(tasks.get(t).name(), new LabelHistogram(counts, labels[t][classes]));
      }
    }
    groups.forEach(
        (column, counts) -> {
          int last = counts.isEmpty() ? 0 : counts.lastKey();
          histograms.putIfAbsent(
              column,
              new LabelHistogram(
                  IntStream.rangeClosed(0, last)
                      .mapToObj(group -> counts.getOrDefault(group, 0L))
                      .toList(),
                  0));
        });
    return histograms;
  }

  /** Ranges of the targets of real numbers and of multi-label tasks, by task. */
  public Map<String, TargetRange> ranges() {
    Map<String, TargetRange> ranges = new LinkedHashMap<>();
    for (int t = 0; t < numbers.length; t++) {
      if (numbers[t].length > 0) {
        Column column = columns.get(targets[t].position());
        ranges.put(
            tasks.get(t).name(),
            new TargetRange(
                Arrays.stream(numbers[t]).map(channel -> channel.range(column)).toList()));
      }
    }
    return ranges;
  }

  /** Of the whole population: sqrt(n s2 - s1^2) / n, without cancellation. */
  private static double deviation(long count, long sum, long squares) {
    BigInteger scaled =
        BigInteger.valueOf(count)
            .multiply(BigInteger.valueOf(squares))
            .subtract(BigInteger.valueOf(sum).pow(2));
    return new BigDecimal(scaled)
        .sqrt(MathContext.DECIMAL64)
        .divide(BigDecimal.valueOf(count), MathContext.DECIMAL64)
        .doubleValue();
  }

  private static boolean isImage(Column column) {
    return column.role() == Column.Role.INPUT
        && column.type() == ElementType.UINT8
        && column.shape().size() == 3;
  }

  private static void addPixels(long[][] channels, byte[] pixels) {
    for (int channel = 0; channel < channels.length; channel++) {
      int area = pixels.length / channels.length;
      long sum = 0;
      long squares = 0;
      for (int i = channel * area; i < (channel + 1) * area; i++) {
        long value = pixels[i] & 0xff;
        sum += value;
        squares += value * value;
      }
      channels[channel][0] += area;
      channels[channel][1] += sum;
      channels[channel][2] += squares;
    }
  }

  private static int channels(Task task, Column target) {
    return task.kind().hasPixels()
        ? ContentCheck.channels(target)
        : task.endElement(target) - task.firstElement();
  }

  private static void addLabels(
      String sampleId, Task task, TaskElements target, byte[] content, long[] counts) {
    boolean many = task.kind() == TaskKind.MULTI_LABEL;
    for (int i = target.first(); i < target.end(); i++) {
      double label = target.type().at(content, i);
      if (label == task.missing()) {
        counts[task.classes()]++;
      } else if (label < 0 || label >= (many ? 2 : task.classes())) {
        throw PreprocessingException.failed(
            "sample " + sampleId + " has label " + label + " of task '" + task.name() + "'");
      } else if (many) {
        counts[(i - target.first()) % task.classes()] += (long) label;
      } else {
        counts[(int) label]++;
      }
    }
  }

  private static void addNumbers(
      Task task, TaskElements target, byte[] content, NumberTotals[] channels) {
    ElementType type = target.type();
    int area = (target.end() - target.first()) / channels.length;
    for (int channel = 0; channel < channels.length; channel++) {
      NumberTotals totals = channels[channel];
      int from = target.first() + channel * area;
      for (int i = from; i < from + area; i++) {
        double stored = type.at(content, i);
        boolean missing =
            task.kind().hasLabels() ? stored == task.missing() : type.isMissing(stored);
        totals.add(stored, missing);
      }
    }
  }

  private static void addTo(long[] sums, long[] more) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += more[i];
    }
  }
}
