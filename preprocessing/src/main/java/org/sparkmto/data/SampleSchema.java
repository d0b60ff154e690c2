package org.sparkmto.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkmto.json.Json;

/**
 * What some tasks of a data set are about, without its samples: all that one needs to know of a
 * data set to use a model that was trained on it.
 *
 * @param dataset its name, for people
 * @param tasks in order
 * @param columns those that the tasks read and are compared with, with shapes, units and scales
 * @param histograms labels of the training split, by task
 * @param ranges values of real numbers in the training split, by task
 * @param preparation how image files become inputs, by column; inputs that no image file can fill
 *     are not there
 */
public record SampleSchema(
    String dataset,
    List<Task> tasks,
    List<Column> columns,
    Map<String, LabelHistogram> histograms,
    Map<String, TargetRange> ranges,
    Map<String, ImagePreparation> preparation) {
  private static final String PREPARATION = "preparation";

  public SampleSchema {
    tasks = List.copyOf(tasks);
    columns = List.copyOf(columns);
    histograms = Collections.unmodifiableMap(new LinkedHashMap<>(histograms));
    ranges = Collections.unmodifiableMap(new LinkedHashMap<>(ranges));
    preparation = Collections.unmodifiableMap(new LinkedHashMap<>(preparation));
  }

  /**
   * The schema of tasks of a data set.
   *
   * @param tasks which, perhaps with other losses than the data set names
   */
  public static SampleSchema of(DatasetManifest manifest, List<Task> tasks) {
    Set<String> used = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (Task task : tasks) {
      names.add(task.name());
      used.addAll(task.truths());
      used.addAll(task.inputs());
    }
    Map<String, LabelHistogram> histograms = new LinkedHashMap<>(manifest.histograms());
    histograms.keySet().retainAll(names);
    Map<String, TargetRange> ranges = new LinkedHashMap<>(manifest.ranges());
    ranges.keySet().retainAll(names);
    List<Column> columns =
        manifest.columns().stream().filter(column -> used.contains(column.name())).toList();
    Map<String, ImagePreparation> preparation = new LinkedHashMap<>();
    for (Column column : columns) {
      if (column.role() == Column.Role.INPUT) {
        ImagePreparation.of(column, manifest.settings())
            .ifPresent(known -> preparation.put(column.name(), known));
      }
    }
    return new SampleSchema(manifest.dataset(), tasks, columns, histograms, ranges, preparation);
  }

  /**
   * A data set of this schema that has no samples.
   *
   * @param statistics channel statistics of the inputs
   * @throws DataContractException if a task names a column that is not there
   */
  public DatasetManifest withoutSamples(Map<String, ChannelStatistics> statistics) {
    return new DatasetManifest(
        dataset,
        "",
        0,
        columns,
        tasks,
        Map.of(),
        statistics,
        histograms,
        ranges,
        new SourceCounts(0, 0, Map.of()),
        Map.of(),
        List.of());
  }

  /** As JSON, in the words of a data set's manifest. */
  public ObjectNode toJson() {
    ObjectNode root = Json.object();
    root.put("dataset", dataset);
    ManifestJson.writeTasks(root, columns, tasks);
    ManifestJson.writeTargets(root, histograms, ranges);
    ObjectNode inputs = root.putObject(PREPARATION);
    preparation.forEach((column, known) -> inputs.set(column, known.toJson()));
    return root;
  }

  /**
   * Reads what {@link #toJson} gave.
   *
   * @throws DataContractException naming the field that is missing or wrong
   */
  public static SampleSchema parse(JsonFields fields) {
    SampleSchema schema =
        new SampleSchema(
            fields.text("dataset"),
            ManifestJson.tasks(fields),
            ManifestJson.columns(fields),
            ManifestJson.histograms(fields),
            ManifestJson.ranges(fields),
            fields.map(
                PREPARATION, (name, node) -> ImagePreparation.parse(JsonFields.of(node, name))));
    fields.end();
    schema.withoutSamples(Map.of()); // which finds tasks without their columns
    return schema;
  }
}
