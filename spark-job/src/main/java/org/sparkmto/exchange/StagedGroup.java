package org.sparkmto.exchange;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.method.Slices;

/**
 * A group of ranks whose tensors lie on GPUs over one that moves the memory of hosts: what is
 * summed or gathered goes to the host and comes back. Exact, and as fast as the way to the host;
 * tensors that lie on the host already are handed on as they are.
 */
public final class StagedGroup implements RankGroup {
  private final RankGroup hosts;

  /** Takes the group over. */
  public StagedGroup(RankGroup hosts) {
    this.hosts = hosts;
  }

  @Override
  public int rank() {
    return hosts.rank();
  }

  @Override
  public int size() {
    return hosts.size();
  }

  @Override
  public void sum(double[] values) {
    hosts.sum(values);
  }

  @Override
  public void broadcast(double[] values) {
    hosts.broadcast(values);
  }

  @Override
  public void sum(Tensor values) {
    try (PointerScope call = new PointerScope()) {
      Tensor onHost = values.cpu();
      hosts.sum(onHost);
      back(onHost, values);
    }
  }

  @Override
  public void sumSlices(Tensor whole, Tensor own, Slices slices) {
    try (PointerScope call = new PointerScope()) {
      Tensor onHost = room(own);
      hosts.sumSlices(whole.cpu(), onHost, slices);
      back(onHost, own);
    }
  }

  @Override
  public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
    try (PointerScope call = new PointerScope()) {
      Tensor onHost = room(whole);
      hosts.gatherSlices(own.cpu(), onHost, slices);
      back(onHost, whole);
    }
  }

  /** Where something comes on the host that is to replace a tensor. */
  private static Tensor room(Tensor tensor) {
    return tensor.is_cpu() ? tensor : torch.empty(tensor.numel());
  }

  private static void back(Tensor onHost, Tensor tensor) {
    if (!tensor.is_cpu()) {
      tensor.copy_(onHost);
    }
  }

  @Override
  public long bytesSent() {
    return hosts.bytesSent();
  }

  @Override
  public void close() {
    hosts.close();
  }
}
