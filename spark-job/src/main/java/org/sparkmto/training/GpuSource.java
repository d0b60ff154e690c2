package org.sparkmto.training;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * Where a rank looks for its GPU.
 *
 * @param asked whether Spark was asked for GPUs for the ranks; where it was not, nobody looks
 * @param ofDriver addresses that the driver has for ranks that run inside it; empty where executors
 *     have their own
 */
record GpuSource(boolean asked, List<String> ofDriver) implements Serializable {
  /** No rank has a GPU. */
  static final GpuSource NONE = new GpuSource(false, List.of());

  GpuSource {
    ofDriver = List.copyOf(ofDriver);
  }

  /** The address of the one GPU that a rank may use; empty if it has none. */
  Optional<String> address(BarrierTaskContext context) {
    if (!ofDriver.isEmpty()) {
      return ofDriver.stream().skip(context.partitionId()).findFirst();
    }
    ResourceInformation assigned = context.resourcesJMap().get(GpuTasks.GPU);
    return assigned == null ? Optional.empty() : Arrays.stream(assigned.addresses()).findFirst();
  }
}
