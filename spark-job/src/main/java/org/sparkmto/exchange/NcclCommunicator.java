package org.sparkmto.exchange;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.cuda.nccl.ncclComm;
import org.sparkmto.network.Device;
import org.sparkmto.network.DeviceQueue;

/**
 * One rank's end of what joins the GPUs.
 *
 * <p>A GPU that waits for a peer that is gone waits for ever, and so does whoever reads from it. A
 * thread looks at how long it has waited, and ends the waiting when the deadline has passed, NCCL
 * has seen an error, or the driver says that the attempt is over. What the GPU then holds is of no
 * use, so every later operation throws the reason.
 */
final class NcclCommunicator implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration ASK_DRIVER = Duration.ofSeconds(1);
  private static final Duration END = Duration.ofSeconds(5);

  /** What a GPU is to do with the others. */
  interface Operation {
    /**
     * Tells it, and returns what NCCL has answered.
     *
     * @param queue in which it is to do so
     */
    int run(ncclComm all, CUstream_st queue);
  }

  private final String rank;
  private final ncclComm all;
  private final DeviceQueue queue;

  /** Held while the communicator is used or ended. */
  private final ReentrantLock using = new ReentrantLock();

  private volatile String waitedFor = "its peers";
  private volatile long since;

  /**
   * While the GPU is told: NCCL may connect then, and the mark is still that of the time before.
   */
  private volatile boolean telling;

  private volatile ExchangeException failure;
  private volatile boolean closed;

  private NcclCommunicator(String rank, ncclComm all, DeviceQueue queue) {
    this.rank = rank;
    this.all = all;
    this.queue = queue;
  }

  /**
   * Joins; returns when all ranks have. To be called by the thread that will tell the GPU what to
   * do.
   *
   * @throws ExchangeException if NCCL cannot, the others do not join before the deadline, or the
   *     attempt is over
   */
  static NcclCommunicator join(
      DriverChannel driver, int rank, int size, Device device, Duration whole)
      throws InterruptedException {
    Deadline deadline = Deadline.in(whole);
    String words = "rank " + rank + " of " + size;
    Nccl.obstacle()
        .ifPresent(
            reason -> {
              throw new ExchangeException(words + ": " + reason);
            });
    byte[] own = rank == 0 ? Nccl.newId() : new byte[0];
    byte[] id = driver.awaitIds(rank, size, own, deadline).get(0);
    // Refused, and so thrown from there, if a peer has failed and the attempt is over.
    Runnable askDriver = () -> driver.ids(rank, own);
    Connecting<NcclCommunicator> connecting =
        Connecting.start(
            "nccl rank " + rank,
            () -> connect(words, id, rank, size, device),
            NcclCommunicator::close);
    try {
      NcclCommunicator joined =
          connecting.await(
              deadline,
              askDriver,
              late ->
                  new ExchangeException(
                      "%s waited %s for the GPUs of the others in attempt %s"
                          .formatted(words, deadline, driver.attempt()),
                      late),
              reason ->
                  new ExchangeException(
                      "%s cannot join with %s: %s"
                          .formatted(words, device, GlooGroup.firstLine(reason)),
                      reason));
      joined.enter(whole, askDriver);
      return joined;
    } catch (RuntimeException | InterruptedException e) {
      connecting.giveUp(e);
      throw e;
    }
  }

  /** In its own thread. */
  private static NcclCommunicator connect(
      String words, byte[] id, int rank, int size, Device device) {
    DeviceQueue queue = new DeviceQueue(device);
    try {
      queue.enter();
      return new NcclCommunicator(words, Nccl.join(id, rank, size), queue);
    } catch (RuntimeException | Error e) {
      queue.close();
      throw e;
    }
  }

  private void enter(Duration deadline, Runnable askDriver) {
    queue.enter();
    if (!queue.isDefault()) {
      throw new IllegalStateException("libtorch computes in a stream that NCCL does not follow");
    }
    Thread watch = new Thread(() -> watch(deadline, askDriver), "watch nccl " + rank);
    watch.setDaemon(true);
    watch.start();
  }

  /**
   * Tells the GPU to do something with the others when it has done what libtorch has told it; does
   * not wait for it. At the end of what is under way libtorch's next commands wait for it.
   */
  Underway tell(String what, Operation operation) {
    using.lock();
    try {
      requireSound();
      waitedFor = what;
      since = System.nanoTime();
      telling = true;
      queue.follow();
      int result = operation.run(all, queue.stream());
      requireSound();
      Nccl.require("begin " + what, result);
      queue.mark();
      return this::join;
    } finally {
      telling = false;
      using.unlock();
    }
  }

  private void join() {
    requireSound();
    queue.join();
  }

  /**
   * Checks that nothing has gone wrong so far.
   *
   * @throws ExchangeException if something has
   */
  void requireSound() {
    if (closed) {
      throw new ExchangeException(rank + " has left the other GPUs");
    }
    ExchangeException known = failure;
    if (known != null) {
      throw new ExchangeException(String.valueOf(known.getMessage()), known);
    }
  }

  private void watch(Duration deadline, Runnable askDriver) {
    try {
      long asked = System.nanoTime();
      while (!closed && failure == null) {
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        if (!telling && queue.passed()) {
          continue;
        }
        Optional<String> error = error();
        if (error.isPresent()) {
          end(error.get());
        }
        long now = System.nanoTime();
        if (now - since > deadline.toNanos()) {
          end("the others have not come in " + Deadline.in(deadline));
        } else if (now - since > ASK_DRIVER.toNanos() && now - asked > ASK_DRIVER.toNanos()) {
          asked = now;
          try {
            askDriver.run();
          } catch (RuntimeException e) {
            // Whatever it is, it must not end this thread before the waiting.
            end(String.valueOf(e.getMessage()));
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<String> error() {
    if (!using.tryLock()) {
      return Optional.empty();
    }
    try {
      return closed || failure != null ? Optional.empty() : Nccl.failure(all);
    } finally {
      using.unlock();
    }
  }

  /** Ends all waiting on this GPU. */
  private void end(String reason) throws InterruptedException {
    // Whoever uses it may wait in there, and is freed by nothing else than this.
    boolean held = using.tryLock(END.toNanos(), TimeUnit.NANOSECONDS);
    try {
      if (failure == null && !closed) {
        failure = new ExchangeException(rank + " waited for " + waitedFor + ": " + reason);
        nccl.ncclCommAbort(all);
      }
    } finally {
      if (held) {
        using.unlock();
      }
    }
  }

  /**
   * Leaves. What this GPU has done its peers may still wait for, so NCCL is asked to hand it over
   * first; but a peer that is gone must not keep this rank for ever.
   */
  @Override
  public void close() {
    using.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      boolean done = queue.passed();
      queue.close();
      if (failure == null) {
        Thread leaving = new Thread(() -> leave(done), "leave nccl " + rank);
        leaving.setDaemon(true);
        leaving.start();
        TimeUnit.NANOSECONDS.timedJoin(leaving, END.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      using.unlock();
    }
  }

  private void leave(boolean done) {
    queue.enter();
    if (done) {
      nccl.ncclCommDestroy(all);
    } else {
      nccl.ncclCommAbort(all);
    }
  }
}
