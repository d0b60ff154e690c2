package org.sparkmto.network;

import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/** How many threads one operation of libtorch runs on; a setting of the whole JVM. */
public final class ComputeThreads {
  private ComputeThreads() {}

  /**
   * Threads that libtorch uses for one operation of this JVM's ranks. Products of matrices stay on
   * one thread: those here are small, and OpenBLAS lets its workers spin, which on a busy 2-core
   * machine made a Gram matrix of one second take 55.
   *
   * @throws IllegalStateException if libtorch does not load on this machine
   */
  public static void use(int threads) {
    NativeLibraries.failure()
        .ifPresent(
            e -> {
              throw new IllegalStateException(NativeLibraries.words(e), e);
            });
    torch.set_num_threads(threads);
    openblas_nolapack.blas_set_num_threads(1);
  }
}
