package org.sparkmto.network;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.bytedeco.cuda.cudart.CUuuid;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where a rank computes: the CPU, or one GPU.
 *
 * @param kind of device
 * @param index by which CUDA names the GPU in this process, 0 to 127; 0 for the CPU
 */
public record Device(Kind kind, int index) implements Serializable {
  /** Kinds of devices. */
  public enum Kind {
    /** The processor cores of a rank. */
    CPU,
    /** A GPU of NVIDIA. */
    CUDA,
    /**
     * No device: tensors have shapes and no numbers, and what is read of them is 0. A step on it
     * shows, on a machine without a GPU, whether everything that it computes lies in one place.
     */
    META
  }

  /** The processor. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** Shapes without numbers. */
  static final Device META = new Device(Kind.META, 0);

  private static final int UUID_BYTES = 16;

  private static final String NEEDED_LIBRARY =
      "/org/bytedeco/pytorch/%s-gpu/libtorch_cuda.so".formatted(Loader.getPlatform());

  /**
   * Checks the index.
   *
   * @throws IllegalArgumentException if libtorch has no such index
   */
  public Device {
    if (index < 0 || index > (kind == Kind.CUDA ? Byte.MAX_VALUE : 0)) {
      throw new IllegalArgumentException("there is no device " + index + " of kind " + kind);
    }
  }

  /** The GPU that CUDA names so in this process, from 0. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /** The device of a name as {@link #toString} writes it; empty if there is no such name. */
  public static Optional<Device> parse(String name) {
    if (name.equals("cpu")) {
      return Optional.of(CPU);
    }
    return name.matches("cuda:(\\d|[1-9]\\d|1[01]\\d|12[0-7])")
        ? Optional.of(cuda(Integer.parseInt(name.substring("cuda:".length()))))
        : Optional.empty();
  }

  /** The GPUs that CUDA counts in this process; none if libtorch does not load, or has no CUDA. */
  public static List<Device> gpus() {
    return withoutCuda().isPresent()
        ? List.of()
        : IntStream.range(0, torch.cuda_device_count()).mapToObj(Device::cuda).toList();
  }

  /** Whether it is a GPU. */
  public boolean isCuda() {
    return kind == Kind.CUDA;
  }

  /** As PyTorch writes it: {@code cpu}, {@code cuda:0}. */
  @Override
  public String toString() {
    return isCuda() ? "cuda:" + index : kind.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Sets libtorch so that this process computes here what it would compute elsewhere: products of
   * floats in float32 and not in TF32, which rounds to 11 bits.
   *
   * @param deterministic whether it is to be the same bits every time: cuDNN without trials of what
   *     is fastest, and with what always adds in one order. A CPU computes so in any case
   */
  public void settle(boolean deterministic) {
    if (isCuda()) {
      Context context = torch.globalContext();
      context.setAllowTF32CuBLAS(false);
      context.setAllowTF32CuDNN(false);
      context.setBenchmarkCuDNN(!deterministic);
      context.setDeterministicCuDNN(deterministic);
    }
  }

  /** How tensors of a type are made here, in the scope of the caller. */
  TensorOptions options(ScalarType type) {
    return new TensorOptions(type).device(new DeviceOptional(torchDevice()));
  }

  /**
   * The same numbers here, in the scope of the caller: the tensor itself if it lies here already.
   * Neither the host nor what a GPU still computes waits for a copy to it: {@link DeviceCopies}.
   *
   * @param host a tensor in the memory of the host, which nobody changes any more
   */
  Tensor take(Tensor host) {
    return switch (kind) {
      case CPU -> host;
      case CUDA -> DeviceCopies.to(this).take(host);
      case META -> copy(host);
    };
  }

  /** A copy here; from memory that stays where it is, a GPU makes it while the host goes on. */
  Tensor copy(Tensor host) {
    return host.to(torchDevice(), host.scalar_type(), true, false, new MemoryFormatOptional());
  }

  org.bytedeco.pytorch.Device torchDevice() {
    return new org.bytedeco.pytorch.Device(toString());
  }

  /**
   * The name of a GPU that no other has, whichever process asks and however CUDA counts there: what
   * {@code nvidia-smi -L} shows as UUID. To be asked where CUDA's own library {@link
   * NativeLibraries#obstacle loads}.
   *
   * @throws IllegalStateException if it is none, or CUDA does not tell
   */
  public String uuid() {
    if (!isCuda()) {
      throw new IllegalStateException(this + " is no GPU");
    }
    try (PointerScope scope = new PointerScope()) {
      int[] found = new int[1];
      CUuuid name = new CUuuid();
      require(cudart.cuInit(0));
      require(cudart.cuDeviceGet(found, index));
      require(cudart.cuDeviceGetUuid(name, found[0]));
      byte[] bytes = new byte[UUID_BYTES];
      name.bytes().capacity(UUID_BYTES).get(bytes);
      ByteBuffer words = ByteBuffer.wrap(bytes);
      return new UUID(words.getLong(), words.getLong()).toString();
    }
  }

  private void require(int result) {
    if (result != cudart.CUDA_SUCCESS) {
      throw new IllegalStateException(
          "CUDA does not name " + this + ": its driver answers " + result);
    }
  }

  /**
   * Why libtorch cannot compute on a GPU whatever this machine has: its build is for the CPU. Looks
   * at the class path alone and loads nothing, so the driver can ask, too.
   *
   * @return one sentence; empty if the build is one for GPUs
   */
  public static Optional<String> withoutCudaBuild() {
    return Device.class.getResource(NEEDED_LIBRARY) == null
        ? Optional.of(
            "the libtorch of this jar has no CUDA; the Maven profile gpu (./mvnw -P gpu package)"
                + " builds one that has")
        : Optional.empty();
  }

  /**
   * Why libtorch cannot compute on a GPU in this process. Loads libtorch.
   *
   * @return one sentence; empty if it can
   */
  public static Optional<String> withoutCuda() {
    Optional<LinkageError> failure = NativeLibraries.failure();
    if (failure.isPresent()) {
      return failure.map(NativeLibraries::words);
    }
    if (torch.cuda_device_count() > 0) {
      return Optional.empty();
    }
    if (torch.getCUDAHooks().hasCUDART()) {
      return Optional.of(
          "CUDA finds no GPU in this process; nvidia-smi says whether the machine has one and a"
              + " driver for it, and CUDA_VISIBLE_DEVICES hides what it does not name");
    }
    return withoutCudaBuild()
        .or(
            () ->
                Optional.of(
                    NativeLibraries.missing(NEEDED_LIBRARY)
                        .orElse("libtorch has loaded its build for the CPU, not that for GPUs")));
  }

  /**
   * Why libtorch cannot compute on this device in this process. Loads libtorch.
   *
   * @return one sentence; empty if it can
   */
  public Optional<String> unusable() {
    if (!isCuda()) {
      return Optional.empty();
    }
    return withoutCuda()
        .or(
            () ->
                index < torch.cuda_device_count()
                    ? Optional.empty()
                    : Optional.of(
                        "there is no %s in this process: CUDA finds %d GPUs, counted from 0"
                            .formatted(this, (int) torch.cuda_device_count())));
  }
}
