package org.sparkmto.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.data.Column;

/**
 * In which numbers a network computes in training. Parameters, z, losses and everything that is
 * made of gradients by parameters or at z are of 32 bits in any case.
 */
public enum Precision {
  /** 32 bits, the usual floating point. */
  FLOAT32,

  /**
   * bfloat16, the range of 32 bits with 8 bits of mantissa, for what PyTorch's autocast computes in
   * it, convolutions and linear layers, and for what is between them. A backward pass computes in
   * the types of the forward pass.
   */
  BF16;

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  /** What Linux calls instructions of x86 for bfloat16. */
  private static final Set<String> INSTRUCTIONS =
      Set.of("avx512_bf16", "amx_bf16", "avx_ne_convert");

  /**
   * Why a network cannot compute in these numbers. A processor always can.
   *
   * @param device kind of device
   * @return one sentence; empty if it can
   */
  Optional<String> unusable(DeviceType device) {
    return this == FLOAT32
            || device.intern() == DeviceType.CPU
            || torch.getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8()
        ? Optional.empty()
        : Optional.of(
            "training.precision = bf16 needs a GPU of compute capability 8.0 or more, which this is"
                + " not; set it to float32");
  }

  /** Images of fewer pixels a side end in maps for which libtorch's kernels were seen to fail. */
  private static final int SMALL = 32;

  /**
   * What speaks against these numbers on this machine's processor, which are possible there.
   *
   * @param inputs columns that the network reads
   * @return one sentence; empty if nothing does, or if the system does not say
   */
  public Optional<String> caution(List<Column> inputs) {
    if (this == FLOAT32) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(PROCESSOR, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .flatMap(flags -> caution(List.of(flags.split("\\s+", -1)), inputs));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static Optional<String> caution(List<String> flags, List<Column> inputs) {
    if (Collections.disjoint(flags, INSTRUCTIONS)) {
      return Optional.of(
          "training.precision = bf16: this processor has no instructions for bfloat16, so that"
              + " libtorch emulates them, which is slower than float32");
    }
    boolean small =
        inputs.stream()
            .filter(column -> column.shape().size() == 3)
            .anyMatch(column -> Math.min(column.shape().get(1), column.shape().get(2)) < SMALL);
    return small
        ? Optional.of(
            "training.precision = bf16: with images of fewer than "
                + SMALL
                + " pixels a side, libtorch was seen to make wrong gradients now and then on"
                + " processors with these instructions; use float32")
        : Optional.empty();
  }

  /**
   * Runs a part of a network; what it gives may be of fewer bits.
   *
   * @param device kind of device that the part runs on
   */
  <T> T during(DeviceType device, Supplier<T> part) {
    if (this == FLOAT32) {
      return part.get();
    }
    boolean enabled = torch.is_autocast_enabled(device);
    ScalarType type = torch.get_autocast_dtype(device);
    torch.increment_nesting();
    torch.set_autocast_dtype(device, ScalarType.BFloat16);
    torch.set_autocast_enabled(device, true);
    try {
      return part.get();
    } finally {
      torch.set_autocast_enabled(device, enabled);
      torch.set_autocast_dtype(device, type);
      if (torch.decrement_nesting() == 0) {
        // Copies of weights in 16 bits: those of a pass without a graph must not come into one with
        // it, nor those from before an update into a pass behind it. A graph has its own.
        torch.clear_cache();
      }
    }
  }
}
