package org.sparkmto.prediction;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.data.Column;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.inspection.MapFile;

/**
 * The answers to a task as columns of Spark ML: one of answers and, where there are any, one of
 * probabilities, a vector.
 *
 * <table>
 * <caption>Columns by kind of task</caption>
 * <tr><td>classification</td><td>the name of the class (string), or its number (int) where classes
 *     have no names; probabilities of all classes</td></tr>
 * <tr><td>binary</td><td>the decision (boolean); probabilities of no and yes</td></tr>
 * <tr><td>multi-label</td><td>the labels that hold, by name or number (array); the probability of
 *     each label</td></tr>
 * <tr><td>regression</td><td>a float, or an array of floats</td></tr>
 * <tr><td>segmentation, mask</td><td>a PNG file whose numbers are the classes</td></tr>
 * <tr><td>depth, normals, vectors</td><td>{@code struct<shape: array<int>, values: array<float>>},
 *     row-major; NaN where the network gave no value</td></tr>
 * </table>
 *
 * @param column what is answered, and how a table of predictions holds it
 * @param answer name of the column of answers
 * @param probability name of the column of probabilities
 * @param file the form of PNG files, or null where answers are none
 */
record AnswerColumns(TaskColumn column, String answer, String probability, MapFile file)
    implements Serializable {
  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType, false);
  private static final DataType MAP =
      new StructType()
          .add("shape", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
          .add("values", FLOATS, false);

  /** The columns of a task. */
  static AnswerColumns of(TaskColumn column, String answers, String probabilities) {
    TaskKind kind = column.task().kind();
    MapFile file =
        kind == TaskKind.SEGMENTATION || kind == TaskKind.MASK
            ? column.map().flatMap(map -> MapFile.of(column.task(), map, Double.NaN)).orElseThrow()
            : null;
    return new AnswerColumns(column, answers + column.name(), probabilities + column.name(), file);
  }

  private boolean named() {
    return !column.task().classNames().isEmpty();
  }

  private boolean hasProbabilities() {
    return column.task().kind().hasLabels() && !column.task().kind().hasPixels();
  }

  /** The columns in Spark's terms. All are null where an image cannot be read. */
  List<StructField> fields() {
    DataType type =
        switch (column.task().kind()) {
          case CLASSIFICATION -> named() ? DataTypes.StringType : DataTypes.IntegerType;
          case BINARY -> DataTypes.BooleanType;
          case MULTI_LABEL ->
              DataTypes.createArrayType(
                  named() ? DataTypes.StringType : DataTypes.IntegerType, false);
          case REGRESSION -> column.task().classes() == 1 ? DataTypes.FloatType : FLOATS;
          case SEGMENTATION, MASK -> DataTypes.BinaryType;
          case DEPTH, NORMALS, VECTORS -> MAP;
        };
    List<StructField> fields = new ArrayList<>();
    fields.add(DataTypes.createStructField(answer, type, true));
    if (hasProbabilities()) {
      fields.add(DataTypes.createStructField(probability, SQLDataTypes.VectorType(), true));
    }
    return fields;
  }

  /** The values of the columns for one sample, as {@link TaskColumn#value} takes it. */
  List<Object> values(float[] outputs, int sample, int samples) {
    Object value = column.value(outputs, sample, samples);
    List<Object> values = new ArrayList<>();
    switch (column.task().kind()) {
      case CLASSIFICATION -> {
        Row row = (Row) value;
        values.add(row.get(named() ? 1 : 0));
        values.add(vector((Float[]) row.get(row.size() - 1)));
      }
      case BINARY -> {
        Row row = (Row) value;
        values.add(row.get(0));
        double yes = row.getFloat(1);
        values.add(Vectors.dense(new double[] {1 - yes, yes}));
      }
      case MULTI_LABEL -> {
        Row row = (Row) value;
        values.add(row.get(named() ? 1 : 0));
        values.add(vector((Float[]) row.get(row.size() - 1)));
      }
      case REGRESSION -> values.add(value);
      case SEGMENTATION, MASK -> values.add(file.png((byte[]) value));
      case DEPTH, NORMALS, VECTORS -> values.add(map((byte[]) value));
    }
    return values;
  }

  private static Vector vector(Float[] numbers) {
    double[] doubles = new double[numbers.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = numbers[i];
    }
    return Vectors.dense(doubles);
  }

  private Row map(byte[] content) {
    Column form = column.map().orElseThrow();
    Float[] values = new Float[form.elements()];
    for (int i = 0; i < values.length; i++) {
      double stored = form.type().at(content, i);
      values[i] = form.type().isMissing(stored) ? Float.NaN : (float) form.value(stored);
    }
    return RowFactory.create(form.shape().toArray(Integer[]::new), values);
  }
}
