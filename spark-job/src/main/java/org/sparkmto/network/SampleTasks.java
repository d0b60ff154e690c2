package org.sparkmto.network;

import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;

/**
 * Of which task the samples are that go through a network whose tasks have each a batch
 * normalisation of their own, and images of their own: the one that a sample has a label of, or
 * while a task is asked for, that one.
 */
final class SampleTasks {
  private Tensor membership;
  private int asked = -1;

  /** Samples by tasks, 1 where a sample is of a task; null while all are of {@link #asked}. */
  Tensor membership() {
    return membership;
  }

  /** The task that all samples are of. */
  int asked() {
    if (asked < 0) {
      throw new IllegalStateException(
          "batch normalisation of tasks is not told of which task its samples are");
    }
    return asked;
  }

  /**
   * Computes something on samples of these tasks.
   *
   * @param of see {@link #membership}; borrowed
   */
  <T> T during(Tensor of, Supplier<T> work) {
    Tensor before = membership;
    membership = of;
    try {
      return work.get();
    } finally {
      membership = before;
    }
  }

  /** Computes something on samples that are all of one task, by what it has in evaluation. */
  <T> T asking(int task, Supplier<T> work) {
    int before = asked;
    asked = task;
    try {
      return during(null, work);
    } finally {
      asked = before;
    }
  }

  /**
   * A network whose shared part is run for the samples of a batch.
   *
   * @param of see {@link #membership}; borrowed, and used as long as the network is
   */
  Network running(Network network, Tensor of) {
    return new OfSamples(network, this, of);
  }

  /** Which task the samples of a batch are of, in doubles; in the scope of the caller. */
  static Tensor membership(Batch batch, NetworkPlan plan, Device device) {
    List<Task> tasks = plan.tasks();
    int samples = batch.samples();
    float[] of = new float[Math.multiplyExact(samples, tasks.size())];
    int[] owner = new int[samples];
    for (int task = 0; task < tasks.size(); task++) {
      boolean[] labelled =
          labelled(batch, plan.targets().get(tasks.get(task).target()), task, tasks);
      for (int sample = 0; sample < samples; sample++) {
        if (!labelled[sample]) {
          continue;
        }
        if (owner[sample] > 0) {
          throw new DataContractException(
              "a sample has labels of tasks '%s' and '%s', and network.normalisation = task is for data sets in which each sample has those of one task; leave it out"
                  .formatted(tasks.get(owner[sample] - 1).name(), tasks.get(task).name()));
        }
        owner[sample] = task + 1;
        of[sample * tasks.size() + task] = 1;
      }
    }
    return device.take(HostTensors.floats(of, ScalarType.Double, samples, tasks.size()));
  }

  /** Which samples have anything that is true of a task. */
  private static boolean[] labelled(Batch batch, Column column, int number, List<Task> tasks) {
    Task task = tasks.get(number);
    boolean[] labelled = new boolean[batch.samples()];
    if (task.kind().hasLabels()) {
      int[] labels = Targets.labels(batch, column, task);
      for (int i = 0; i < labels.length; i++) {
        labelled[i / (labels.length / labelled.length)] |= labels[i] != task.missing();
      }
    } else {
      float[] values = Targets.values(batch, column, task);
      for (int i = 0; i < values.length; i++) {
        labelled[i / (values.length / labelled.length)] |= !Float.isNaN(values[i]);
      }
    }
    return labelled;
  }

  /** Also where a block is run again: other passes may have been begun in between. */
  private record OfSamples(Network network, SampleTasks tasks, Tensor of) implements Network {
    @Override
    public Tensor encode(List<Tensor> inputs, boolean training) {
      return tasks.during(of, () -> network.encode(inputs, training));
    }

    @Override
    public List<Block> blocks() {
      return network.blocks().stream().map(this::ofSamples).toList();
    }

    private Block ofSamples(Block block) {
      return (given, training) -> tasks.during(of, () -> block.apply(given, training));
    }

    @Override
    public Tensor decode(int task, Tensor representation, boolean training) {
      return network.decode(task, representation, training);
    }

    @Override
    public List<Tensor> early(int task, Tensor representation, boolean training) {
      return network.early(task, representation, training);
    }
  }
}
