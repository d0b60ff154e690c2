package org.sparkmto.prediction;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkmto.data.Task;
import org.sparkmto.naming.Nearest;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.embedded.DecodedImage;
import org.sparkmto.training.TrainedModel;

/**
 * What a model says of the images in a table, as columns beside those of the table: see {@link
 * AnswerColumns}. A row whose image is missing or cannot be read has null in all of them.
 */
public final class ModelColumns {
  private static final String BYTES = "bytes";

  /**
   * Where images stand, and what new columns are called.
   *
   * @param image column of the images: encoded files, paths, structures with a field {@code bytes},
   *     or images of Spark's data source
   * @param directory in which paths start; may be empty where there are none
   * @param answers what stands before the name of a task in the name of its column of answers
   * @param probabilities the same for the columns of probabilities
   */
  public record Names(String image, String directory, String answers, String probabilities) {}

  /** How the column holds images. */
  enum Form {
    FILE,
    PATH,
    BYTES_FIELD,
    DECODED
  }

  private final TrainedModel model;
  private final Names names;
  private final ImageInput input;
  private final List<AnswerColumns> columns = new ArrayList<>();

  private ModelColumns(TrainedModel model, Names names) {
    this.model = model;
    this.names = names;
    NetworkPlan plan = model.planOfSchema();
    if (plan.inputs().size() != 1) {
      throw new ConfigurationException(
          "the network of %s takes %d inputs, a row gives it one image; predict a split of shards"
              .formatted(model.run(), plan.inputs().size()));
    }
    input = ImageInput.of(RawRoot.alone(new Path(root())), plan.inputs(), model::preparation);
    for (TaskColumn column : TaskColumn.of(plan, model.thresholds())) {
      columns.add(AnswerColumns.of(column, names.answers(), names.probabilities()));
    }
  }

  private String root() {
    return names.directory().isEmpty() ? "/" : names.directory();
  }

  /**
   * The columns that a model adds.
   *
   * @throws ConfigurationException if the model does not take one image
   */
  public static ModelColumns of(TrainedModel model, Names names) {
    return new ModelColumns(model, names);
  }

