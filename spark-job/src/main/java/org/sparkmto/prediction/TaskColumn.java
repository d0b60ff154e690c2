package org.sparkmto.prediction;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.network.NetworkPlan;

/**
 * How the answers to a task stand in the table.
 *
 * <table>
 * <caption>Columns by kind of task</caption>
 * <tr><td>classification</td><td>{@code struct<label: int, name: string, probability: float,
 *     probabilities: array<float>>}: the class of the largest probability, the first of equals, its
 *     name, its probability, and those of all classes; without {@code name} where classes have no
 *     names; all but the last are null if the network gave no number</td></tr>
 * <tr><td>binary</td><td>{@code struct<decision: boolean, probability: float>}: yes where the
 *     probability of yes is above one half, or from the threshold on that the model has from its
 *     validation split; null if the network gave no number</td></tr>
 * <tr><td>multi-label</td><td>{@code struct<labels: array<int>, names: array<string>,
 *     probabilities: array<float>>}: the labels whose probability is above one half, or from
 *     their thresholds on, their names,
 *     and the probability of each label; without the second where labels have no names</td></tr>
 * <tr><td>regression</td><td>{@code float}, or {@code array<float>} where the task has several
 *     numbers, in the unit of the target</td></tr>
 * <tr><td>segmentation</td><td>uint8 {@code [H, W]}: class of the largest output, the first of
 *     equals; 255 where the network gave no number</td></tr>
 * <tr><td>mask</td><td>uint8 {@code [H, W]}: 1 where the probability is above one half, else 0;
 *     255 where the network gave no number</td></tr>
 * <tr><td>depth</td><td>float32 {@code [H, W]}, in the unit of the target</td></tr>
 * <tr><td>normals</td><td>int16 {@code [3, H, W]}: unit vectors (x right, y down, z forward) times
 *     32767; -32768 where the network gave no direction</td></tr>
 * <tr><td>vectors</td><td>float32 {@code [C, H, W]}, in the unit of the target</td></tr>
 * </table>
 *
 * Maps are little-endian and row-major, as the columns of shards are.
 *
 * @param name of the column
 * @param task what was asked
 * @param unit of real numbers; empty where there is none
 * @param height rows of the map; 0 if the task is of whole samples
 * @param width columns of the map; 0 if the task is of whole samples
 * @param thresholds from which logit on the answer is yes, one for each label; NaN, or none, for
 *     yes above one half
 */
