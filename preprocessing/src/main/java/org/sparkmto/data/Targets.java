package org.sparkmto.data;

/** What is true of the samples of a batch for one task, as plain numbers. */
public final class Targets {
  /** What a stored probability of one is. */
  public static final int CERTAIN = 65_535;

  private Targets() {}

  /**
   * The labels of a task that has labels: sample after sample, each with its elements in the order
   * of the column; {@link Task#missing} where there is none.
   *
   * @throws DataContractException if the column is not uint8, does not hold the batch's samples, or
   *     has a label that is neither a class nor "missing"
   */
  public static int[] labels(Batch batch, Column column, Task task) {
    byte[] bytes = bytes(batch, column);
    if (column.type() != ElementType.UINT8) {
      throw new DataContractException(
          "labels of task '" + task.name() + "' are " + column.type().label() + ", not uint8");
    }
    int from = task.firstElement();
    int each = task.endElement(column) - from;
    int classes = task.kind() == TaskKind.MULTI_LABEL ? 2 : task.classes();
    int[] labels = new int[Math.multiplyExact(batch.samples(), each)];
    for (int i = 0; i < labels.length; i++) {
      int label = bytes[i / each * column.elements() + from + i % each] & 0xff;
      if (label >= classes && label != task.missing()) {
        throw new DataContractException(
            "label " + label + " of task '" + task.name() + "' is none of its " + classes);
      }
      labels[i] = label;
    }
    return labels;
  }

  /**
   * The numbers of a task that has none but real ones, in the unit of the column: sample after
   * sample, each with its elements in the order of the column; NaN where there is none.
   *
   * @throws DataContractException if the column does not hold the batch's samples
   */
  public static float[] values(Batch batch, Column column, Task task) {
    byte[] bytes = bytes(batch, column);
    ElementType type = column.type();
    int from = task.firstElement();
    int each = task.endElement(column) - from;
    float[] values = new float[Math.multiplyExact(batch.samples(), each)];
    for (int i = 0; i < values.length; i++) {
      double stored = type.at(bytes, i / each * column.elements() + from + i % each);
      values[i] = type.isMissing(stored) ? Float.NaN : (float) column.value(stored);
    }
    return values;
  }

  /**
   * The probabilities of a task that has them: sample after sample, each as the column has them.
   * Those of the classes of a sample or pixel add up to one, or are all 0 where nothing is known.
   *
   * @param column of the probabilities, uint16
   * @throws DataContractException if the column does not hold the batch's samples
   */
  public static float[] probabilities(Batch batch, Column column, Task task) {
    byte[] bytes = bytes(batch, column);
    float[] values = new float[Math.multiplyExact(batch.samples(), column.elements())];
    int classes = task.probabilities();
    int places = column.elements() / classes;
    for (int sample = 0; sample < batch.samples(); sample++) {
      for (int place = 0; place < places; place++) {
        int first = sample * column.elements() + place;
        double sum = classes == 1 ? CERTAIN : 0;
        for (int k = 0; classes > 1 && k < classes; k++) {
          sum += column.type().at(bytes, first + k * places);
        }
        for (int k = 0; k < classes; k++) {
          int at = first + k * places;
          values[at] = sum == 0 ? 0 : (float) (column.type().at(bytes, at) / sum);
        }
      }
    }
    return values;
  }

  private static byte[] bytes(Batch batch, Column column) {
    byte[] bytes = batch.column(column.name());
    if (bytes.length != Math.multiplyExact(batch.samples(), column.bytes())) {
      throw new DataContractException(
          "column '" + column.name() + "' has " + bytes.length + " bytes in a batch");
    }
    return bytes;
  }
}
