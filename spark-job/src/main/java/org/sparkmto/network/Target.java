package org.sparkmto.network;

import java.util.List;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;

/**
 * What is true of a batch for one task: labels, or real numbers with what is valid of them. The
 * tensors live in the scope of the caller.
 *
 * @param values labels, int64: samples, or samples by labels or by height and width; or real
 *     numbers as a head is to give them: samples by numbers, or samples by channels, height and
 *     width, 0 where they are missing
 * @param valid 1 where real numbers count and 0 elsewhere, shaped like them with one channel; not
 *     used of labels
 * @param soft probabilities of labels, where the task has them, else null: samples by classes, for
 *     pixels by height and width; or of yes, shaped as the labels. Those of the classes of an
 *     element add up to one, or are 0 where it is not labelled
 * @param missing the label that stands for "no label"
 * @param labelled how many elements count: samples, labels, numbers or pixels
 * @param elements how many there are
 */
public record Target(
    Tensor values, Tensor valid, Tensor soft, int missing, double labelled, double elements) {

  /** What is true where there are labels or numbers alone. */
  public Target(Tensor values, Tensor valid, int missing, double labelled, double elements) {
    this(values, valid, null, missing, labelled, elements);
  }

  /** Whether everything is labelled. */
  public boolean complete() {
    return labelled == elements;
  }

  /** The sum of what each valid element comes to; of a pixel with several numbers their mean. */
  public Tensor sumOfValid(Tensor each) {
    // A rank may have got no sample of a batch.
    double numbers = elements == 0 ? 1 : each.numel() / elements;
    return each.mul(valid).sum().div(new Scalar(numbers));
  }

  /** What is true of a batch, task by task. */
  static List<Target> all(Batch batch, NetworkPlan plan, Device device) {
    return plan.tasks().stream()
        .map(
            task ->
                of(batch, plan.targets().get(task.target()), task, TargetScale.of(task, plan))
                    .with(batch, plan.targets().get(task.soft()), task)
                    .on(device))
        .toList();
  }

  /** With what a column says of probabilities; null for a task that has none. */
  Target with(Batch batch, Column column, Task task) {
    if (column == null) {
      return this;
    }
    long[] shape = values.sizes().vec().get();
    if (task.probabilities() > 1) {
      long[] byClass = new long[shape.length + 1];
      System.arraycopy(shape, 0, byClass, 0, 1);
      byClass[1] = task.probabilities();
      System.arraycopy(shape, 1, byClass, 2, shape.length - 1);
      shape = byClass;
    }
    Tensor probabilities =
        HostTensors.floats(Targets.probabilities(batch, column, task), ScalarType.Float, shape);
    return new Target(values, valid, probabilities, missing, labelled, elements);
  }

  private Target on(Device device) {
    return new Target(
        device.take(values),
        valid == null ? null : device.take(valid),
        soft == null ? null : device.take(soft),
        missing,
        labelled,
        elements);
  }

  /**
   * A task's target.
   *
   * @throws DataContractException if a label is neither a class nor "missing", or a column does not
   *     hold what the task needs
   */
  static Target of(Batch batch, Column column, Task task) {
    return of(batch, column, task, TargetScale.NONE);
  }

  /** The same with numbers as a head is to give them. */
  static Target of(Batch batch, Column column, Task task, TargetScale scale) {
    return task.kind().hasLabels()
        ? labels(batch, column, task)
        : numbers(batch, column, task, scale);
  }

  private static Target labels(Batch batch, Column column, Task task) {
    int[] labels = Targets.labels(batch, column, task);
    long[] values = new long[labels.length];
    int labelled = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = labels[i];
      labelled += labels[i] == task.missing() ? 0 : 1;
    }
    Tensor tensor =
        torch.empty(shape(batch, column, task), HostTensors.options(ScalarType.Long), null);
    try (LongPointer data = tensor.data_ptr_long()) {
      data.capacity(values.length).put(values, 0, values.length);
    }
    return new Target(tensor, null, task.missing(), labelled, labels.length);
  }

  private static Target numbers(Batch batch, Column column, Task task, TargetScale scale) {
    float[] values = Targets.values(batch, column, task);
    long[] shape = shape(batch, column, task);
    int channels = task.kind().hasPixels() && shape.length == 4 ? (int) shape[1] : 1;
    int pixels = values.length / Math.max(1, channels * batch.samples());
    float[] valid = new float[values.length / channels];
    int labelled = 0;
    for (int sample = 0; sample < batch.samples(); sample++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        boolean there = true;
        for (int channel = 0; channel < channels; channel++) {
          int at = (sample * channels + channel) * pixels + pixel;
          there &= !Float.isNaN(values[at]);
          values[at] =
              Float.isNaN(values[at])
                  ? 0
                  : scale.standardised(values[at], task.kind().hasPixels() ? channel : pixel);
        }
        valid[sample * pixels + pixel] = there ? 1 : 0;
        labelled += there ? 1 : 0;
      }
    }
    long[] one = shape.clone();
    if (channels > 1) {
      one[1] = 1;
    }
    return new Target(
        HostTensors.floats(values, ScalarType.Float, shape),
        HostTensors.floats(valid, ScalarType.Float, one),
        task.missing(),
        labelled,
        valid.length);
  }

  private static long[] shape(Batch batch, Column column, Task task) {
    if (task.kind().hasPixels()) {
      int axes = column.shape().size();
      long[] shape = new long[axes + 1];
      shape[0] = batch.samples();
      for (int axis = 0; axis < axes; axis++) {
        shape[axis + 1] = column.shape().get(axis);
      }
      return shape;
    }
    int each = task.endElement(column) - task.firstElement();
    boolean single =
        switch (task.kind()) {
          case CLASSIFICATION, BINARY -> true;
          default -> false;
        };
    return single ? new long[] {batch.samples()} : new long[] {batch.samples(), each};
  }
}
