package org.sparkmto.prediction;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.TargetRange;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.inspection.MapFile;
import org.sparkmto.preprocessing.output.PlainFile;
import org.sparkmto.preprocessing.shard.Shards;

/** Every map of a table of answers as a PNG file, written by the executors. */
final class MapFiles {
  /** Directory of the files in the output; below it one for each task, named as its column. */
  static final String DIRECTORY = "maps";

  private static final int LONGEST = 160;
  private static final int KEPT = 120;

  private final List<Form> forms;

  /**
   * The files of a column.
   *
   * @param column its name
   * @param file what is in them
   */
  record Form(String column, MapFile file) implements Serializable {}

  private MapFiles(List<Form> forms) {
    this.forms = forms;
  }

  /**
   * The files of the columns that are maps.
   *
   * @param contents what ranges targets have
   * @throws ConfigurationException if no column is a map that a file can hold
   */
  static MapFiles of(List<TaskColumn> columns, DatasetManifest contents) {
    List<Form> forms = new ArrayList<>();
    for (TaskColumn column : columns) {
      TargetRange range = contents.ranges().get(column.task().name());
      double greatest = range == null ? Double.NaN : range.channels().get(0).greatest();
      column
          .map()
          .flatMap(map -> MapFile.of(column.task(), map, greatest))
          .ifPresent(file -> forms.add(new Form(column.name(), file)));
    }
    if (forms.isEmpty()) {
      throw new ConfigurationException(
          "--maps: the model has no task of classes, masks, depth or normals for each pixel");
    }
    return new MapFiles(forms);
  }

  /** The step of the depths in a column's files, if they are written. */
  Optional<MapFile> of(TaskColumn column) {
    return forms.stream()
        .filter(form -> form.column().equals(column.name()))
        .map(Form::file)
        .findFirst();
  }

  /**
   * Writes the files.
   *
   * @param root directory of the prediction
   */
  void write(Dataset<Row> table, Path root, Configuration hadoop) {
    List<Column> columns = new ArrayList<>();
    columns.add(functions.col(Shards.SAMPLE_ID));
    forms.forEach(form -> columns.add(functions.col(form.column())));
    table
        .select(columns.toArray(Column[]::new))
        .foreachPartition(
            new Writer(
                forms,
                new Path(root, DIRECTORY).toString(),
                new SerializableConfiguration(hadoop)));
  }

  /**
   * The file of a sample, relative to the directory of its task: the identity with .png behind it,
   * folders as they are. Whatever could lead elsewhere, or is no letter, digit, space, dot, dash or
   * underscore of ASCII, is written as %XX, as in addresses; what is very long ends in a digest.
   */
  static String name(String id) {
    StringBuilder name = new StringBuilder();
    for (String part : id.split("/", -1)) {
      name.append(name.isEmpty() ? "" : "/").append(safe(part));
    }
    return name + ".png";
  }

  private static String safe(String part) {
    if (part.isEmpty()) {
      return "%";
    }
    StringBuilder safe = new StringBuilder();
    for (byte unit : part.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (unit >= '0' && unit <= '9')
              || (unit >= 'A' && unit <= 'Z')
              || (unit >= 'a' && unit <= 'z')
              || unit == ' '
              || unit == '-'
              || unit == '_'
              || (unit == '.' && !safe.isEmpty());
      safe.append(plain ? String.valueOf((char) unit) : String.format("%%%02X", unit & 0xff));
    }
    return safe.length() <= LONGEST
        ? safe.toString()
        : safe.substring(0, KEPT)
            + "%"
            + ContentDigest.hex(
                    ContentDigest.sha256().digest(part.getBytes(StandardCharsets.UTF_8)))
                .substring(0, 32);
  }

  /** One executor's part. */
  private static final class Writer implements ForeachPartitionFunction<Row> {
    private static final long serialVersionUID = 1;

    private final ArrayList<Form> forms;
    private final String directory;
    private final SerializableConfiguration hadoop;

    Writer(List<Form> forms, String directory, SerializableConfiguration hadoop) {
      this.forms = new ArrayList<>(forms);
      this.directory = directory;
      this.hadoop = hadoop;
    }

    @Override
    public void call(Iterator<Row> rows) throws IOException {
      while (rows.hasNext()) {
        Row row = rows.next();
        String name = name(row.getString(0));
        for (int i = 0; i < forms.size(); i++) {
          Path path = new Path(directory + "/" + forms.get(i).column() + "/" + name);
          byte[] png = forms.get(i).file().png(row.<byte[]>getAs(i + 1));
          PlainFile.write(path, png, hadoop.value());
        }
      }
    }
  }
}
