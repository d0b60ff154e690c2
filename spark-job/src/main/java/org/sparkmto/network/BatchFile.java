package org.sparkmto.network;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Task;

/**
 * A batch as a network and its losses see it, in a safetensors file of 32-bit numbers, so that
 * another engine can compute with the same numbers. Beside {@link Weights#write} that is all it
 * needs.
 *
 * <ul>
 *   <li>An input has the name of its column; it is standardised.
 *   <li>{@code target.TASK} has the labels or real numbers of a task, with an axis for channels
 *       behind that of samples; 0 where they are missing.
 *   <li>{@code valid.TASK} is 1 where they count and 0 elsewhere.
 *   <li>{@code loss.TASK}, the name of a loss, and {@code option.NAME}, a setting of the network as
 *       it was given, are in the file's metadata.
 * </ul>
 */
public final class BatchFile {
  private BatchFile() {}

  /**
   * Writes a batch.
   *
   * @param out the caller's to close
   * @throws IllegalArgumentException if a task has no loss that it could be trained with
   */
  public static void write(OutputStream out, NetworkPlan plan, Batch batch) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      Map<String, String> words = new TreeMap<>();
      List<Tensor> inputs = HostTensors.inputs(batch, plan, Device.CPU);
      for (int i = 0; i < plan.inputs().size(); i++) {
        tensors.put(plan.inputs().get(i).name(), inputs.get(i));
      }
      List<Target> targets = Target.all(batch, plan, Device.CPU);
      for (int i = 0; i < targets.size(); i++) {
        Task task = plan.tasks().get(i);
        addTarget(task.name(), targets.get(i), task.kind().hasPixels(), tensors);
        words.put("loss." + task.name(), TaskLosses.nameOf(task));
      }
      plan.options().forEach((name, value) -> words.put("option." + name, value.toString()));
      write(out, tensors, words);
    }
  }

  private static void addTarget(
      String task, Target target, boolean pixels, Map<String, Tensor> tensors) {
    Tensor values = target.values();
    Tensor valid = target.valid();
    if (valid == null) {
      valid = values.ne(new Scalar(target.missing()));
      values = values.mul(valid);
    }
    tensors.put("target." + task, withChannels(values, pixels));
    tensors.put("valid." + task, withChannels(valid, pixels));
  }

  private static Tensor withChannels(Tensor values, boolean pixels) {
    return values.dim() < (pixels ? 4 : 2) ? values.unsqueeze(1) : values;
  }

  private static void write(
      OutputStream out, Map<String, Tensor> tensors, Map<String, String> words) throws IOException {
    List<Safetensors.Declared> declared = new ArrayList<>();
    tensors.forEach(
        (name, tensor) -> {
          List<Long> shape = new ArrayList<>();
          for (int axis = 0; axis < tensor.dim(); axis++) {
            shape.add(tensor.size(axis));
          }
          declared.add(new Safetensors.Declared(name, Safetensors.Dtype.F32, shape));
        });
    SafetensorsWriter writer = new SafetensorsWriter(out, declared, words);
    for (Tensor tensor : tensors.values()) {
      float[] values = HostTensors.floats(tensor.toType(ScalarType.Float));
      writer.floats(values, 0, values.length);
    }
    writer.finish();
  }
}
