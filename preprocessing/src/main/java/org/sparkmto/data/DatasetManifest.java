package org.sparkmto.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a directory of shards holds: its columns, tasks, splits and files. The manifest is written
 * last, so a directory without one is not a data set.
 *
 * @param dataset name of the data set, for people
 * @param writer program and version that wrote it
 * @param seed seed of everything random in the preprocessing
 * @param columns binary columns besides {@code sample_id} and {@code rank}
 * @param tasks in the order in which methods, reports and checkpoints number them
 * @param splits by name
 * @param statistics channel statistics of the image inputs, by column
 * @param histograms label histograms, by task; for group columns, samples of each group, by column
 * @param ranges what values the targets of real numbers and multi-label tasks have, by task
 * @param sources what became of the raw samples
 * @param settings the preprocessing configuration, as resolved
 * @param remarks sentences for people about what is odd: a split without samples, a task without a
 *     label, a class that never occurs
 */
public record DatasetManifest(
    String dataset,
    String writer,
    long seed,
    List<Column> columns,
    List<Task> tasks,
    Map<String, Split> splits,
    Map<String, ChannelStatistics> statistics,
    Map<String, LabelHistogram> histograms,
    Map<String, TargetRange> ranges,
    SourceCounts sources,
    Map<String, String> settings,
    List<String> remarks) {

  /** Version of the format that is written; a reader refuses later ones. */
  public static final int FORMAT = 2;

  /** The version whose manifests carry no digest of their own; they are read as they are. */
  static final int UNSEALED_FORMAT = 1;

  /** Name of the manifest in the data set's directory. */
  public static final String FILE_NAME = "_dataset.json";

  public DatasetManifest {
    columns = List.copyOf(columns);
    tasks = List.copyOf(tasks);
    splits = ordered(splits);
    statistics = ordered(statistics);
    histograms = ordered(histograms);
    ranges = ordered(ranges);
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    remarks = List.copyOf(remarks);
    check(columns, tasks);
  }

  /**
   * The column of this name.
   *
   * @throws DataContractException if there is none
   */
  public Column column(String name) {
    return columns.stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new DataContractException("data set '" + dataset + "' has no column " + name));
  }

  /**
   * The split of this name.
   *
   * @throws DataContractException if there is none; the message names those there are
   */
  public Split split(String name) {
    Split split = splits.get(name);
    if (split == null) {
      throw new DataContractException(
          "data set '" + dataset + "' has no split '" + name + "'; it has " + splits.keySet());
    }
    return split;
  }

  /** The manifest as JSON text. */
  public String toJson() {
    return ManifestJson.write(this);
  }

  /**
   * Reads a manifest.
   *
   * @param json its text
   * @param source where the text comes from, for messages
   * @throws DataContractException if the text is no manifest of this format
   */
  public static DatasetManifest parse(String json, String source) {
    return ManifestJson.read(json, source);
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  private static void check(List<Column> columns, List<Task> tasks) {
    Map<String, Column> byName = new TreeMap<>();
    for (Column column : columns) {
      if (byName.put(column.name(), column) != null) {
        throw new DataContractException("column '" + column.name() + "' stands twice");
      }
    }
    if (tasks.isEmpty()) {
      throw new DataContractException("a data set without tasks has nothing to train on");
    }
    Set<String> names = new HashSet<>();
    for (Task task : tasks) {
      if (!names.add(task.name())) {
        throw new DataContractException("task '" + task.name() + "' stands twice");
      }
      List<String> used = new ArrayList<>(task.inputs());
      used.addAll(task.truths());
      for (String name : used) {
        if (!byName.containsKey(name)) {
          throw new DataContractException(
              "task '" + task.name() + "' names column '" + name + "', which is not there");
        }
      }
      if (task.element() >= byName.get(task.target()).elements()) {
        throw new DataContractException(
            "task '" + task.name() + "' points behind the end of column '" + task.target() + "'");
      }
      if (task.isSoft()) {
        checkSoft(task, byName.get(task.target()), byName.get(task.soft()));
      }
    }
  }

  private static void checkSoft(Task task, Column target, Column soft) {
    long elements = (long) task.endElement(target) - task.firstElement();
    if (soft.type() != ElementType.UINT16 || soft.elements() != task.probabilities() * elements) {
      throw new DataContractException(
          "column '%s' holds %d numbers of type %s, but the probabilities of task '%s' are %d uint16"
              .formatted(
                  soft.name(),
                  soft.elements(),
                  soft.type().label(),
                  task.name(),
                  task.probabilities() * elements));
    }
  }
}
