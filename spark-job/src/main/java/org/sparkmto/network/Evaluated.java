package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Batch;

/**
 * A network in evaluation mode: what it says of a batch, and how far that is from what is true.
 *
 * @param plan of the network, with the preference that it is asked for
 * @param sampleTasks of which task samples are; null if tasks share their batch normalisation
 * @param numbers that it computes in
 */
record Evaluated(
    Network network, NetworkPlan plan, SampleTasks sampleTasks, Device device, ScalarType numbers) {

  /**
   * Runs a batch forward.
   *
   * @param objectives the losses of the tasks; none if losses are not wanted
   * @param labels whether samples go by the tasks that they have labels of, where it matters
   */
  JudgedBatch judge(Batch batch, List<Objective> objectives, boolean labels) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      int tasks = plan.tasks().size();
      double[] lossSums = new double[tasks];
      double[] labelled = new double[tasks];
      boolean losses = !objectives.isEmpty();
      List<Target> targets = losses ? Target.all(batch, plan, device) : List.of();
      IntFunction<Tensor> z =
          representations(
              HostTensors.inputs(batch, plan, device, numbers),
              () -> labels ? SampleTasks.membership(batch, plan, device) : null);
      List<float[]> outputs = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        Tensor output = network.decode(task, z.apply(task), false).contiguous();
        if (losses) {
          labelled[task] = targets.get(task).labelled();
          lossSums[task] =
              HostTensors.doubles(objectives.get(task).sum(output, targets.get(task)))[0];
        }
        float[] values = HostTensors.floats(output);
        TargetScale.of(plan.tasks().get(task), plan)
            .restore(values, (int) (output.dim() == 4 ? output.size(2) * output.size(3) : 1));
        outputs.add(values);
      }
      return new JudgedBatch(outputs, lossSums, labelled);
    }
  }

  /**
   * What each task's head reads.
   *
   * @param membership gives that of samples with labels, null if each task is to be asked
   */
  private IntFunction<Tensor> representations(List<Tensor> inputs, Supplier<Tensor> membership) {
    if (!plan.normalisedByTask()) {
      Tensor z = network.encode(inputs, false);
      return task -> z;
    }
    Tensor of = membership.get();
    if (of == null) {
      return task -> sampleTasks.asking(task, () -> network.encode(inputs, false));
    }
    Tensor z = sampleTasks.during(of, () -> network.encode(inputs, false));
    return task -> z;
  }
}
