package org.sparkmto.training;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.sparkmto.network.Device;

/**
 * What one rank has found of a GPU of its own.
 *
 * @param rank which one
 * @param host where it runs
 * @param address of the GPU that Spark has assigned to it; empty if none
 * @param device the GPU as CUDA names it in this process; the CPU if there is none that it can name
 * @param uuid the name that no other GPU has; empty where nobody needs it
 * @param obstacle why libtorch cannot compute on it, one sentence; empty if it can
 */
public record RankGpu(
    int rank, String host, String address, Device device, String uuid, String obstacle) {
  private static final int FIELDS = 5;

  public RankGpu {
    obstacle = obstacle.replaceAll("\\s+", " ");
  }

  /**
   * Looks at the GPU that Spark has assigned.
   *
   * @param address as Spark's discovery script has named it
   * @param visible CUDA_VISIBLE_DEVICES of this process; empty if it is not set
   * @param unusable why libtorch cannot compute on a device, or ranks cannot exchange from it
   * @param uuid the name of a device that can be used
   */
  public static RankGpu found(
      int rank,
      String host,
      Optional<String> address,
      Optional<String> visible,
      Function<Device, Optional<String>> unusable,
      Function<Device, String> uuid) {
    if (address.isEmpty()) {
      return new RankGpu(rank, host, "", Device.CPU, "", "");
    }
    String name = address.get().strip();
    try {
      Device device = device(name, visible);
      Optional<String> obstacle = unusable.apply(device);
      return new RankGpu(
          rank,
          host,
          name,
          device,
          obstacle.isEmpty() ? uuid.apply(device) : "",
          obstacle.orElse(""));
    } catch (IllegalArgumentException e) {
      return new RankGpu(rank, host, name, Device.CPU, "", String.valueOf(e.getMessage()));
    }
  }

  /**
   * CUDA counts what it sees: all GPUs of the machine in the order of nvidia-smi, or those in
   * CUDA_VISIBLE_DEVICES in the order of that list.
   */
  private static Device device(String address, Optional<String> visible) {
    if (visible.isPresent()) {
      List<String> seen = Arrays.stream(visible.get().split(",", -1)).map(String::strip).toList();
      if (!seen.contains(address)) {
        throw new IllegalArgumentException(
            "CUDA_VISIBLE_DEVICES = %s hides it in this executor; the discovery script must see the same variable"
                .formatted(visible.get()));
      }
      return Device.cuda(seen.indexOf(address));
    }
    if (!address.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "CUDA counts GPUs, and '%s' is no number; such a name needs an entry in CUDA_VISIBLE_DEVICES"
              .formatted(address));
    }
    return Device.cuda(Integer.parseInt(address));
  }

  /** Whether Spark has assigned a GPU. */
  boolean assigned() {
    return !address.isEmpty();
  }

  /** "rank 1 on node-7 (GPU 0)". */
  String words() {
    return "rank %d on %s%s".formatted(rank, host, assigned() ? " (GPU " + address + ")" : "");
  }

  /** Where the rank computes in the end, and what Spark had assigned, as manifests have it. */
  String words(Device used) {
    return assigned() ? used + ", GPU " + address : used.toString();
  }

  /** As the channel to the driver carries it. */
  byte[] bytes() {
    return String.join(
            "\n",
            host,
            address,
            device.isCuda() ? String.valueOf(device.index()) : "",
            uuid,
            obstacle)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Reads what all ranks have said, in their order. */
  static List<RankGpu> of(Map<Integer, byte[]> said) {
    return new TreeMap<>(said)
        .entrySet().stream().map(one -> of(one.getKey(), one.getValue())).toList();
  }

  /**
   * Reads back what {@link #bytes} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static RankGpu of(int rank, byte[] bytes) {
    String[] fields = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException("rank " + rank + " has said something else of its GPU");
    }
    Device device = fields[2].isEmpty() ? Device.CPU : Device.cuda(Integer.parseInt(fields[2]));
    return new RankGpu(rank, fields[0], fields[1], device, fields[3], fields[4]);
  }
}
