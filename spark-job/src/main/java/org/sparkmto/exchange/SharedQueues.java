package org.sparkmto.exchange;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What one rank writes into {@link SharedMemory} and reads there. All ranks write and read the same
 * chunks of each queue, in the same order. One that writes waits until all have read what it
 * overwrites, and one that reads until it is written.
 *
 * <p>A rank waits by looking: for some microseconds without pause, because a peer that does the
 * same work comes at once, then with pauses in which its core is free.
 */
final class SharedQueues implements AutoCloseable {
  /** No peer. */
  static final int NOBODY = -1;

  private static final String LEFT = "this rank has left";
  private static final int LOOKS = 200;
  private static final int YIELDS = 20;
  private static final long SHORTEST_PAUSE = 20_000;
  private static final long LONGEST_PAUSE = 1_000_000;

  /** A pause is that part of the wait so far, at most. */
  private static final int PART = 16;

  /**
   * More numbers libtorch shares among its threads, and to wake those takes longer than to copy so
   * few.
   */
  private static final int MOST = 1 << 15;

  private static final long LOOK_AFTER_PEER = Duration.ofMillis(100).toNanos();

  private final int rank;
  private final Duration deadline;
  private final List<PeerProcess> processes;
  private final SharedMemory memory;
  private final ReentrantLock busy = new ReentrantLock();
  private final long[] written = new long[2];
  private final long[] read = new long[2];
  private String failure = "";
  private volatile boolean closing;
  private boolean closed;

  /**
   * Queues that are empty.
   *
   * @param processes of all ranks
   * @param memory taken over
   */
  SharedQueues(int rank, Duration deadline, List<PeerProcess> processes, SharedMemory memory) {
    this.rank = rank;
    this.deadline = deadline;
    this.processes = List.copyOf(processes);
    this.memory = memory;
  }

  int rank() {
    return rank;
  }

  int size() {
    return processes.size();
  }

  /** What ranks do together. */
  enum Collective {
    SUM_OF_NUMBERS(1, "a sum of numbers"),
    SUM_OF_TENSORS(2, "a sum of tensors"),
    WEIGHTS(3, "the weights of rank 0"),
    SUM_OF_GRADIENTS(4, "a sum of gradients"),
    SLICES(5, "the slices of a gradient"),
    GATHERED(6, "the slices of the combined gradient");

    private final int code;
    private final String words;

    Collective(int code, String words) {
      this.code = code;
      this.words = words;
    }

    private long kind(ScalarType type) {
      return (long) code * TYPES + type.value;
    }

    /** With its elements, for people; also of what a damaged label says. */
    private static String named(long kind, long elements) {
      return String.format(
          Locale.ROOT,
          "%s (%d as %s)",
          Arrays.stream(values())
              .filter(each -> each.code == kind / TYPES)
              .map(each -> each.words)
              .findFirst()
              .orElse("something unknown"),
          elements,
          Arrays.stream(ScalarType.values())
              .filter(each -> each.value == kind % TYPES)
              .map(ScalarType::name)
              .findFirst()
              .orElse("something unknown"));
    }
  }

  private static final int TYPES = 1 << 16;

  /**
   * Begins an operation, whose deadline counts from now.
   *
   * @param type as what numbers are written
   * @param elements of the whole, the same on every rank
   */
  Turn begin(Collective collective, ScalarType type, long elements) {
    busy.lock();
    Turn turn = new Turn(collective, type, elements);
    if (closing) {
      failure = LEFT;
    }
    if (!failure.isEmpty()) {
      busy.unlock();
      throw turn.failed(failure);
    }
    return turn;
  }

  /** Which peer must come first for something to go on; {@link #NOBODY} if it can. */
  interface Lag {
    int peer();
  }

  /** An operation. */
  final class Turn implements AutoCloseable {
    private final Collective collective;
    private final ScalarType type;
    private final Deadline until = Deadline.in(deadline);
    private long elements;

    private Turn(Collective collective, ScalarType type, long elements) {
      this.collective = collective;
      this.type = type;
      this.elements = elements;
    }

    /** Numbers of its type that a place takes, or that are to be in it. */
    int capacity() {
      return Math.toIntExact(Math.min(MOST, memory.chunk(rank, 0, 0, type).numel()));
    }

    /** The same operation goes on with another whole. */
    void of(long elements) {
      this.elements = elements;
    }

    /** Who has not read yet what the next chunk of this rank overwrites. */
    int lagsToWrite(int queue) {
      long least = written[queue] - memory.places() + 1;
      for (int peer = 0; least > 0 && peer < size(); peer++) {
        if (peer != rank && memory.read(peer, queue) < least) {
          return peer;
        }
      }
      return NOBODY;
    }

