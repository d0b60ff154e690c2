package org.sparkmto.exchange;

import static org.sparkmto.exchange.SharedMemory.ADDENDS;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.exchange.SharedQueues.Collective;
import org.sparkmto.exchange.SharedQueues.Turn;
import org.sparkmto.method.Slices;

/**
 * A group of ranks on one machine, each a process or a thread, that hand each other what they have
 * in memory which all of them have mapped: {@link SharedMemory}, {@link SharedSums}.
 *
 * <p>What is begun is done when it is ended. The cores that compute would do the copying in any
 * case, and nobody waits in the middle of a pass for a peer.
 */
public final class SharedMemoryGroup implements RankGroup {
  private final SharedQueues queues;
  private final Transport as;
  private final int rank;
  private final int size;
  private final SharedSums sums;
  private final Set<Pending> pending = new LinkedHashSet<>();
  private long bytesSent;

  /** Takes the queues over. */
  SharedMemoryGroup(SharedQueues queues, Transport gradients) {
    this.queues = queues;
    this.as = gradients;
    this.rank = queues.rank();
    this.size = queues.size();
    this.sums = new SharedSums(queues, gradients);
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
    try (Turn turn = queues.begin(Collective.SUM_OF_NUMBERS, ScalarType.Double, values.length)) {
      for (int from = 0; from < values.length; from += turn.capacity()) {
        int length = Math.min(turn.capacity(), values.length - from);
        doubles(turn.toWrite(ADDENDS, length * Double.BYTES)).put(values, from, length);
        turn.written(ADDENDS);
        double[] own = new double[length];
        System.arraycopy(values, from, own, 0, length);
        for (int peer = 0; peer < size; peer++) {
          DoubleBuffer theirs =
              peer == rank
                  ? DoubleBuffer.wrap(own)
                  : doubles(turn.toRead(ADDENDS, peer, length * Double.BYTES));
          for (int i = 0; i < length; i++) {
            double value = theirs.get(i);
            values[from + i] = peer == 0 ? value : values[from + i] + value;
          }
        }
        turn.read(ADDENDS);
      }
    }
    bytesSent += (size - 1L) * values.length * Double.BYTES;
  }

  private static DoubleBuffer doubles(ByteBuffer bytes) {
    return bytes.order(ByteOrder.nativeOrder()).asDoubleBuffer();
  }

  @Override
  public void broadcast(double[] values) {
    try (Turn turn = queues.begin(Collective.WEIGHTS, ScalarType.Double, values.length)) {
      for (int from = 0; from < values.length; from += turn.capacity()) {
        int length = Math.min(turn.capacity(), values.length - from);
        DoubleBuffer own = doubles(turn.toWrite(ADDENDS, length * Double.BYTES));
        if (rank == 0) {
          own.put(values, from, length);
        }
        turn.written(ADDENDS);
        if (rank != 0) {
          doubles(turn.toRead(ADDENDS, 0, length * Double.BYTES)).get(values, from, length);
        }
        turn.read(ADDENDS);
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
    return new Pending(List.of(gradient), Optional.empty());
  }

  @Override
  public Underway beginSlices(Tensor whole, Tensor own, Slices slices) {
    return new Pending(List.of(whole, own), Optional.of(slices));
  }

  @Override
  public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
    sums.gather(own, whole, slices, Transport.FLOAT32);
  }

  @Override
  public void gatherGradient(Tensor own, Tensor whole, Slices slices) {
    sums.gather(own, whole, slices, as);
  }

  /** What was begun and is to be done: a sum, or that of slices. */
  private final class Pending implements Underway {
    private final List<Tensor> held;
    private final Optional<Slices> slices;

    Pending(List<Tensor> tensors, Optional<Slices> slices) {
      this.slices = slices;
      try (PointerScope scope = new PointerScope()) {
        held = tensors.stream().map(Tensor::new).toList();
        held.forEach(Tensor::retainReference);
      }
      pending.add(this);
    }

    @Override
    public void end() {
      if (!pending.contains(this)) {
        return;
      }
      if (slices.isPresent()) {
        try {
          sums.slices(held.get(0), held.get(1), slices.get());
        } finally {
          release();
        }
      } else {
        endSums();
      }
    }

    /** With the sums that were begun after it, so that ranks wait less for each other. */
    private void endSums() {
      List<Pending> together =
          pending.stream()
              .dropWhile(each -> each != this)
              .takeWhile(each -> each.slices.isEmpty() && each.type() == type())
              .toList();
      try {
        sums.sumGradients(together.stream().map(each -> each.held.get(0)).toList());
      } finally {
        together.forEach(Pending::release);
      }
    }

    private ScalarType type() {
      return held.get(0).scalar_type().intern();
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
    queues.close();
    List.copyOf(pending).forEach(Pending::release);
  }
}
