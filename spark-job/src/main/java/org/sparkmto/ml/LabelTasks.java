package org.sparkmto.ml;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.size;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.Attribute$;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.options.ConfigurationException;

/**
 * Tasks that are derived of columns of labels, by type and metadata:
 *
 * <ul>
 *   <li>numbers with names of classes in their metadata, as {@code StringIndexer} leaves them: the
 *       class of this index
 *   <li>boolean: yes or no
 *   <li>string: a class for each text that occurs, in alphabetical order
 *   <li>whole numbers: classes 0 to the greatest that occurs; where there are negative ones, or
 *       some above 254, a class for each that occurs
 *   <li>float, double, decimal: a number
 *   <li>array of strings: several labels, one for each text that occurs
 *   <li>array of float or double: several numbers
 * </ul>
 */
final class LabelTasks {
  /** Labels are bytes, and 255 says that there is none. */
  private static final int MOST = 255;

  private final Optional<Dataset<Row>> rows;
  private final List<Map<String, Object>> tasks = new ArrayList<>();
  private final Map<String, Column> replaced = new LinkedHashMap<>();

  private LabelTasks(Optional<Dataset<Row>> rows) {
    this.rows = rows;
  }

  /**
   * Derives a task of each column; those whose metadata name no classes are read for that.
   *
   * @throws ConfigurationException if a column is of a type that says no task
   */
  static LabelTasks of(Dataset<Row> rows, List<String> columns) {
    LabelTasks derived = new LabelTasks(Optional.of(rows));
    for (String column : columns) {
      derived.add(rows.schema().apply(column));
    }
    return derived;
  }

  /**
   * The tasks as far as types say which, without a look at rows: classes that only rows would tell
   * are two of any name, or numbers.
   *
   * @throws ConfigurationException if a column is of a type that says no task
   */
  static List<Map<String, Object>> expected(StructType schema, List<String> columns) {
    LabelTasks derived = new LabelTasks(Optional.empty());
    for (String column : columns) {
      derived.add(schema.apply(column));
    }
    return derived.tasks;
  }

  /** The tasks, as {@code tasks} of own data has them. */
  List<Map<String, Object>> tasks() {
    return tasks;
  }

  /** The rows, with names of classes in the place of their indices. */
  Dataset<Row> rows() {
    Dataset<Row> named = rows.orElseThrow();
    for (Map.Entry<String, Column> column : replaced.entrySet()) {
      named = named.withColumn(column.getKey(), column.getValue());
    }
    return named;
  }

  private void add(StructField field) {
    String name = field.name();
    DataType type = field.dataType();
    Attribute attribute =
        type instanceof NumericType ? Attribute$.MODULE$.fromStructField(field) : null;
    if (attribute instanceof NominalAttribute nominal && nominal.values().isDefined()) {
      List<String> names = List.of(nominal.values().get());
      Column[] texts = names.stream().map(functions::lit).toArray(Column[]::new);
      replaced.put(name, get(array(texts), TableContent.column(name).cast("int")));
      tasks.add(task(name, "classification", "classes", names));
    } else if (type instanceof BooleanType || attribute instanceof BinaryAttribute) {
      tasks.add(task(name, "binary"));
    } else if (type instanceof StringType) {
      tasks.add(
          task(
              name,
              "classification",
              "classes",
              texts(name, TableContent.column(name).cast("string"))));
    } else if (isWhole(type)) {
      tasks.add(task(name, "classification", "classes", numbers(name)));
    } else if (type instanceof FloatType
        || type instanceof DoubleType
        || type instanceof DecimalType) {
      tasks.add(task(name, "regression"));
    } else if (type instanceof ArrayType list && list.elementType() instanceof StringType) {
      tasks.add(
          task(name, "multi-label", "classes", texts(name, explode(TableContent.column(name)))));
    } else if (type instanceof ArrayType list
        && (list.elementType() instanceof FloatType || list.elementType() instanceof DoubleType)) {
      tasks.add(task(name, "regression", "classes", longest(name)));
    } else {
      throw new ConfigurationException(
          "labelCols: column '%s' is of type %s, of which no task can be derived; describe it in tasks"
              .formatted(name, type.simpleString()));
    }
  }

  private static boolean isWhole(DataType type) {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }

  private static Map<String, Object> task(String name, String kind, Object... more) {
    Map<String, Object> task = new LinkedHashMap<>();
    task.put("name", name);
    task.put("kind", kind);
    task.put("column", name);
    for (int i = 0; i < more.length; i += 2) {
      task.put(String.valueOf(more[i]), more[i + 1]);
    }
    return task;
  }

  /** Every text that occurs, without blanks around it. */
  private List<String> texts(String name, Column values) {
    if (rows.isEmpty()) {
      return List.of("no", "yes");
    }
    TreeSet<String> texts = new TreeSet<>();
    rows.get()
        .select(values.as("text"))
        .where(col("text").isNotNull())
        .distinct()
        .limit(MOST + 2)
        .collectAsList()
        .forEach(row -> texts.add(row.getString(0).strip()));
    texts.remove("");
    if (texts.size() < 2 || texts.size() > MOST) {
      throw new ConfigurationException(
          "labelCols: column '%s' has %s different values, and classes are 2 to %d; describe it in tasks"
              .formatted(name, texts.size() > MOST ? "more than " + MOST : texts.size(), MOST));
    }
    return List.copyOf(texts);
  }

  /** How many classes there are, or which numbers stand for them. */
  private Object numbers(String name) {
    if (rows.isEmpty()) {
      return 2;
    }
    Column number = TableContent.column(name).cast("long");
    Row range = rows.get().agg(functions.min(number), functions.max(number)).head();
    boolean counted = !range.isNullAt(0) && range.getLong(0) >= 0 && range.getLong(1) < MOST;
    return counted
        ? (Object) Math.max(2, range.getLong(1) + 1)
        : texts(name, TableContent.column(name).cast("string"));
  }

  private int longest(String name) {
    if (rows.isEmpty()) {
      return 2;
    }
    Row most = rows.get().agg(functions.max(size(TableContent.column(name)))).head();
    if (most.isNullAt(0) || most.getInt(0) < 1) {
      throw new ConfigurationException(
          "labelCols: column '%s' has no numbers; describe it in tasks".formatted(name));
    }
    return most.getInt(0);
  }
}
