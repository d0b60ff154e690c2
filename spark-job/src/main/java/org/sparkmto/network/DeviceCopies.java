package org.sparkmto.network;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DeviceGuardImplInterface;
import org.bytedeco.pytorch.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.EventFlag;

/**
 * Copies from the host to a GPU, in a stream of their own. A rank hands a batch over while the GPU
 * still computes the backward pass and the update of the step before, for which the host does not
 * wait; so the copy is made beside that, one batch ahead of what is computed.
 *
 * <p>Of libtorch only what is the same for every kind of device is called, which is in every build.
 */
final class DeviceCopies {
  private static final Map<Device, DeviceCopies> ALL = new ConcurrentHashMap<>();

  private final Device device;
  private final DeviceGuardImplInterface guard;
  private final Stream copying;

  private DeviceCopies(Device device) {
    this.device = device;
    guard = torch.getDeviceGuardImpl(DeviceType.CUDA);
    try (PointerScope scope = new PointerScope()) {
      copying = guard.getStreamFromGlobalPool(device.torchDevice(), false);
      copying.retainReference();
    }
  }

  /** Copies to one GPU; they are in one stream, whoever asks. */
  static DeviceCopies to(Device device) {
    return ALL.computeIfAbsent(device, DeviceCopies::new);
  }

  /** A copy, which whatever this thread computes from now on waits for; in the caller's scope. */
  Tensor take(Tensor host) {
    Stream computing = guard.getStream(device.torchDevice());
    Tensor there;
    guard.exchangeStream(copying);
    try {
      // Only from pages that stay where they are a GPU copies by itself.
      there = device.copy(host.pin_memory());
    } finally {
      guard.exchangeStream(computing);
    }
    byte index = (byte) device.index();
    try (PointerPointer<Pointer> mark = new PointerPointer<>(1)) {
      mark.put(0, (Pointer) null);
      guard.record(mark, copying, index, EventFlag.PYTORCH_DEFAULT);
      guard.block(mark.get(0), computing);
      guard.destroyEvent(mark.get(0), index);
    }
    // The memory is the copying stream's: without this it might write the next batch there while
    // this one is still computed with.
    there.record_stream(computing);
    return there;
  }
}
