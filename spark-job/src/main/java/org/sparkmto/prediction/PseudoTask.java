package org.sparkmto.prediction;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/**
 * A task whose targets are a network's answers: labels as uint8, the most probable one, 255 where
 * it is less probable than the threshold or the network gave no number; beside them, if they are
 * soft, the probabilities as uint16 of 65,535; numbers in the unit of the task, as float32, normals
 * as int16. A depth below zero is missing.
 *
 * @param task the new one
 * @param answers how the network's answers stand
 * @param output which of the network's outputs they are
 * @param columns of the new task
 * @param threshold least probability of a label
 */
record PseudoTask(Task task, TaskColumn answers, int output, List<Column> columns, double threshold)
    implements Serializable {
  private static final String SOFT = "_soft";
  private static final String SOFT_LOSS = "soft-cross-entropy";

  PseudoTask {
    columns = new ArrayList<>(columns); // which can be sent
  }

  /**
   * The task.
   *
   * @param name of the task and, but for what no column can be called, of its column
   * @param column name of the column
   */
  static PseudoTask of(
      String name, String column, TaskColumn answers, int output, boolean soft, double threshold) {
    Task asked = answers.task();
    List<Column> columns = new ArrayList<>();
    List<Integer> map =
        asked.kind().hasPixels() ? List.of(answers.height(), answers.width()) : List.of();
    columns.add(
        switch (asked.kind()) {
          case CLASSIFICATION, BINARY -> labels(column, List.of(1));
          case MULTI_LABEL -> labels(column, List.of(asked.classes()));
          case SEGMENTATION, MASK -> labels(column, map);
          case REGRESSION ->
              new Column(column, Column.Role.TARGET, ElementType.FLOAT32, List.of(asked.classes()))
                  .measured(1, 0, answers.unit());
          case DEPTH, NORMALS, VECTORS -> renamed(answers.map().orElseThrow(), column);
        });
    Task task =
        Task.of(name, asked.kind(), asked.inputs(), column, asked.classes())
            .named(asked.classNames());
    if (soft) {
      List<Integer> shape = new ArrayList<>(columns.get(0).shape());
      if (asked.kind() == TaskKind.CLASSIFICATION) {
        shape.set(0, asked.classes());
      } else if (asked.kind() == TaskKind.SEGMENTATION) {
        shape.add(0, asked.classes());
      }
      columns.add(
          new Column(column + SOFT, Column.Role.TARGET, ElementType.UINT16, shape)
              .measured(1.0 / Targets.CERTAIN, 0, ""));
      task = task.withSoft(column + SOFT).withLoss(SOFT_LOSS);
    }
    return new PseudoTask(task, answers, output, columns, threshold);
  }

  private static Column labels(String name, List<Integer> shape) {
    return new Column(name, Column.Role.TARGET, ElementType.UINT8, shape);
  }

  private static Column renamed(Column column, String name) {
    return new Column(
        name,
        column.role(),
        column.type(),
        column.shape(),
        column.scale(),
        column.offset(),
        column.unit());
  }

  /**
   * What its columns hold of one sample.
   *
   * @param outputs of the network for the task, sample after sample
   * @param sample which
   * @param samples how many the outputs are of
   */
  List<byte[]> content(float[] outputs, int sample, int samples) {
    int each = outputs.length / samples;
    int from = sample * each;
    return switch (task.kind()) {
      case CLASSIFICATION, SEGMENTATION -> classes(outputs, from, each);
      case BINARY, MASK, MULTI_LABEL -> yesOrNo(outputs, from, each);
      case NORMALS -> List.of((byte[]) answers.value(outputs, sample, samples));
      case REGRESSION, DEPTH, VECTORS -> List.of(numbers(outputs, from, each));
    };
  }

  private List<byte[]> classes(float[] outputs, int from, int each) {
    int classes = task.classes();
    int places = each / classes;
    byte[] labels = new byte[places];
    ByteBuffer soft = ByteBuffer.allocate(2 * each).order(ByteOrder.LITTLE_ENDIAN);
    double[] probabilities = new double[classes];
    for (int place = 0; place < places; place++) {
      int best = 0;
      for (int k = 0; k < classes; k++) {
        float output = outputs[from + k * places + place];
        best = output > outputs[from + best * places + place] ? k : best;
      }
      double greatest = outputs[from + best * places + place];
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        probabilities[k] = Math.exp(outputs[from + k * places + place] - greatest);
        sum += probabilities[k];
      }
      boolean known = Double.isFinite(sum);
      labels[place] = (byte) (known && 1 / sum >= threshold ? best : Task.MISSING);
      for (int k = 0; known && k < classes; k++) {
        soft.putShort(2 * (k * places + place), stored(probabilities[k] / sum));
      }
    }
    return task.isSoft() ? List.of(labels, soft.array()) : List.of(labels);
  }

  private List<byte[]> yesOrNo(float[] outputs, int from, int each) {
    byte[] labels = new byte[each];
    ByteBuffer soft = ByteBuffer.allocate(2 * each).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < each; i++) {
      double yes = 1 / (1 + Math.exp(-outputs[from + i]));
      boolean known = !Double.isNaN(yes);
      labels[i] =
          (byte) (known && Math.max(yes, 1 - yes) >= threshold ? yes > 0.5 ? 1 : 0 : Task.MISSING);
      soft.putShort(2 * i, known ? stored(yes) : 0);
    }
    return task.isSoft() ? List.of(labels, soft.array()) : List.of(labels);
  }

  private static short stored(double probability) {
    return (short) Math.round(probability * Targets.CERTAIN);
  }

  private byte[] numbers(float[] outputs, int from, int each) {
    ByteBuffer floats = ByteBuffer.allocate(4 * each).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < each; i++) {
      float output = outputs[from + i];
      floats.putFloat(task.kind() == TaskKind.DEPTH && output < 0 ? Float.NaN : output);
    }
    return floats.array();
  }
}