  /**
   * The columns that a model of some tasks is going to add, before there is one.
   *
   * @param tasks in order
   */
  public static List<StructField> fields(List<Task> tasks, Names names) {
    List<String> columns = ColumnNames.of(tasks.stream().map(Task::name).toList());
    List<StructField> fields = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      TaskColumn column = new TaskColumn(columns.get(i), tasks.get(i), "", 1, 1);
      fields.addAll(AnswerColumns.of(column, names.answers(), names.probabilities()).fields());
    }
    return fields;
  }

  /**
   * The columns of a table with those of the model behind them.
   *
   * @throws ConfigurationException if the table has no images of a known form, or a column of a new
   *     one's name
   */
  public StructType schema(StructType given) {
    form(given);
    StructType schema = given;
    for (AnswerColumns column : columns) {
      for (StructField field : column.fields()) {
        if (List.of(schema.fieldNames()).contains(field.name())) {
          throw new ConfigurationException(
              "column '%s' is there already; set another prefix for the columns of answers"
                  .formatted(field.name()));
        }
        schema = schema.add(field);
      }
    }
    return schema;
  }

  /**
   * Refuses paths of which nobody has said where they start.
   *
   * @param type of the image column
   * @throws ConfigurationException if it holds paths, and there is no directory
   */
  public static void requireDirectory(DataType type, Names names) {
    if (type instanceof StringType && names.directory().isEmpty()) {
      throw new ConfigurationException(
          "column '%s' holds paths; set imagesDirectory, in which they start"
              .formatted(names.image()));
    }
  }

  /** How the image column holds images. */
  private Form form(StructType given) {
    List<String> there = List.of(given.fieldNames());
    if (!there.contains(names.image())) {
      throw new ConfigurationException(
          "there is no column '%s' of images%s The columns are %s"
              .formatted(names.image(), Nearest.hint(names.image(), there), there));
    }
    DataType type = given.apply(names.image()).dataType();
    if (type instanceof BinaryType) {
      return Form.FILE;
    }
    requireDirectory(type, names);
    if (type instanceof StringType) {
      return Form.PATH;
    }
    if (type instanceof StructType structure) {
      if (DecodedImage.isOne(structure)) {
        return Form.DECODED;
      }
      if (List.of(structure.fieldNames()).contains(BYTES)
          && structure.apply(BYTES).dataType() instanceof BinaryType) {
        return Form.BYTES_FIELD;
      }
    }
    throw new ConfigurationException(
        ("column '%s' is of type %s, not of encoded images (binary), paths (string), structures"
                + " with the field bytes, or images of Spark's data source")
            .formatted(names.image(), type.simpleString()));
  }

  /**
   * The table with the columns of the model. Nothing is computed before somebody asks for rows;
   * executors read the model then, and keep it for later tasks.
   */
  public Dataset<Row> added(Dataset<?> table) {
    Dataset<Row> rows = table.toDF();
    StructType given = rows.schema();
    StructType schema = schema(given);
    Configuration hadoop = rows.sparkSession().sparkContext().hadoopConfiguration();
    Form form = form(given);
    Work work =
        new Work(
            model.location(),
            model.manifest(),
            new RowImage(placed(form, hadoop), given.fieldIndex(names.image()), form),
            columns,
            new SerializableConfiguration(hadoop));
    return rows.mapPartitions(work, Encoders.row(schema));
  }

  /** Paths start in a directory of the driver, whatever the working directory of an executor is. */
  private ImageInput placed(Form form, Configuration hadoop) {
    if (form != Form.PATH) {
      return input;
    }
    try {
      return input.below(RawRoot.of(names.directory(), List.of(), hadoop));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot look into imagesDirectory " + names.directory() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The image of a row.
   *
   * @param input what becomes of it
   * @param field where it stands
   */
  record RowImage(ImageInput input, int field, Form form) implements Serializable {
    /** The input of the network, or null if there is no image that can be read. */
    byte[] of(Row row, Configuration hadoop) throws IOException {
      if (row.isNullAt(field)) {
        return null;
      }
      try {
        return switch (form) {
          case FILE -> input.decode(row.<byte[]>getAs(field));
          case PATH -> input.read(row.getString(field), hadoop);
          case BYTES_FIELD -> {
            byte[] file = row.getStruct(field).getAs(BYTES);
            yield file == null ? null : input.decode(file);
          }
          case DECODED -> input.decode(DecodedImage.file(row.getStruct(field)));
        };
      } catch (UnreadableSampleException e) {
        return null;
      }
    }
  }

  /** One task's part. */
  private static final class Work implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1;

    private final String location;
    private final String manifest;
    private final RowImage image;
    private final ArrayList<AnswerColumns> columns;
    private final SerializableConfiguration hadoop;

    Work(
        String location,
        String manifest,
        RowImage image,
        List<AnswerColumns> columns,
        SerializableConfiguration hadoop) {
      this.location = location;
      this.manifest = manifest;
      this.image = image;
      this.columns = new ArrayList<>(columns);
      this.hadoop = hadoop;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      if (!rows.hasNext()) {
        return rows;
      }
      ComputeThreads.use(Math.max(1, TaskContext.get().cpus()));
      AnsweredRows answered =
          new AnsweredRows(
              rows,
              image,
              columns,
              LoadedNetworks.borrow(
                  manifest, () -> TrainedModel.of(location, manifest, hadoop.value()).replica()),
              hadoop.value());
      TaskCompletionListener giveBack =
          finished -> LoadedNetworks.giveBack(manifest, answered.network());
      TaskContext.get().addTaskCompletionListener(giveBack);
      return answered;
    }
  }
}