    /** Who has not written yet what this rank reads next. */
    int lagsToRead(int queue) {
      for (int peer = 0; peer < size(); peer++) {
        if (lagsToRead(queue, peer) != NOBODY) {
          return peer;
        }
      }
      return NOBODY;
    }

    private int lagsToRead(int queue, int peer) {
      return peer != rank && memory.written(peer, queue) <= read[queue] ? peer : NOBODY;
    }

    /** The next place of this rank, which is free, to be written. */
    Tensor toWrite(int queue) {
      return memory.chunk(rank, queue, written[queue], type);
    }

    /** The same as bytes; waits until it is free. */
    ByteBuffer toWrite(int queue, int bytes) {
      await(() -> lagsToWrite(queue));
      return memory.chunk(rank, queue, written[queue], bytes);
    }

    /** Says that it is written: all can read it. */
    void written(int queue) {
      memory.label(rank, queue, written[queue], collective.kind(type), elements);
      written[queue]++;
      memory.written(rank, queue, written[queue]);
    }

    /** What a rank has written and this one reads next. */
    Tensor toRead(int queue, int peer) {
      requireLabel(queue, peer);
      return memory.chunk(peer, queue, read[queue], type);
    }

    /** The same as bytes; waits until it is there. */
    ByteBuffer toRead(int queue, int peer, int bytes) {
      await(() -> lagsToRead(queue, peer));
      requireLabel(queue, peer);
      return memory.chunk(peer, queue, read[queue], bytes);
    }

    private void requireLabel(int queue, int peer) {
      long chunk = read[queue];
      if (!memory.isLabelled(peer, queue, chunk, collective.kind(type), elements)) {
        throw failed(
            "this is %s, and rank %d is at %s; ranks must call the same operations in the same order"
                .formatted(
                    Collective.named(collective.kind(type), elements),
                    peer,
                    Collective.named(
                        memory.kind(peer, queue, chunk), memory.elements(peer, queue, chunk))));
      }
    }

    /** Says that this rank has read what it wants of the others' chunks. */
    void read(int queue) {
      read[queue]++;
      memory.read(rank, queue, read[queue]);
    }

    /** Waits until nobody lags. */
    void await(Lag lag) {
      for (int look = 0; look < LOOKS; look++) {
        if (lag.peer() == NOBODY) {
          return;
        }
        Thread.onSpinWait();
      }
      // As in a native library, an interruption is for those who ask for it afterwards.
      boolean interrupted = false;
      try {
        long begin = System.nanoTime();
        long next = begin + LOOK_AFTER_PEER;
        for (int time = 0; ; time++) {
          long now = System.nanoTime();
          int peer = lag.peer();
          if (peer == NOBODY) {
            return;
          }
          String gone = gone(peer, now - next >= 0);
          // Looked at once more: what it did before it went counts.
          if (!gone.isEmpty() && lag.peer() == peer) {
            throw failed(gone);
          }
          if (closing) {
            throw failed(LEFT);
          }
          if (until.passed()) {
            throw failed("rank %d did not come in %s".formatted(peer, until));
          }
          next = now - next >= 0 ? now + LOOK_AFTER_PEER : next;
          pause(time, now - begin);
          interrupted |= Thread.interrupted();
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private String gone(int peer, boolean lookAfterProcess) {
      if (memory.left(peer)) {
        return "rank %d has left".formatted(peer);
      }
      return lookAfterProcess && !processes.get(peer).lives()
          ? "the process of rank %d has ended".formatted(peer)
          : "";
    }

    // For whoever else wants this core: the peer itself, where there are fewer cores than ranks.
    @SuppressWarnings("ThreadPriorityCheck")
    private void pause(int time, long waited) {
      if (time < YIELDS) {
        Thread.yield();
      } else {
        LockSupport.parkNanos(
            this, Math.max(SHORTEST_PAUSE, Math.min(LONGEST_PAUSE, waited / PART)));
      }
    }

    /** Nothing can be done afterwards, and peers hear of it. */
    private ExchangeException failed(String reason) {
      if (failure.isEmpty()) {
        failure = reason;
        if (!closed) {
          memory.leave(rank);
        }
      }
      return new ExchangeException(
          "rank %d of %d waited for %s: %s".formatted(rank, size(), words(), reason));
    }

    private String words() {
      return collective != Collective.SUM_OF_NUMBERS
          ? collective.words
          : "a sum of " + elements + (elements == 1 ? " number" : " numbers");
    }

    @Override
    public void close() {
      busy.unlock();
    }
  }

  /** Leaves: peers that wait for this rank fail at once, and so does a wait of this rank. */
  @Override
  public void close() {
    closing = true;
    busy.lock();
    try {
      if (!closed) {
        closed = true;
        memory.leave(rank);
        memory.close();
      }
    } finally {
      busy.unlock();
    }
  }
}
