package org.sparkmto.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;

/**
 * Pieces from rank to rank over Gloo. Its own thread reads and writes the sockets, so that a piece
 * travels while this rank computes, and none is needed here.
 */
final class GlooPeers implements Peers, AutoCloseable {
  /** Tags are numbers of 31 bits; what is under way at a time is far less. */
  private static final int TAGS = 1 << 30;

  private final int rank;
  private final int size;
  private final Duration deadline;
  private final ProcessGroupGloo group;
  private final Set<Swap> open = new LinkedHashSet<>();
  private int swaps;
  private long bytesSent;

  GlooPeers(int rank, int size, Duration deadline, ProcessGroupGloo group) {
    this.rank = rank;
    this.size = size;
    this.deadline = deadline;
    this.group = group;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return size;
  }

  long bytesSent() {
    return bytesSent;
  }

  @Override
  public Underway swap(String what, Tensor[] to, Tensor[] from) {
    Swap swap = new Swap(what);
    int tag = swaps++ % TAGS;
    try (PointerScope call = new PointerScope()) {
      for (int peer = 0; peer < size; peer++) {
        if (from[peer] != null) {
          swap.add(group.recv(new TensorVector(from[peer]), peer, tag));
        }
      }
      // The next rank first: not all to the same one.
      for (int distance = 1; distance < size; distance++) {
        int peer = (rank + distance) % size;
        if (to[peer] != null) {
          swap.add(group.send(new TensorVector(to[peer]), peer, tag));
          bytesSent += to[peer].numel() * to[peer].element_size();
        }
      }
    } catch (RuntimeException e) {
      throw failed(what, e);
    }
    return swap;
  }

  /** Waits for something that was begun, no longer than the deadline. */
  void await(String what, Work work) {
    await(what, work, Deadline.in(deadline));
  }

  private void await(String what, Work work, Deadline until) {
    try {
      work._wait(new Milliseconds(Math.max(1, until.left().toMillis())));
    } catch (RuntimeException e) {
      throw failed(what, e);
    }
  }

  private ExchangeException failed(String what, RuntimeException e) {
    return new ExchangeException(
        "rank " + rank + " of " + size + " waited for " + what + ": " + GlooGroup.firstLine(e), e);
  }

  /** What was begun together. */
  private final class Swap implements Underway {
    private final String what;
    private final List<Work> works = new ArrayList<>();

    Swap(String what) {
      this.what = what;
      open.add(this);
    }

    void add(Work work) {
      work.retainReference();
      works.add(work);
    }

    @Override
    public void end() {
      Deadline until = Deadline.in(deadline);
      try (PointerScope scope = new PointerScope()) {
        works.forEach(work -> await(what, work, until));
      } finally {
        release();
      }
    }

    void release() {
      open.remove(this);
      works.forEach(Work::releaseReference);
      works.clear();
    }
  }

  /** Lets go of what is under way, before the group is freed. */
  @Override
  public void close() {
    List.copyOf(open).forEach(Swap::release);
  }
}
