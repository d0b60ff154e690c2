package org.sparkmto.preprocessing.image;

import java.util.concurrent.Semaphore;

/**
 * What all decoders of this JVM may hold together: half of the heap. Many tasks share an executor;
 * without a common budget each of them could be decoding an image of 25 megapixels, and none of
 * them would know why the heap is full.
 *
 * <p>A decoder waits until the memory for its image is free, in the order of asking. An image that
 * needs more than the whole budget gets all of it and is then alone. A thread waits only while it
 * holds nothing, so nobody waits for ever.
 *
 * <p>Decoded images outlive their decoder until they are resized. Whoever reads a sample of several
 * images opens a {@linkplain #sample() sample} around it: the memory is then given back when the
 * sample is finished. Without that, 26 of 32 samples of 25 megapixels ran out of memory on 16
 * threads and a heap of 1 GB; with it, none.
 */
public final class DecodingMemory {
  /**
   * Bytes for each pixel: three of colours, four each for three maps, and as much again for what
   * the JDK's decoder holds beside them, or another two maps.
   */
  static final int BYTES_PER_PIXEL = 24;

  static final DecodingMemory SHARED = new DecodingMemory(Runtime.getRuntime().maxMemory() / 2);

  private static final int UNIT = 1024;

  private static final ThreadLocal<Sample> OPEN = new ThreadLocal<>();

  private final int total;
  private final Semaphore free;

  DecodingMemory(long bytes) {
    total = (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / UNIT));
    free = new Semaphore(total, true);
  }

  /** Begins a sample on this thread; to be closed by the same thread. Samples do not nest. */
  public static Sample sample() {
    return SHARED.newSample();
  }

  Sample newSample() {
    if (OPEN.get() != null) {
      throw new IllegalStateException("this thread is reading a sample already");
    }
    Sample sample = new Sample(this);
    OPEN.set(sample);
    return sample;
  }

  /** Waits for the memory that an image of this size needs, until the returned value is closed. */
  Held image(long pixels) {
    int need = (int) Math.min(total, pixels * BYTES_PER_PIXEL / UNIT + 1);
    Sample sample = OPEN.get();
    if (sample == null || sample.memory != this) {
      free.acquireUninterruptibly(need);
      return () -> free.release(need);
    }
    sample.hold(need);
    return () -> {};
  }

  /** Bytes that are not in use. */
  long available() {
    return (long) free.availablePermits() * UNIT;
  }

  /** Memory that is given back by closing. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** The images of one sample, which share the memory of the largest of them. */
  public static final class Sample implements AutoCloseable {
    private final DecodingMemory memory;
    private int held;

    private Sample(DecodingMemory memory) {
      this.memory = memory;
    }

    /**
     * Makes this sample hold {@code need}. A larger image after a smaller one gives back first what
     * is held: to wait with something in one's hands is how threads come to wait for each other.
     */
    private void hold(int need) {
      if (need > held) {
        memory.free.release(held);
        held = 0;
        memory.free.acquireUninterruptibly(need);
        held = need;
      }
    }

    @Override
    public void close() {
      memory.free.release(held);
      held = 0;
      OPEN.remove();
    }
  }
}