record TaskColumn(
    String name, Task task, String unit, int height, int width, List<Double> thresholds)
    implements Serializable {
  /** Stored normals times this are unit vectors. */
  static final double NORMAL_SCALE = 1.0 / 32767;

  private static final String LABEL = "label";
  private static final String NAME = "name";
  private static final String LABELS = "labels";
  private static final String NAMES = "names";
  private static final String DECISION = "decision";
  private static final String PROBABILITY = "probability";
  private static final String PROBABILITIES = "probabilities";

  /** Takes a copy that can be sent. */
  TaskColumn {
    thresholds = List.copyOf(thresholds);
  }

  /** A column whose answers are yes above one half. */
  TaskColumn(String name, Task task, String unit, int height, int width) {
    this(name, task, unit, height, width, List.of());
  }

  private boolean isYes(float logit, int label) {
    double threshold = label < thresholds.size() ? thresholds.get(label) : Double.NaN;
    return Double.isNaN(threshold) ? logit > 0 : logit >= threshold;
  }

  /** The columns of a network's tasks, in their order, with the thresholds of those that have. */
  static List<TaskColumn> of(NetworkPlan plan, Map<String, List<Double>> thresholds) {
    List<String> names = ColumnNames.of(plan.tasks().stream().map(Task::name).toList());
    List<TaskColumn> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Task task = plan.tasks().get(i);
      Column target = plan.targets().get(task.target());
      List<Integer> shape = target.shape();
      int axes = shape.size();
      boolean pixels = task.kind().hasPixels();
      columns.add(
          new TaskColumn(
              names.get(i),
              task,
              task.kind() == TaskKind.NORMALS || task.kind().hasLabels() ? "" : target.unit(),
              pixels ? shape.get(axes - 2) : 0,
              pixels ? shape.get(axes - 1) : 0,
              thresholds.getOrDefault(task.name(), List.of())));
    }
    return columns;
  }

  /** The form of the map, if the answer is one. */
  Optional<Column> map() {
    List<Integer> plane = List.of(height, width);
    List<Integer> planes = List.of(task.classes(), height, width);
    return switch (task.kind()) {
      case SEGMENTATION, MASK -> Optional.of(column(ElementType.UINT8, plane, 1));
      case DEPTH -> Optional.of(column(ElementType.FLOAT32, plane, 1));
      case NORMALS -> Optional.of(column(ElementType.INT16, planes, NORMAL_SCALE));
      case VECTORS -> Optional.of(column(ElementType.FLOAT32, planes, 1));
      case CLASSIFICATION, BINARY, MULTI_LABEL, REGRESSION -> Optional.empty();
    };
  }

  private Column column(ElementType type, List<Integer> shape, double scale) {
    return new Column(name, Column.Role.TARGET, type, shape).measured(scale, 0, unit);
  }

  /** The column in Spark's terms. */
  StructField field() {
    DataType floats = DataTypes.createArrayType(DataTypes.FloatType, false);
    boolean named = !task.classNames().isEmpty();
    DataType type =
        switch (task.kind()) {
          case CLASSIFICATION -> {
            StructType struct = new StructType().add(LABEL, DataTypes.IntegerType, true);
            if (named) {
              struct = struct.add(NAME, DataTypes.StringType, true);
            }
            yield struct
                .add(PROBABILITY, DataTypes.FloatType, true)
                .add(PROBABILITIES, floats, false);
          }
          case BINARY ->
              new StructType()
                  .add(DECISION, DataTypes.BooleanType, true)
                  .add(PROBABILITY, DataTypes.FloatType, false);
          case MULTI_LABEL -> {
            StructType struct =
                new StructType()
                    .add(LABELS, DataTypes.createArrayType(DataTypes.IntegerType, false), false);
            if (named) {
              struct =
                  struct.add(NAMES, DataTypes.createArrayType(DataTypes.StringType, false), false);
            }
            yield struct.add(PROBABILITIES, floats, false);
          }
          case REGRESSION -> task.classes() == 1 ? DataTypes.FloatType : floats;
          case SEGMENTATION, MASK, DEPTH, NORMALS, VECTORS -> DataTypes.BinaryType;
        };
    return DataTypes.createStructField(name, type, false);
  }

  /**
   * The answer for one sample.
   *
   * @param outputs of the network for the task, sample after sample
   * @param sample which
   * @param samples how many the outputs are of
   */
  Object value(float[] outputs, int sample, int samples) {
    int each = outputs.length / samples;
    int from = sample * each;
    return switch (task.kind()) {
      case CLASSIFICATION -> classification(outputs, from, each);
      case BINARY -> {
        float logit = outputs[from];
        Boolean decision = Float.isNaN(logit) ? null : Boolean.valueOf(isYes(logit, 0));
        yield RowFactory.create(decision, probability(logit));
      }
      case MULTI_LABEL -> labels(outputs, from, each);
      case REGRESSION -> {
        Float[] numbers = new Float[each];
        for (int i = 0; i < each; i++) {
          numbers[i] = outputs[from + i];
        }
        yield task.classes() == 1 ? numbers[0] : numbers;
      }
      case SEGMENTATION -> {
        byte[] labels = new byte[height * width];
        for (int i = 0; i < labels.length; i++) {
          labels[i] = (byte) largest(outputs, from + i, each / labels.length, labels.length);
        }
        yield labels;
      }
      case MASK -> {
        byte[] labels = new byte[height * width];
        for (int i = 0; i < labels.length; i++) {
          float logit = outputs[from + i];
          labels[i] = (byte) (Float.isNaN(logit) ? Task.MISSING : logit > 0 ? 1 : 0);
        }
        yield labels;
      }
      case DEPTH, VECTORS -> {
        ByteBuffer floats = ByteBuffer.allocate(4 * each).order(ByteOrder.LITTLE_ENDIAN);
        floats.asFloatBuffer().put(outputs, from, each);
        yield floats.array();
      }
      case NORMALS -> normals(outputs, from);
    };
  }

  private Row classification(float[] outputs, int from, int classes) {
    int label = largest(outputs, from, classes, 1);
    Float[] probabilities = softmax(outputs, from, classes);
    Integer known = label == Task.MISSING ? null : Integer.valueOf(label);
    Float probability = known == null ? null : probabilities[label];
    return task.classNames().isEmpty()
        ? RowFactory.create(known, probability, probabilities)
        : RowFactory.create(
            known, known == null ? null : task.classNames().get(label), probability, probabilities);
  }

  private Row labels(float[] outputs, int from, int each) {
    List<Integer> labels = new ArrayList<>();
    Float[] probabilities = new Float[each];
    for (int i = 0; i < each; i++) {
      float logit = outputs[from + i];
      probabilities[i] = probability(logit);
      if (isYes(logit, i)) {
        labels.add(i);
      }
    }
    Integer[] yes = labels.toArray(Integer[]::new);
    return task.classNames().isEmpty()
        ? RowFactory.create(yes, probabilities)
        : RowFactory.create(
            yes, labels.stream().map(task.classNames()::get).toArray(String[]::new), probabilities);
  }

  /** The class of the largest output, the first of equals; 255 if one is not a number. */
  private static int largest(float[] outputs, int from, int classes, int step) {
    int best = 0;
    for (int k = 0; k < classes; k++) {
      float output = outputs[from + k * step];
      if (Float.isNaN(output)) {
        return Task.MISSING;
      }
      if (output > outputs[from + best * step]) {
        best = k;
      }
    }
    return best;
  }

  private static Float[] softmax(float[] outputs, int from, int classes) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      greatest = Math.max(greatest, outputs[from + k]);
    }
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      sum += Math.exp(outputs[from + k] - greatest);
    }
    Float[] probabilities = new Float[classes];
    for (int k = 0; k < classes; k++) {
      probabilities[k] = (float) (Math.exp(outputs[from + k] - greatest) / sum);
    }
    return probabilities;
  }

  private static float probability(float logit) {
    return (float) (1 / (1 + Math.exp(-logit)));
  }

  private byte[] normals(float[] outputs, int from) {
    int area = height * width;
    ByteBuffer shorts = ByteBuffer.allocate(6 * area).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < area; i++) {
      double square = 0;
      for (int c = 0; c < 3; c++) {
        double component = outputs[from + c * area + i];
        square += component * component;
      }
      boolean known = square > 0 && Double.isFinite(square);
      double length = Math.sqrt(square);
      for (int c = 0; c < 3; c++) {
        long stored =
            known
                ? Math.round(outputs[from + c * area + i] / length / NORMAL_SCALE)
                : (long) ElementType.INT16.missing();
        shorts.putShort(2 * (c * area + i), (short) stored);
      }
    }
    return shorts.array();
  }
}
