package org.sparkmto.network;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** How many threads one operation of libtorch runs on; a setting of the whole JVM. */
public final class ComputeThreads {
  /** Do parts; each part's own operations run on its thread alone. */
  private static final ExecutorService WORKERS = Executors.newCachedThreadPool(Worker::new);

  private ComputeThreads() {}

  /**
   * Threads that libtorch uses for one operation of this JVM's ranks. Products of matrices stay on
   * one thread: OpenBLAS lets its workers spin, which on a busy 2-core machine made a Gram matrix
   * of one second take 55. What consists of many is shared out by {@link #each}.
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

  /**
   * Does the parts of some work on as many threads as an operation of the caller runs on. What the
   * parts are must not depend on that number, so that the bits do not. On a GPU, which does one
   * thing after the other, and within a part they are done in their order.
   *
   * @param beside a tensor on the device of the work
   * @param part does one, in a scope of its own; what it throws comes out of here when no part runs
   *     any more
   */
  public static void each(Tensor beside, int parts, IntConsumer part) {
    int threads = torch.get_num_threads();
    AtomicInteger next = new AtomicInteger();
    Runnable work =
        () -> {
          for (int own = next.getAndIncrement(); own < parts; own = next.getAndIncrement()) {
            try (PointerScope scope = new PointerScope()) {
              part.accept(own);
            }
          }
        };
    int workers = Math.min(parts, threads);
    if (workers < 2 || beside.is_cuda() || Thread.currentThread() instanceof Worker) {
      work.run();
      return;
    }
    CompletableFuture<?>[] shares = new CompletableFuture<?>[workers];
    for (int share = 0; share < workers; share++) {
      shares[share] = CompletableFuture.runAsync(work, WORKERS);
    }
    try {
      // Also if interrupted: they work on memory that is the caller's.
      CompletableFuture.allOf(shares).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException reason ? reason : e;
    } finally {
      // A worker that began said one for itself, and with it for all that begin.
      torch.set_num_threads(threads);
    }
  }

  private static final class Worker extends Thread {
    Worker(Runnable work) {
      super(work, "parts of a computation");
      setDaemon(true);
    }

    @Override
    public void run() {
      // Asked first: a thread takes the setting of the JVM when it asks for the first time.
      torch.get_num_threads();
      torch.set_num_threads(1);
      super.run();
    }
  }
}
