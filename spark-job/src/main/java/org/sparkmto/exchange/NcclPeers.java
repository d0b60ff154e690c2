package org.sparkmto.exchange;

import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Pieces from GPU to GPU. */
final class NcclPeers implements Peers {
  private final int rank;
  private final int size;
  private final NcclCommunicator gpus;
  private long bytesSent;

  NcclPeers(int rank, int size, NcclCommunicator gpus) {
    this.rank = rank;
    this.size = size;
    this.gpus = gpus;
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
    try (PointerScope call = new PointerScope()) {
      for (Tensor piece : to) {
        bytesSent += piece == null ? 0 : piece.numel() * piece.element_size();
      }
      return gpus.tell(what, (all, queue) -> Nccl.together(() -> each(to, from, all, queue)));
    }
  }

  private int each(Tensor[] to, Tensor[] from, ncclComm all, CUstream_st queue) {
    int result = nccl.ncclSuccess;
    for (int peer = 0; peer < size && result == nccl.ncclSuccess; peer++) {
      Tensor out = to[peer];
      Tensor in = from[peer];
      if (out != null) {
        result = nccl.ncclSend(out.data_ptr(), out.numel(), Nccl.type(out), peer, all, queue);
      }
      if (in != null && result == nccl.ncclSuccess) {
        result = nccl.ncclRecv(in.data_ptr(), in.numel(), Nccl.type(in), peer, all, queue);
      }
    }
    return result;
  }
}
