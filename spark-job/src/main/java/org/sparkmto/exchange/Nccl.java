package org.sparkmto.exchange;

import java.util.Optional;
import java.util.function.IntSupplier;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.cuda.nccl.ncclUniqueId;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.NativeLibraries;

/**
 * NCCL, NVIDIA's library of collective operations between GPUs, called itself and not through
 * libtorch's process group: that one keeps a thread which ends the whole process, an executor with
 * all its tasks, as soon as a peer is lost, and can be told otherwise only by variables of the
 * environment. What is called here returns an error instead, and is ended from outside.
 */
final class Nccl {
  private static final String NAME = "NCCL";
  private static final String BINDING =
      "/org/bytedeco/cuda/%s/libjninccl.so".formatted(Loader.getPlatform());

  private Nccl() {}

  /**
   * Why ranks of this process cannot exchange from GPU to GPU. Loads the library.
   *
   * @return one sentence; empty if they can
   */
  static Optional<String> obstacle() {
    if (Nccl.class.getResource(BINDING) == null) {
      return Optional.of(
          "this jar cannot call NCCL, by which GPUs exchange; the Maven profile gpu (./mvnw -P gpu"
              + " package) builds one that can");
    }
    return NativeLibraries.obstacle(NAME, nccl.class);
  }

  /** A new communicator's id, which one rank makes and all must know to join. */
  static byte[] newId() {
    try (PointerScope scope = new PointerScope()) {
      ncclUniqueId id = new ncclUniqueId();
      require("make an id", nccl.ncclGetUniqueId(id));
      byte[] bytes = new byte[nccl.NCCL_UNIQUE_ID_BYTES];
      new BytePointer(id).capacity(bytes.length).get(bytes);
      return bytes;
    }
  }

  /**
   * Joins a communicator on this thread's GPU; returns when all ranks have.
   *
   * @throws ExchangeException if the bytes are no id, or NCCL cannot
   */
  static ncclComm join(byte[] id, int rank, int size) {
    if (id.length != nccl.NCCL_UNIQUE_ID_BYTES) {
      throw new ExchangeException(
          "an id of NCCL has %d bytes, not %d".formatted(nccl.NCCL_UNIQUE_ID_BYTES, id.length));
    }
    try (PointerScope scope = new PointerScope()) {
      ncclUniqueId given = new ncclUniqueId();
      new BytePointer(given).capacity(id.length).put(id);
      ncclComm joined = new ncclComm();
      require("join its ranks", nccl.ncclCommInitRank(joined, size, given, rank));
      joined.retainReference();
      return joined;
    }
  }

  /** What has gone wrong with a communicator since, without anybody asking; empty if nothing. */
  static Optional<String> failure(ncclComm joined) {
    int[] state = new int[1];
    int result = nccl.ncclCommGetAsyncError(joined, state);
    int found = result == nccl.ncclSuccess ? state[0] : result;
    return found == nccl.ncclSuccess || found == nccl.ncclInProgress
        ? Optional.empty()
        : Optional.of(words(found));
  }

  /** What NCCL calls the type of a tensor. */
  static int type(Tensor values) {
    return switch (values.scalar_type().intern()) {
      case Float -> nccl.ncclFloat32;
      case Double -> nccl.ncclFloat64;
      case BFloat16 -> nccl.ncclBfloat16;
      default ->
          throw new IllegalArgumentException(
              "tensors of " + values.scalar_type() + " are not exchanged");
    };
  }

  /** Several operations at once. */
  static int together(IntSupplier operations) {
    int result = nccl.ncclGroupStart();
    if (result == nccl.ncclSuccess) {
      result = operations.getAsInt();
    }
    // Also after an error, or this thread would stay in it.
    int end = nccl.ncclGroupEnd();
    return result == nccl.ncclSuccess ? end : result;
  }

  /** Throws unless NCCL has answered that it can. */
  static void require(String what, int result) {
    if (result != nccl.ncclSuccess) {
      throw new ExchangeException("NCCL cannot " + what + ": " + words(result));
    }
  }

  private static String words(int result) {
    try (PointerScope scope = new PointerScope()) {
      String last = nccl.ncclGetLastError(null).getString().strip();
      String kind = nccl.ncclGetErrorString(result).getString();
      return last.isEmpty() ? kind : kind + ": " + last.replaceAll("\\s+", " ");
    }
  }
}
