package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.TargetRange;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/**
 * How real numbers in the unit of a target become those that a head is trained to give, and back:
 * less their mean, divided by their deviation over the training split. Of a map there is one for
 * each channel, otherwise one for each number.
 *
 * @param mean in the unit of the target; none where a head gives the numbers themselves
 * @param deviation in the unit of the target, above zero
 */
record TargetScale(List<Double> mean, List<Double> deviation) {
  /** A head gives the numbers themselves. */
  static final TargetScale NONE = new TargetScale(List.of(), List.of());

  private static final Spelling RESTORED =
      Spelling.of(
          "%s * torch.tensor(%s, device=%s.device).view(%s)"
              + " + torch.tensor(%s, device=%s.device).view(%s)");

  TargetScale {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
  }

  /** The scale of a task in a plan: by the statistics of its target's column, if it has some. */
  static TargetScale of(Task task, NetworkPlan plan) {
    ChannelStatistics statistics = plan.statistics().get(task.target());
    if (statistics == null || !fits(task.kind())) {
      return NONE;
    }
    int from = task.kind().hasPixels() ? 0 : task.firstElement();
    int to =
        task.kind().hasPixels()
            ? statistics.mean().size()
            : task.endElement(plan.targets().get(task.target()));
    return new TargetScale(
        statistics.mean().subList(from, to), statistics.deviation().subList(from, to));
  }

  /**
   * Whether numbers of a kind are standardised: all but normals, whose length is 1 already and of
   * which each axis says nothing without the others.
   */
  static boolean fits(TaskKind kind) {
    return !kind.hasLabels() && kind != TaskKind.NORMALS;
  }

  /**
   * The statistics of a target's column with those of one more task. A number that never varies in
   * the training split, or is never there, is divided by 1.
   *
   * @param soFar those of other tasks on the same column, or null
   * @return null if the data set does not know how the target is spread
   */
  static ChannelStatistics statistics(
      Task task, DatasetManifest manifest, ChannelStatistics soFar) {
    TargetRange range = manifest.ranges().get(task.name());
    if (range == null || range.channels().stream().anyMatch(TargetScale::isUnknown)) {
      return null;
    }
    Column column = manifest.column(task.target());
    int all = task.kind().hasPixels() ? range.channels().size() : column.elements();
    List<Double> mean = soFar == null ? filled(all, 0) : new ArrayList<>(soFar.mean());
    List<Double> deviation = soFar == null ? filled(all, 1) : new ArrayList<>(soFar.deviation());
    int from = task.kind().hasPixels() ? 0 : task.firstElement();
    for (int c = 0; c < range.channels().size(); c++) {
      TargetRange.Channel channel = range.channels().get(c);
      mean.set(from + c, channel.valid() > 0 ? channel.mean() : 0);
      deviation.set(from + c, channel.deviation() > 0 ? channel.deviation() : 1);
    }
    return new ChannelStatistics(mean, deviation);
  }

  private static boolean isUnknown(TargetRange.Channel channel) {
    return channel.valid() > 0 && Double.isNaN(channel.deviation());
  }

  private static List<Double> filled(int length, double value) {
    List<Double> list = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      list.add(value);
    }
    return list;
  }

  /** What a head is to give for a number; NaN of NaN. */
  float standardised(float value, int channel) {
    return mean.isEmpty() ? value : (float) ((value - mean.get(channel)) / deviation.get(channel));
  }

  /**
   * What a head has given, in the unit of the target, for a {@link NetworkProgram}.
   *
   * @param outputs samples by channels, of maps by height and width
   */
  Tensor restored(Tensor outputs) {
    if (mean.isEmpty()) {
      return outputs;
    }
    List<Long> axes = outputs.dim() == 4 ? List.of((long) mean.size(), 1L, 1L) : List.of(-1L);
    // Only the text is wanted; numbers are restored in double precision.
    return NetworkTrace.note(
        outputs.clone(), RESTORED, outputs, deviation, outputs, axes, mean, outputs, axes);
  }

  /**
   * What a head has given, in the unit of the target, in place.
   *
   * @param outputs samples by channels, each of so many pixels
   * @param pixels 1 where the task is of whole samples
   */
  void restore(float[] outputs, int pixels) {
    int channels = mean.size();
    for (int i = 0; channels > 0 && i < outputs.length; i++) {
      int channel = i / pixels % channels;
      outputs[i] = (float) (outputs[i] * deviation.get(channel) + mean.get(channel));
    }
  }
}
