package org.sparkmto.exchange;

import java.time.Duration;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.method.Slices;

/**
 * A group over libtorch's Gloo process group: TCP between CPUs. Rank 0 serves the store in which
 * the ranks find each other; its keys carry the name of the attempt, so a rank of an older attempt
 * cannot join.
 */
public final class GlooGroup implements RankGroup {
  private final int rank;
  private final int size;
  private final Duration deadline;
  private final TCPStore store;
  private final PrefixStore keys;
  private final ProcessGroupGloo group;
  private Tensor staging;
  private long bytesSent;

  private GlooGroup(
      int rank, int size, Duration deadline, TCPStore store, String name, String address) {
    this.rank = rank;
    this.size = size;
    this.deadline = deadline;

    this.store = store;
    ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(milliseconds(deadline));
    options.devices(new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(address)));
    options.threads(2);
    keys = new PrefixStore(name, store);
    group = new ProcessGroupGloo(keys, rank, size, options);
    // The binding frees a store when its Java object goes, whoever in C++ still points at it: both
    // stores must stay until the group is gone, or its end writes into memory of others.
    keys.retainReference();
  }

  /** The store of rank 0, already listening; the port goes to the other ranks. */
  public static final class Listening implements AutoCloseable {
    private TCPStore store;

    private Listening(String address, Duration deadline) {
      try (PointerScope opening = new PointerScope()) {
        store = new TCPStore(address, options(0, true, deadline));
        store.retainReference();
      } catch (RuntimeException e) {
        throw new ExchangeException(
            "rank 0 cannot listen on " + address + ": " + e.getMessage(), e);
      }
    }

    /** The port that the other ranks connect to. */
    public int port() {
      return store.getPort() & 0xffff;
    }

    @Override
    public void close() {
      if (store != null) {
        store.releaseReference();
        store = null;
      }
    }
  }

  /** Opens rank 0's store on a free port of this address. */
  public static Listening listen(String address, Duration deadline) {
    return new Listening(address, deadline);
  }

  /**
   * Joins as rank 0; takes the store over.
   *
   * @param name name of the attempt, the same on all ranks and used never again
   */
  public static GlooGroup lead(
      Listening listening, String name, int size, String address, Duration deadline) {
    TCPStore store = listening.store;
    listening.store = null;
    return join(store, name, 0, size, address, deadline);
  }

  /**
   * Joins as another rank.
   *
   * @param address address of this rank's own network interface
   */
  public static GlooGroup follow(
      String leader, int port, String name, int rank, int size, String address, Duration deadline) {
    TCPStore store;
    try (PointerScope opening = new PointerScope()) {
      store = new TCPStore(leader, options(port, false, deadline));
      store.retainReference();
    } catch (RuntimeException e) {
      throw new ExchangeException(
          "rank " + rank + " cannot reach rank 0 at " + leader + ":" + port + ": " + e.getMessage(),
          e);
    }
    return join(store, name, rank, size, address, deadline);
  }

  private static GlooGroup join(
      TCPStore store, String name, int rank, int size, String address, Duration deadline) {
    try (PointerScope opening = new PointerScope()) {
      GlooGroup group = new GlooGroup(rank, size, deadline, store, name, address);
      group.group.retainReference();
      return group;
    } catch (RuntimeException e) {
      store.releaseReference();
      throw new ExchangeException(
          "rank " + rank + " of " + size + " cannot join " + name + ": " + e.getMessage(), e);
    }
  }

  private static TCPStoreOptions options(int port, boolean server, Duration deadline) {
    return new TCPStoreOptions()
        .port((short) port)
        .isServer(server)
        .waitWorkers(false)
        .timeout(milliseconds(deadline));
  }

  private static Milliseconds milliseconds(Duration duration) {
    return new Milliseconds(duration.toMillis());
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
              "a sum of " + values.length + " numbers", group.allreduce(new TensorVector(tensor)));
          // A ring sends every element on 2 (N-1)/N times.
          bytesSent += 2L * (size - 1) * values.length * Double.BYTES / size;
        });
  }

  @Override
  public void sum(Tensor values) {
    try (PointerScope call = new PointerScope()) {
      await("a sum of gradients", group.allreduce(new TensorVector(values)));
      bytesSent += 2L * (size - 1) * values.numel() * Float.BYTES / size;
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
      work._wait(milliseconds(deadline));
    } catch (RuntimeException e) {
      throw new ExchangeException(
          "rank " + rank + " of " + size + " waited for " + what + ": " + firstLine(e), e);
    }
  }

  private static String firstLine(RuntimeException e) {
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
    keys.releaseReference();
    store.releaseReference();
  }
}
