package org.sparkmto.exchange;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Rounds in which every rank of a group writes something into {@link SharedMemory} and reads what
 * others have written: the same rounds in the same order on every rank. One that writes waits until
 * all have read what it overwrites, and one that reads until it is written.
 *
 * <p>A rank waits by looking: for some microseconds without pause, because a peer that does the
 * same work comes at once, then with pauses in which its core is free.
 */
final class SharedRounds implements AutoCloseable {
  private static final int LOOKS = 200;
  private static final int YIELDS = 20;
  private static final long SHORTEST_PAUSE = 20_000;
  private static final long LONGEST_PAUSE = 1_000_000;

  /** A pause is that part of the wait so far, at most. */
  private static final int PART = 16;

  private static final long LOOK_AFTER_PEER = Duration.ofMillis(100).toNanos();

  private final int rank;
  private final Duration deadline;
  private final List<PeerProcess> processes;
  private final SharedMemory memory;
  private final ReentrantLock busy = new ReentrantLock();
  private long written;
  private long read;
  private String failure = "";
  private volatile boolean closing;
  private boolean closed;

  /**
   * Rounds, of which there was none.
   *
   * @param processes of all ranks
   * @param memory taken over
   */
  SharedRounds(int rank, Duration deadline, List<PeerProcess> processes, SharedMemory memory) {
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

  /** What ranks do together in some rounds. */
  enum Collective {
    SUM_OF_NUMBERS("a sum of numbers"),
    SUM_OF_TENSORS("a sum of tensors"),
    WEIGHTS("the weights of rank 0"),
    SUM_OF_GRADIENTS("a sum of gradients"),
    SLICES("the slices of a gradient"),
    GATHERED("the slices of the combined gradient");

    private final String words;

    Collective(String words) {
      this.words = words;
    }

    /** With its elements, for people; also of what a damaged label says. */
    static String named(long kind, long elements) {
      long number = kind / TYPES;
      String words = number >= 0 && number < values().length ? values()[(int) number].words : "?";
      ScalarType[] types = ScalarType.values();
      long type = kind % TYPES;
      return String.format(
          Locale.ROOT,
          "%s (%d as %s)",
          words,
          elements,
          type >= 0 && type < types.length ? types[(int) type] : "?");
    }
  }

  private static final int TYPES = 1 << 16;

  /**
   * Begins rounds, whose deadline counts from now.
   *
   * @param type as what numbers are written
   * @param elements of the whole, the same on every rank
   */
  Turn begin(Collective collective, ScalarType type, long elements) {
    busy.lock();
    Turn turn = new Turn(collective, type, elements);
    if (closing) {
      failure = "this rank has left";
    }
    if (!failure.isEmpty()) {
      busy.unlock();
      throw turn.failed(failure);
    }
    return turn;
  }

  /** The rounds of one operation. */
  final class Turn implements AutoCloseable {
    private final Collective collective;
    private final ScalarType type;
    private final long elements;
    private final long kind;
    private final Deadline until = Deadline.in(deadline);

    private Turn(Collective collective, ScalarType type, long elements) {
      this.collective = collective;
      this.type = type;
      this.elements = elements;
      this.kind = (long) collective.ordinal() * TYPES + type.ordinal();
    }

    /** Numbers of its type that a place takes. */
    int capacity() {
      return Math.toIntExact(memory.place(rank, 0, type).numel());
    }

    /** Waits until the next place of this rank is free, which is then to be written. */
    Tensor toWrite() {
      awaitFree();
      return memory.place(rank, written, type);
    }

    /** The same as bytes. */
    ByteBuffer toWrite(int bytes) {
      awaitFree();
      return memory.place(rank, written, bytes);
    }

    private void awaitFree() {
      long before = written - SharedMemory.PLACES + 1;
      for (int peer = 0; before > 0 && peer < size(); peer++) {
        if (peer != rank) {
          await(peer, false, before);
        }
      }
    }

    /** Says that it is written: all can read it. */
    void written() {
      memory.label(rank, written, kind, elements);
      written++;
      memory.written(rank, written);
    }

    /** Waits until a rank has written what is read next. */
    Tensor toRead(int peer) {
      awaitWritten(peer);
      return memory.place(peer, read, type);
    }

    /** The same as bytes. */
    ByteBuffer toRead(int peer, int bytes) {
      awaitWritten(peer);
      return memory.place(peer, read, bytes);
    }

    private void awaitWritten(int peer) {
      await(peer, true, read + 1);
      if (!memory.isLabelled(peer, read, kind, elements)) {
        throw failed(
            "this is %s, and rank %d is at %s; ranks must call the same operations in the same order"
                .formatted(
                    Collective.named(kind, elements),
                    peer,
                    Collective.named(memory.kind(peer, read), memory.elements(peer, read))));
      }
    }

    /** Says that this rank has read what it wants of the round. */
    void read() {
      read++;
      memory.read(rank, read);
    }

    private void await(int peer, boolean writes, long rounds) {
      for (int look = 0; look < LOOKS; look++) {
        if (has(peer, writes, rounds)) {
          return;
        }
        Thread.onSpinWait();
      }
      // As in a native library, an interruption is for those who ask for it afterwards.
      boolean interrupted = false;
      try {
        long begin = System.nanoTime();
        long lookAfterPeer = begin + LOOK_AFTER_PEER;
        for (int time = 0; ; time++) {
          boolean gone = memory.left(peer);
          long now = System.nanoTime();
          boolean dead = now - lookAfterPeer >= 0 && !processes.get(peer).lives();
          // Looked at last: what it did before it went counts.
          if (has(peer, writes, rounds)) {
            return;
          }
          if (closing) {
            throw failed("this rank has left");
          }
          if (gone || dead) {
            throw failed(
                gone ? "rank %d has left".formatted(peer) : "the process of rank %d has ended".formatted(peer));
          }
          if (until.passed()) {
            throw failed("rank %d did not come in %s".formatted(peer, until));
          }
          if (now - lookAfterPeer >= 0) {
            lookAfterPeer = now + LOOK_AFTER_PEER;
          }
          if (time < YIELDS) {
            Thread.yield();
          } else {
            LockSupport.parkNanos(
                this, Math.max(SHORTEST_PAUSE, Math.min(LONGEST_PAUSE, (now - begin) / PART)));
            interrupted |= Thread.interrupted();
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private boolean has(int peer, boolean writes, long rounds) {
      return (writes ? memory.written(peer) : memory.read(peer)) >= rounds;
    }

    /** After it nothing can be summed: peers, too, hear of it. */
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
