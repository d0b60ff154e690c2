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
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.PreprocessingException;

/**
 * Sums over rows, in whole numbers, so that they are the same in whatever order files are added.
 */
final class ShardTotals implements Serializable {
  private static final long serialVersionUID = 1;

  /** By column and channel: count, sum, sum of squares; empty for columns that are no images. */
  private final long[][][] moments;

  /** By task: samples of each class, then samples without a label. */
  private final long[][] labels;

  ShardTotals(List<Column> columns, List<Task> tasks) {
    moments = new long[columns.size()][0][];
    for (int c = 0; c < moments.length; c++) {
      if (isImage(columns.get(c))) {
        moments[c] = new long[columns.get(c).shape().get(0)][3];
      }
    }
    labels = new long[tasks.size()][];
    for (int t = 0; t < labels.length; t++) {
      labels[t] = new long[tasks.get(t).classes() + 1];
    }
  }

  void add(String sampleId, List<Column> columns, List<Task> tasks, List<byte[]> content) {
    for (int c = 0; c < moments.length; c++) {
      addPixels(moments[c], content.get(c));
    }
    for (int t = 0; t < labels.length; t++) {
      Task task = tasks.get(t);
      for (int c = 0; c < columns.size(); c++) {
        if (columns.get(c).name().equals(task.target())) {
          addLabels(sampleId, task, columns.get(c), content.get(c), labels[t]);
        }
      }
    }
  }

  void add(ShardTotals other) {
    for (int c = 0; c < moments.length; c++) {
      for (int channel = 0; channel < moments[c].length; channel++) {
        addTo(moments[c][channel], other.moments[c][channel]);
      }
    }
    for (int t = 0; t < labels.length; t++) {
      addTo(labels[t], other.labels[t]);
    }
  }

  Map<String, ChannelStatistics> statistics(List<Column> columns) {
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

  Map<String, LabelHistogram> histograms(List<Task> tasks) {
    Map<String, LabelHistogram> histograms = new LinkedHashMap<>();
    for (int t = 0; t < labels.length; t++) {
      int classes = tasks.get(t).classes();
      List<Long> counts = Arrays.stream(labels[t]).limit(classes).boxed().toList();
      histograms.put(tasks.get(t).name(), new LabelHistogram(counts, labels[t][classes]));
    }
    return histograms;
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

  private static void addLabels(
      String sampleId, Task task, Column column, byte[] content, long[] counts) {
    if (column.type() != ElementType.UINT8) {
      return;
    }
    int from = task.element() == Task.WHOLE ? 0 : task.element();
    int to = task.element() == Task.WHOLE ? content.length : task.element() + 1;
    for (int i = from; i < to; i++) {
      int label = content[i] & 0xff;
      if (label == task.missing()) {
        counts[task.classes()]++;
      } else if (label < task.classes()) {
        counts[label]++;
      } else {
        throw PreprocessingException.failed(
            "sample " + sampleId + " has label " + label + " of task '" + task.name() + "'");
      }
    }
  }

  private static void addTo(long[] sums, long[] more) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += more[i];
    }
  }
}
