package org.sparkmto.network;

import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DeviceGuardImplInterface;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * A queue of a GPU beside the one in which libtorch computes: what is told to it goes on meanwhile.
 * Each waits for the other where it is told so. The host waits for neither: it leaves a mark and
 * asks, from any thread, whether the GPU has passed it.
 */
public final class DeviceQueue implements AutoCloseable {
  /** That of libtorch. */
  private static final CUstream_st DEFAULT = null;

  private final Device device;
  private final DeviceGuardImplInterface guard;
  private final CUstream_st stream = new CUstream_st();
  private final CUevent_st told = new CUevent_st();
  private final CUevent_st mark = new CUevent_st();
  private boolean marked;

  /**
   * A queue of a GPU.
   *
   * @throws IllegalArgumentException if the device is none
   */
  public DeviceQueue(Device device) {
    if (!device.isCuda()) {
      throw new IllegalArgumentException(device + " does at once what it is told");
    }
    this.device = device;
    guard = torch.getDeviceGuardImpl(DeviceType.CUDA);
    enter();
    require(cudart.cudaStreamCreateWithFlags(stream, cudart.cudaStreamNonBlocking));
    require(cudart.cudaEventCreateWithFlags(told, cudart.cudaEventDisableTiming));
    require(cudart.cudaEventCreateWithFlags(mark, cudart.cudaEventDisableTiming));
    stream.retainReference();
    told.retainReference();
    mark.retainReference();
  }

  /** Makes the GPU the one that CUDA means when this thread names none. */
  public void enter() {
    try (PointerScope scope = new PointerScope()) {
      guard.setDevice(device.torchDevice());
    }
  }

  /** Whether what libtorch computes in this thread goes to the stream that has no name. */
  public boolean isDefault() {
    try (PointerScope scope = new PointerScope()) {
      return guard.getStream(device.torchDevice()).id() == 0;
    }
  }

  /** The queue as CUDA knows it; borrowed. */
  public CUstream_st stream() {
    return stream;
  }

  /** What is told to the queue from now on waits for what libtorch was told before. */
  public synchronized void follow() {
    require(cudart.cudaEventRecord(told, DEFAULT));
    require(cudart.cudaStreamWaitEvent(stream, told, 0));
  }

  /** Leaves the mark behind what the queue was told so far; moves it there if it is. */
  public synchronized void mark() {
    require(cudart.cudaEventRecord(mark, stream));
    marked = true;
  }

  /** What libtorch is told from now on waits for the mark. */
  public synchronized void join() {
    if (marked) {
      require(cudart.cudaStreamWaitEvent(DEFAULT, mark, 0));
    }
  }

  /** Whether the GPU has done all before the mark; so it has where there is none. */
  public synchronized boolean passed() {
    return !marked || cudart.cudaEventQuery(mark) == cudart.cudaSuccess;
  }

  private static void require(int result) {
    if (result != cudart.cudaSuccess) {
      throw new IllegalStateException(
          "CUDA cannot: " + cudart.cudaGetErrorString(result).getString());
    }
  }

  @Override
  public synchronized void close() {
    marked = false;
    cudart.cudaEventDestroy(mark);
    cudart.cudaEventDestroy(told);
    cudart.cudaStreamDestroy(stream);
    mark.releaseReference();
    told.releaseReference();
    stream.releaseReference();
  }
}
