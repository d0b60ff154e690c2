package org.sparkmto.exchange;

import java.time.Duration;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
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
  private final LocalStore store;
  private final ProcessGroupGloo group;
  private final GlooPeers peers;
  private final PeerSums sums;
  private long bytesSent;

  /** Takes the store over. */
  GlooGroup(
      int rank,
      int size,
      Duration deadline,
      Transport gradients,
      LocalStore store,
      ProcessGroupGloo group) {
    this.rank = rank;
    this.size = size;
    this.store = store;
    this.group = group;
    this.peers = new GlooPeers(rank, size, deadline, group);
    this.sums = new PeerSums(peers, gradients);
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
          peers.await(
              "a sum of " + values.length + (values.length == 1 ? " number" : " numbers"),
              group.allreduce(new TensorVector(tensor)));
          // A ring sends every element on 2 (N-1)/N times.
          bytesSent += 2L * (size - 1) * values.length * Double.BYTES / size;
        });
  }

  @Override
  public void sum(Tensor values) {
    try (PointerScope call = new PointerScope()) {
      peers.await("a sum of tensors", group.allreduce(new TensorVector(values)));
      bytesSent += 2L * (size - 1) * values.numel() * values.element_size() / size;
    }
  }

  @Override
  public void broadcast(double[] values) {
    withTensor(
        values,
        tensor -> {
          peers.await("the weights of rank 0", group.broadcast(new TensorVector(tensor)));
          bytesSent += rank == 0 ? (long) (size - 1) * values.length * Double.BYTES : 0;
        });
  }

  @Override
  public Underway beginSum(Tensor gradient) {
    return sums.beginSum(gradient);
  }

  @Override
  public Underway beginSlices(Tensor whole, Tensor own, Slices slices) {
    return sums.beginSlices(whole, own, slices);
  }

  @Override
  public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
    sums.gather(own, whole, slices);
  }

  @Override
  public void gatherGradient(Tensor own, Tensor whole, Slices slices) {
    sums.gatherGradient(own, whole, slices);
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

  static String firstLine(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  @Override
  public long bytesSent() {
    return bytesSent + peers.bytesSent();
  }

  @Override
  public void close() {
    sums.close();
    peers.close();
    group.releaseReference();
    store.close();
  }
}
