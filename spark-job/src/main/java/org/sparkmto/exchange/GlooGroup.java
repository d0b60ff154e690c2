package org.sparkmto.exchange;

import java.time.Duration;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.method.Slices;

/**
 * A group over libtorch's Gloo process group: TCP between CPUs. The ranks learn of each other
 * through the driver, whose channel Spark authenticates, and never from each other: {@link
 * Joining}.
 */
public final class GlooGroup implements RankGroup {
  private final int rank;
  private final int size;
  private final Duration deadline;
  private final LocalStore store;
  private final ProcessGroupGloo group;
  private Tensor staging;
  private long bytesSent;

  /** Takes the store over. */
  GlooGroup(int rank, int size, Duration deadline, LocalStore store, ProcessGroupGloo group) {
    this.rank = rank;
    this.size = size;
    this.deadline = deadline;
    this.store = store;
    this.group = group;
  }

  /**
   * Joins the group of an attempt; returns when all ranks have.
   *
   * @param driver the channel of the attempt; ranks of another one cannot join
   * @param address of this rank's own network interface, the only one that it listens on
   * @param deadline of this call as a whole, and later of every single operation
   * @throws ExchangeException if the others do not join before the deadline, or the attempt is over
   */
  public static GlooGroup join(
      DriverChannel driver, int rank, int size, String address, Duration deadline)
      throws InterruptedException {
    return new Joining(driver, rank, size, address, deadline).join();
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
    withTensor(
        values,
        tensor -> {
          await(
              "a sum of " + values.length + (values.length == 1 ? " number" : " numbers"),
              group.allreduce(new TensorVector(tensor)));
          // A ring sends every element on 2 (N-1)/N times.
          bytesSent += 2L * (size - 1) * values.length * Double.BYTES / size;
        });
  }

  @Override
  public void sum(Tensor values) {
    try (PointerScope call = new PointerScope()) {
      await("a sum of tensors", group.allreduce(new TensorVector(values)));
      bytesSent += 2L * (size - 1) * values.numel() * values.element_size() / size;
    }
  }

  @Override
  public void broadcast(double[] values) {
    withTensor(
        values,
        tensor -> {
          await("the weights of rank 0", group.broadcast(new TensorVector(tensor)));
          bytesSent += rank == 0 ? (long) (size - 1) * values.length * Double.BYTES : 0;
        });
  }

  @Override
  public void sumSlices(Tensor whole, Tensor own, Slices slices) {
    try (PointerScope call = new PointerScope()) {
      long length = slices.length(rank);
      long[] sent = new long[size];
      long[] received = new long[size];
      for (int peer = 0; peer < size; peer++) {
        sent[peer] = slices.length(peer);
        received[peer] = length;
      }
      Tensor parts = staging(size * length);
      await(
          "the slices of a gradient",
          group.alltoall_base(parts, whole, new LongVector(received), new LongVector(sent)));
      // Added in the order of ranks: the same bits in every run.
      own.copy_(parts.narrow(0, 0, length));
      for (int peer = 1; peer < size; peer++) {
        own.add_(parts.narrow(0, peer * length, length));
      }
      bytesSent += (slices.elements() - length) * Float.BYTES;
    }
  }

  @Override
  public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
    try (PointerScope call = new PointerScope()) {
      long length = slices.length(rank);
      long[] sent = new long[size];
      long[] received = new long[size];
      for (int peer = 0; peer < size; peer++) {
        sent[peer] = length;
        received[peer] = slices.length(peer);
      }
      Tensor copies = staging(size * length);
      copies.view(size, length).copy_(own);
      await(
          "the slices of the combined gradient",
          group.alltoall_base(whole, copies, new LongVector(received), new LongVector(sent)));
      bytesSent += (size - 1) * length * Float.BYTES;
    }
  }

  /**
   * Memory for a copy of the slices, kept for the next call: the system gives and takes back so
   * large a piece page by page, which took longer than sending it.
   */
  private Tensor staging(long elements) {
    if (staging == null || staging.numel() < elements) {
      releaseStaging();
      staging = torch.empty(elements);
      staging.retainReference();
    }
    return staging.narrow(0, 0, elements);
  }

  private void releaseStaging() {
    if (staging != null) {
      staging.releaseReference();
      staging = null;
    }
  }

  private interface OnTensor {
    void run(Tensor tensor);
  }

  private static void withTensor(double[] values, OnTensor operation) {
    try (PointerScope call = new PointerScope()) {
      Tensor tensor =
          torch.empty(new long[] {values.length}, new TensorOptions(ScalarType.Double), null);
      DoublePointer data = tensor.data_ptr_double().capacity(values.length);
      data.put(values);
      operation.run(tensor);
      data.get(values);
    }
  }

  private void await(String what, Work work) {
    try {
      work._wait(new Milliseconds(deadline.toMillis()));
    } catch (RuntimeException e) {
      throw new ExchangeException(
          "rank " + rank + " of " + size + " waited for " + what + ": " + firstLine(e), e);
    }
  }

  static String firstLine(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  @Override
  public long bytesSent() {
    return bytesSent;
  }

  @Override
  public void close() {
    releaseStaging();
    group.releaseReference();
    store.close();
  }
}
