package org.sparkmto.training;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.sparkmto.configuration.DeviceChoice;
import org.sparkmto.network.Device;
import org.sparkmto.options.ConfigurationException;

/**
 * Where the ranks of an attempt compute: all on GPUs or all on the CPU, because their exchange is
 * of one kind. Every rank decides it for itself from what all have found, and so all decide alike.
 *
 * @param devices by rank
 * @param words one line for people; empty if there is nothing to say
 */
public record Placement(List<Device> devices, String words) {
  private static final int MOST_NAMED = 16;

  public Placement {
    devices = List.copyOf(devices);
  }

  /**
   * Decides for ranks of which each was to get a GPU from Spark.
   *
   * @param found by all ranks, in their order
   * @throws ConfigurationException if they are to compute on GPUs and cannot: which ranks, and why
   */
  public static Placement of(DeviceChoice choice, List<RankGpu> found) {
    List<RankGpu> without = found.stream().filter(gpu -> !gpu.assigned()).toList();
    List<RankGpu> hindered = found.stream().filter(gpu -> !gpu.obstacle().isEmpty()).toList();
    if (choice == DeviceChoice.CPU) {
      return onCpu(found, "");
    }
    List<RankGpu> together = together(found);
    if (without.isEmpty() && hindered.isEmpty() && together.isEmpty()) {
      return new Placement(
          found.stream().map(RankGpu::device).toList(),
          listed(found, gpu -> true, gpu -> gpu.words() + " computes on " + gpu.device()));
    }
    String reason =
        !without.isEmpty()
            ? absence(found, without)
            : !hindered.isEmpty() ? obstacle(hindered) : sharing(together);
    if (choice == DeviceChoice.CUDA) {
      throw new ConfigurationException("cluster.device = cuda, but " + reason);
    }
    return onCpu(found, "all ranks compute on the CPU: " + reason);
  }

  /** The ranks that have got a GPU which another one has, too; of one such GPU. */
  private static List<RankGpu> together(List<RankGpu> found) {
    Map<String, List<RankGpu>> byGpu =
        found.stream()
            .filter(gpu -> !gpu.uuid().isEmpty())
            .collect(Collectors.groupingBy(RankGpu::uuid, TreeMap::new, Collectors.toList()));
    return byGpu.values().stream().filter(ranks -> ranks.size() > 1).findFirst().orElse(List.of());
  }

  private static String sharing(List<RankGpu> together) {
    return ("%s have one GPU, %s, and each needs one of its own; two workers of a machine must not"
            + " report the same one, see SPARK_MTO_GPUS in docs/gpu.md")
        .formatted(listed(together), together.get(0).uuid());
  }

  private static Placement onCpu(List<RankGpu> found, String words) {
    return new Placement(found.stream().map(gpu -> Device.CPU).toList(), words);
  }

  private static String absence(List<RankGpu> found, List<RankGpu> without) {
    List<RankGpu> with = found.stream().filter(RankGpu::assigned).toList();
    return with.isEmpty()
        ? "Spark has assigned no GPU to %s; set %s=1".formatted(listed(without), GpuTasks.PER_TASK)
        : "Spark has assigned no GPU to %s, but one to %s; ranks compute on GPUs all or none"
            .formatted(listed(without), listed(with));
  }

  /** That of the first, and who else has the same. */
  private static String obstacle(List<RankGpu> hindered) {
    String first = hindered.get(0).obstacle();
    return "a GPU is of no use to "
        + listed(hindered, gpu -> gpu.obstacle().equals(first), RankGpu::words)
        + ", because "
        + first;
  }

  private static String listed(List<RankGpu> ranks) {
    return listed(ranks, gpu -> true, RankGpu::words);
  }

  private static String listed(
      List<RankGpu> ranks, Predicate<RankGpu> chosen, Function<RankGpu, String> words) {
    List<RankGpu> all = ranks.stream().filter(chosen).toList();
    String named = all.stream().limit(MOST_NAMED).map(words).collect(Collectors.joining(", "));
    return all.size() <= MOST_NAMED ? named : named + " and " + (all.size() - MOST_NAMED) + " more";
  }
}
