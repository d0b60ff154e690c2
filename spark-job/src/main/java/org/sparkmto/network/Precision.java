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
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

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

  /**
   * What speaks against these numbers on this machine's processor, which are possible there.
   *
   * @return one sentence; empty if nothing does, or if the system does not say
   */
  public Optional<String> caution() {
    if (this == FLOAT32) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(PROCESSOR, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .flatMap(flags -> caution(List.of(flags.split("\\s+", -1))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static Optional<String> caution(List<String> flags) {
    return Collections.disjoint(flags, INSTRUCTIONS)
        ? Optional.of(
            "training.precision = bf16: this processor has no instructions for bfloat16, so that"
                + " libtorch emulates them, which is slower than float32")
        : Optional.empty();
  }

  /**
   * Runs an operation on a processor in 32 bits, within a part that is run in 16, if this is one
   * that needs it: a convolution with as much padding as its map is wide, or on maps of one pixel.
   * Elements of its kernel may then never meet the map, and in 16 bits oneDNN leaves their
   * gradient, zero, as it finds the memory; memory that is not the map's was seen in others. What
   * is given is of 16 bits, as from all other convolutions.
   */
  static Tensor wideIf(boolean needed, Tensor x, UnaryOperator<Tensor> operation) {
    if (!needed || !torch.is_autocast_enabled(DeviceType.CPU)) {
      return operation.apply(x);
    }
    torch.set_autocast_enabled(DeviceType.CPU, false);
    try {
      return operation.apply(x.toType(ScalarType.Float)).toType(ScalarType.BFloat16);
    } finally {
      torch.set_autocast_enabled(DeviceType.CPU, true);
    }
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
