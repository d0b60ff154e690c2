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
import org.apache.spark.sql.functions;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.UnreadableSampleException;
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

  /** A sample that may be drawn. */
  private interface Chosen {
    String id();

    List<byte[]> inputs(Configuration hadoop) throws UnreadableSampleException, IOException;

    Optional<SampleRow> truth();
  }

  private Pictures(
      String title,
      List<TaskColumn> columns,
      NetworkPlan plan,
      DatasetManifest contents,
      int limit,
      List<Chosen> chosen) {
    this.columns = columns;
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
        contents.sources(),
        contents.settings());
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
      chosen.add(
          new Chosen() {
            @Override
            public String id() {
              return row.id();
            }

            @Override
            public List<byte[]> inputs(Configuration same) {
              return plan.inputs().stream()
                  .map(input -> Column.position(contents.columns(), input.name()))
                  .map(row.content()::get)
                  .toList();
            }

            @Override
            public Optional<SampleRow> truth() {
              return Optional.of(row);
            }
          });
    }
    return new Pictures(title, columns, plan, contents, chosen.size(), chosen);
  }

  /**
   * Images of a folder.
   *
   * @throws ConfigurationException if a named one is not there
   */
  static Pictures ofFolder(
      String title,
      List<TaskColumn> columns,
      NetworkPlan plan,
      DatasetManifest contents,
      ImageInput input,
      List<String> names,
      PredictionRequest.Drawn drawn) {
    List<String> missing = drawn.ids().stream().filter(id -> !names.contains(id)).toList();
    if (!missing.isEmpty()) {
      throw new ConfigurationException(input.root() + " holds no image " + missing);
    }
    // Some of the first ones may turn out to be unreadable; those behind them take their place.
    List<String> wanted =
        drawn.ids().isEmpty()
            ? names.subList(0, Math.min(names.size(), 2 * drawn.count()))
            : drawn.ids();
    List<Chosen> chosen = new ArrayList<>();
    for (String name : wanted) {
      chosen.add(
          new Chosen() {
            @Override
            public String id() {
              return name;
            }

            @Override
            public List<byte[]> inputs(Configuration hadoop)
                throws UnreadableSampleException, IOException {
              return List.of(input.read(name, hadoop));
            }

            @Override
            public Optional<SampleRow> truth() {
              return Optional.empty();
            }
          });
    }
    int limit = drawn.ids().isEmpty() ? drawn.count() : chosen.size();
    return new Pictures(title, columns, plan, contents, limit, chosen);
  }

  /** Draws those that have a row in the table; returns how many these are. */
  int draw(Dataset<Row> table, OutputDirectory output, Configuration hadoop) throws IOException {
    if (limit == 0) {
      return 0;
    }
    Map<String, Row> rows = new HashMap<>();
    Object[] ids = chosen.stream().map(Chosen::id).toArray();
    for (Row row : table.where(functions.col(Shards.SAMPLE_ID).isin(ids)).collectAsList()) {
      rows.put(row.getString(0), row);
    }
    List<PredictionSheet.Sample> samples = new ArrayList<>();
    Set<String> files = new HashSet<>();
    for (Chosen one : chosen) {
      Row row = rows.get(one.id());
      if (row == null || samples.size() == limit) {
        continue; // could not be decoded, and stands in the table of those
      }
      PredictionSheet.Sample sample = sample(one, row, hadoop);
      String file = fileName(one.id(), files);
      PlainFile.write(output.path(DIRECTORY + "/" + file), sheet.png(List.of(sample)), hadoop);
      samples.add(sample);
    }
    if (!samples.isEmpty()) {
      PlainFile.write(output.path(SHEET), sheet.png(samples), hadoop);
    }
    return samples.size();
  }

  private PredictionSheet.Sample sample(Chosen one, Row row, Configuration hadoop)
      throws IOException {
    List<byte[]> maps =
        columns.stream()
            .filter(column -> column.map().isPresent())
            .map(column -> row.<byte[]>getAs(column.name()))
            .toList();
    try {
      return new PredictionSheet.Sample(
          one.id(), one.inputs(hadoop), maps, AnswerText.of(columns, row), one.truth());
    } catch (UnreadableSampleException e) {
      throw new IOException(one.id() + " was predicted and cannot be read any more", e);
    }
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
