package org.sparkmto.prediction;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.inspection.PredictionSheet;
import org.sparkmto.preprocessing.inspection.SampleRow;
import org.sparkmto.preprocessing.inspection.SampleRows;
import org.sparkmto.preprocessing.inspection.ShownSamples;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.output.PlainFile;
import org.sparkmto.preprocessing.shard.Shards;

/**
 * Pictures of chosen samples beside what the table says of them: one file for each, and one with
 * all of them. Which samples these are is known, and refused where there are none, before anything
 * is predicted.
 */
final class Pictures {
  /** Directory of the files in the output. */
  static final String DIRECTORY = "pictures";

  /** File with all samples. */
  static final String SHEET = "pictures.png";

  private final List<TaskColumn> columns;
  private final PredictionSheet sheet;
  private final int limit;
  private final List<Chosen> chosen;

  private final Inputs inputs;

  /** Where the inputs stand in a stored sample. */
  private final List<Integer> positions;

  /**
   * A sample that may be drawn.
   *
   * @param image where it is, if it is an image by itself
   * @param row what is stored of it, if it is one of a split
   */
  private record Chosen(String id, Optional<RawSample> image, Optional<SampleRow> row) {}

  /** Decodes images: what the network sees of them, by identity. */
  interface Inputs {
    Map<String, byte[]> of(SparkSession spark, List<RawSample> images);
  }

  private Pictures(
      String title,
      List<TaskColumn> columns,
      NetworkPlan plan,
      DatasetManifest contents,
      int limit,
      List<Chosen> chosen,
      Inputs inputs) {
    this.columns = columns;
    this.inputs = inputs;
    this.positions =
        plan.inputs().stream()
            .map(input -> Column.position(contents.columns(), input.name()))
            .toList();
    this.limit = limit;
    this.chosen = chosen;
    Map<String, Column> maps = new LinkedHashMap<>();
    for (TaskColumn column : columns) {
      column.map().ifPresent(map -> maps.put(column.task().name(), map));
    }
    this.sheet = new PredictionSheet(title, asked(contents, plan), maps);
  }

  /** The data set with the tasks of the network alone. */
  private static DatasetManifest asked(DatasetManifest contents, NetworkPlan plan) {
    return new DatasetManifest(
        contents.dataset(),
        contents.writer(),
        contents.seed(),
        contents.columns(),
        plan.tasks(),
        contents.splits(),
        contents.statistics(),
        contents.histograms(),
        Map.of(),
        contents.sources(),
        contents.settings(),
        List.of());
  }

  /** Samples of a split, with what is true of them. */
  static Pictures ofSplit(
      String title,
      List<TaskColumn> columns,
      NetworkPlan plan,
      DatasetDirectory dataset,
      String split,
      PredictionRequest.Drawn drawn,
      Configuration hadoop) {
    ShownSamples selection =
        drawn.ids().isEmpty()
            ? new ShownSamples.First(split, drawn.count())
            : new ShownSamples.Named(List.of(split), drawn.ids());
    DatasetManifest contents = dataset.manifest();
    List<Chosen> chosen = new ArrayList<>();
    for (SampleRow row : new SampleRows(dataset, hadoop).read(selection)) {
      chosen.add(new Chosen(row.id(), Optional.empty(), Optional.of(row)));
    }
    return new Pictures(
        title, columns, plan, contents, chosen.size(), chosen, (spark, images) -> Map.of());
  }

  /**
   * Images of a folder or a table.
   *
   * @throws ConfigurationException if a named one is not there
   */
  static Pictures ofImages(
      String title,
      List<TaskColumn> columns,
      NetworkPlan plan,
      DatasetManifest contents,
      List<RawSample> images,
      PredictionRequest.Drawn drawn,
      Inputs inputs) {
    // Some of the first ones may turn out to be unreadable; those behind them take their place.
    List<RawSample> wanted =
        drawn.ids().isEmpty()
            ? images.subList(0, Math.min(images.size(), 2 * drawn.count()))
            : named(drawn.ids(), images);
    List<Chosen> chosen =
        wanted.stream()
            .map(image -> new Chosen(image.id(), Optional.of(image), Optional.empty()))
            .toList();
    int limit = drawn.ids().isEmpty() ? drawn.count() : chosen.size();
    return new Pictures(title, columns, plan, contents, limit, chosen, inputs);
  }

  private static List<RawSample> named(List<String> ids, List<RawSample> images) {
    Map<String, RawSample> found = new HashMap<>();
    images.stream()
        .filter(image -> ids.contains(image.id()))
        .forEach(image -> found.put(image.id(), image));
    List<String> missing = ids.stream().filter(id -> !found.containsKey(id)).toList();
    if (!missing.isEmpty()) {
      throw new ConfigurationException("--pictures: there is no image " + missing);
    }
    return ids.stream().map(found::get).toList();
  }

  /** Draws those that have a row in the table; returns how many these are. */
  int draw(SparkSession spark, Dataset<Row> table, OutputDirectory output) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Map<String, Row> rows = new HashMap<>();
    Object[] ids = chosen.stream().map(Chosen::id).toArray();
    if (limit > 0) {
      for (Row row : table.where(functions.col(Shards.SAMPLE_ID).isin(ids)).collectAsList()) {
        rows.put(row.getString(0), row);
      }
    }
    // Those without a row could not be decoded, and stand in the table of those.
    List<Chosen> drawn =
        chosen.stream().filter(one -> rows.containsKey(one.id())).limit(limit).toList();
    List<RawSample> images = drawn.stream().flatMap(one -> one.image().stream()).toList();
    Map<String, byte[]> seen = images.isEmpty() ? Map.of() : inputs.of(spark, images);
    List<PredictionSheet.Sample> samples = new ArrayList<>();
    Set<String> files = new HashSet<>();
    for (Chosen one : drawn) {
      PredictionSheet.Sample sample = sample(one, seen, rows.get(one.id()));
      String file = fileName(one.id(), files);
      PlainFile.write(output.path(DIRECTORY + "/" + file), sheet.png(List.of(sample)), hadoop);
      samples.add(sample);
    }
    if (!samples.isEmpty()) {
      PlainFile.write(output.path(SHEET), sheet.png(samples), hadoop);
    }
    return samples.size();
  }

  private PredictionSheet.Sample sample(Chosen one, Map<String, byte[]> seen, Row row)
      throws IOException {
    List<byte[]> maps =
        columns.stream()
            .filter(column -> column.map().isPresent())
            .map(column -> row.<byte[]>getAs(column.name()))
            .toList();
    if (one.row().isEmpty() && !seen.containsKey(one.id())) {
      throw new IOException(one.id() + " was predicted and cannot be read any more");
    }
    List<byte[]> inputs =
        one.row()
            .map(stored -> positions.stream().map(stored.content()::get).toList())
            .orElseGet(() -> List.of(seen.get(one.id())));
    return new PredictionSheet.Sample(
        one.id(), inputs, maps, AnswerText.of(columns, row), one.row());
  }

  /** A name that stays in the directory, whatever the identity of the sample is. */
  static String fileName(String id, Set<String> taken) {
    String safe = id.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^\\.+", "_");
    String cut = safe.substring(0, Math.min(safe.length(), 120));
    return Stream.iterate(1, again -> again + 1)
        .map(again -> again == 1 ? cut + ".png" : cut + "-" + again + ".png")
        .filter(name -> taken.add(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow();
  }
}
