package org.sparkmto.exchange;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.exchange.SharedRounds.Collective;
import org.sparkmto.exchange.SharedRounds.Turn;
import org.sparkmto.method.Slices;

/**
 * A group of ranks on one machine, each a process or a thread, that hand each other what they have
 * in memory which all of them have mapped: {@link SharedMemory}, {@link SharedSums}.
 *
 * <p>What is begun is done when it is ended. The cores that compute would do the copying in any
 * case, and nobody waits in the middle of a pass for a peer.
 */
public final class SharedMemoryGroup implements RankGroup {
  private final SharedRounds rounds;
  private final Transport as;
  private final int rank;
  private final int size;
  private final SharedSums sums;
  private final Set<Pending> pending = new LinkedHashSet<>();
  private long bytesSent;

  /** Takes the rounds over. */
  SharedMemoryGroup(SharedRounds rounds, Transport gradients) {
    this.rounds = rounds;
    this.as = gradients;
    this.rank = rounds.rank();
    this.size = rounds.size();
    this.sums = new SharedSums(rounds, gradients);
  }

  /**
   * Joins the group of an attempt, if all its ranks can share memory; returns when all have, or all
   * know that they cannot.
   *
   * @param driver the channel of the attempt; ranks of another one cannot join
   * @param deadline of this call as a whole, and later of every single operation
   * @param gradients as what they travel
   * @return nothing if some rank cannot, which the log of rank 0 then has with the reason
   * @throws ExchangeException if the others do not come before the deadline, or the attempt is over
   */
  public static Optional<SharedMemoryGroup> join(
      DriverChannel driver, int rank, int size, Duration deadline, Transport gradients)
      throws InterruptedException {
    return new SharedJoining(driver, rank, size, deadline)
        .join(SharedFile.MEMORY)
        .map(rounds -> new SharedMemoryGroup(rounds, gradients));
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void sum(double[] values) {
    try (Turn turn = rounds.begin(Collective.SUM_OF_NUMBERS, ScalarType.Double, values.length)) {
      for (int from = 0; from < values.length; from += turn.capacity()) {
        int length = Math.min(turn.capacity(), values.length - from);
        doubles(turn.toWrite(length * Double.BYTES)).put(values, from, length);
        turn.written();
        double[] own = new double[length];
        System.arraycopy(values, from, own, 0, length);
        for (int peer = 0; peer < size; peer++) {
          DoubleBuffer theirs =
              peer == rank
                  ? DoubleBuffer.wrap(own)
                  : doubles(turn.toRead(peer, length * Double.BYTES));
          for (int i = 0; i < length; i++) {
            double value = theirs.get(i);
            values[from + i] = peer == 0 ? value : values[from + i] + value;
          }
        }
        turn.read();
      }
    }
    bytesSent += (size - 1L) * values.length * Double.BYTES;
  }

  private static DoubleBuffer doubles(ByteBuffer bytes) {
    return bytes.order(ByteOrder.nativeOrder()).asDoubleBuffer();
  }

  @Override
  public void broadcast(double[] values) {
    try (Turn turn = rounds.begin(Collective.WEIGHTS, ScalarType.Double, values.length)) {
      for (int from = 0; from < values.length; from += turn.capacity()) {
        int length = Math.min(turn.capacity(), values.length - from);
        DoubleBuffer own = doubles(turn.toWrite(length * Double.BYTES));
        if (rank == 0) {
          own.put(values, from, length);
        }
        turn.written();
        if (rank != 0) {
          doubles(turn.toRead(0, length * Double.BYTES)).get(values, from, length);
        }
        turn.read();
      }
    }
    bytesSent += rank == 0 ? (size - 1L) * values.length * Double.BYTES : 0;
  }

  @Override
  public void sum(Tensor values) {
    sums.sum(values);
  }

  @Override
  public Underway beginSum(Tensor gradient) {
    return new Pending(List.of(gradient), own -> sums.sumGradient(own.get(0)));
  }

  @Override
  public Underway beginSlices(Tensor whole, Tensor own, Slices slices) {
    return new Pending(
        List.of(whole, own), both -> sums.slices(both.get(0), both.get(1), slices));
  }

  @Override
  public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
    sums.gather(own, whole, slices, Transport.FLOAT32);
  }

  @Override
  public void gatherGradient(Tensor own, Tensor whole, Slices slices) {
    sums.gather(own, whole, slices, as);
  }

  /** What was begun and is to be done. */
  private final class Pending implements Underway {
    private final List<Tensor> held;
    private final Consumer<List<Tensor>> work;

    Pending(List<Tensor> tensors, Consumer<List<Tensor>> work) {
      this.work = work;
      try (PointerScope scope = new PointerScope()) {
        held = tensors.stream().map(Tensor::new).toList();
        held.forEach(Tensor::retainReference);
      }
      pending.add(this);
    }

    @Override
    public void end() {
      if (pending.contains(this)) {
        try {
          work.accept(held);
        } finally {
          release();
        }
      }
    }

    void release() {
      pending.remove(this);
      held.forEach(Tensor::releaseReference);
    }
  }

  @Override
  public long bytesSent() {
    return bytesSent + sums.bytesSent();
  }

  @Override
  public void close() {
    rounds.close();
    List.copyOf(pending).forEach(Pending::release);
  }
}
