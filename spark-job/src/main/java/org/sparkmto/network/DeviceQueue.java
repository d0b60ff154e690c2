package org.sparkmto.network;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DeviceGuardImplInterface;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.EventFlag;

/**
 * What a GPU has been told to do, in its order. The host does not wait for it: it leaves a mark and
 * asks, from any thread, whether the GPU has passed it.
 */
public final class DeviceQueue implements AutoCloseable {
  private final Device device;
  private final DeviceGuardImplInterface guard;
  private final PointerPointer<Pointer> mark;
  private boolean marked;

  /**
   * The queue of a GPU.
   *
   * @throws IllegalArgumentException if the device is none
   */
  public DeviceQueue(Device device) {
    if (!device.isCuda()) {
      throw new IllegalArgumentException(device + " does at once what it is told");
    }
    this.device = device;
    guard = torch.getDeviceGuardImpl(DeviceType.CUDA);
    mark = new PointerPointer<>(1);
    mark.retainReference();
    mark.put(0, (Pointer) null);
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

  /** Leaves the mark behind what this thread has told the GPU so far; moves it there if it is. */
  public synchronized void mark() {
    try (PointerScope scope = new PointerScope()) {
      guard.record(
          mark,
          guard.getStream(device.torchDevice()),
          (byte) device.index(),
          EventFlag.PYTORCH_DEFAULT);
      marked = true;
    }
  }

  /** Whether the GPU has done all before the mark; so it has where there is none. */
  public synchronized boolean passed() {
    return !marked || guard.queryEvent(mark.get(0));
  }

  @Override
  public synchronized void close() {
    if (marked) {
      guard.destroyEvent(mark.get(0), (byte) device.index());
      marked = false;
    }
    mark.releaseReference();
  }
}
