package org.sparkmto.training;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.ParameterLayout;

/**
 * A network and one batch of synthetic data for it: enough to measure steps without a data set.
 *
 * @param network registered name
 * @param options the network's settings; those not set take its defaults
 * @param data images and tasks
 * @param batch images of the global batch
 */
public record SyntheticProblem(
    String network, Map<String, Long> options, SyntheticData data, int batch)
    implements Serializable {

  public SyntheticProblem {
    if (batch < 1) {
      throw new IllegalArgumentException("batch = " + batch + ": it must be 1 or more");
    }
    options = Collections.unmodifiableMap(new TreeMap<>(options));
  }

  /**
   * A ResNet-18 with binary tasks on square images.
   *
   * @param tasks number of tasks, K
   * @param width channels of the network's first layer; 64 is the ResNet-18 of the paper
   * @param side height and width of an image
   * @param batch images of the global batch
   */
  public static SyntheticProblem residual(int tasks, int width, int side, int batch) {
    for (int number : List.of(tasks, width, side)) {
      if (number < 1) {
        throw new IllegalArgumentException(
            "tasks = %d, width = %d, side = %d: all must be 1 or more"
                .formatted(tasks, width, side));
      }
    }
    return new SyntheticProblem(
        "resnet18",
        Map.of("width", (long) width),
        SyntheticData.binary("binary", tasks, side, side),
        batch);
  }

  NetworkPlan plan() {
    return new NetworkPlan(
        network,
        options,
        data.tasks(),
        List.of(data.image()),
        data.targets().stream().collect(Collectors.toMap(Column::name, Function.identity())),
        data.statistics());
  }

  /**
   * Number of parameters that all tasks share; allocates none.
   *
   * @throws IllegalArgumentException if the network cannot take the data
   */
  public long sharedParameters() {
    return plan().layout().shared();
  }

  /**
   * Number of parameters of every task's head, in the order of the tasks.
   *
   * @throws IllegalArgumentException if the network cannot take the data
   */
  public Map<String, Long> headParameters() {
    ParameterLayout layout = plan().layout();
    Map<String, Long> heads = new LinkedHashMap<>();
    for (Task task : data.tasks()) {
      heads.put(task.name(), layout.heads().get(heads.size()));
    }
    return heads;
  }

  /** A rank's part of the batch; parts differ by one sample at most. */
  Batch part(int rank, int ranks) {
    return data.samples(
        (int) ((long) batch * rank / ranks), (int) ((long) batch * (rank + 1) / ranks));
  }
}
