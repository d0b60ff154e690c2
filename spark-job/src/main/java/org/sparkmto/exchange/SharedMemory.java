package org.sparkmto.exchange;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Memory that the processes of all ranks have mapped. There every rank has two queues, into which
 * it alone writes: the places of one, in turn, and then the first again. Beside them it says how
 * far it has written, and how far it has read those of the others:
 *
 * <pre>
 * a page                     the file's token
 * 640 bytes a rank           chunks that it has written and read, of both queues; whether it left
 * 64 bytes a place           what lies in it: the chunk's number, kind and elements of its whole
 * 128 KiB a place            the chunk
 * </pre>
 *
 * <p>Chunks stay in the caches of the cores, so that what is handed on does not go through memory.
 */
final class SharedMemory implements AutoCloseable {
  /** Bytes of a place. */
  static final int PLACE = 1 << 17;

  /** The queue of what is to be added, and of all else that is done in one go. */
  static final int ADDENDS = 0;

  /** That of what has been added up. */
  static final int SUMS = 1;

  /** A mapped buffer has 31 bits of addresses. */
  static final int MOST_RANKS = 1000;

  private static final int QUEUES = 2;
  private static final int MOST_PLACES = 16;
  private static final int LEAST_PLACES = 2;

  /** Of a queue, of all ranks together, unless each would have too few. */
  private static final int ALL_PLACES = 64;

  private static final int PAGE = 4096;

  /** Cores fetch two lines of 64 bytes at a time. */
  private static final int LINE = 128;

  private static final int WRITTEN = 0;
  private static final int READ = LINE;
  private static final int OF_QUEUE = 2 * LINE;
  private static final int LEFT = QUEUES * OF_QUEUE;
  private static final int OF_RANK = LEFT + LINE;
  private static final int LABEL = 64;

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final int ranks;
  private final int places;
  private final Tensor all;
  private final ByteBuffer bytes;
  private final Map<ScalarType, Tensor[]> views = new HashMap<>();

  private SharedMemory(int ranks, Tensor all, ByteBuffer bytes) {
    this.ranks = ranks;
    this.places = places(ranks);
    this.all = all;
    this.bytes = bytes;
  }

  private static int places(int ranks) {
    return Math.max(LEAST_PLACES, Math.min(MOST_PLACES, ALL_PLACES / ranks));
  }

  /** Bytes for so many ranks. */
  static long bytes(int ranks) {
    return firstPlace(ranks) + (long) ranks * QUEUES * places(ranks) * PLACE;
  }

  private static long firstPlace(int ranks) {
    long labels = PAGE + ranks * (OF_RANK + (long) QUEUES * places(ranks) * LABEL);
    return (labels + PAGE - 1) / PAGE * PAGE;
  }

  /** Maps a file that {@link SharedFile} has filled. */
  static SharedMemory map(SharedFile.Place file, int ranks) {
    try (PointerScope opening = new PointerScope()) {
      Tensor all =
          torch.from_file(
              file.path(),
              new BoolOptional(true),
              new LongOptional(file.bytes()),
              new TensorOptions(ScalarType.Byte));
      ByteBuffer bytes =
          new BytePointer(all.data_ptr())
              .capacity(file.bytes())
              .asByteBuffer()
              .order(ByteOrder.nativeOrder());
      all.retainReference();
      return new SharedMemory(ranks, all, bytes);
    }
  }

  /** Places of a queue. */
  int places() {
    return places;
  }

  private static int ofRank(int rank, int what) {
    return PAGE + rank * OF_RANK + what;
  }

  private static int ofQueue(int rank, int queue, int what) {
    return ofRank(rank, queue * OF_QUEUE + what);
  }

  /** How many chunks a rank has written; what it wrote is there for who sees this. */
  long written(int rank, int queue) {
    return (long) LONGS.getAcquire(bytes, ofQueue(rank, queue, WRITTEN));
  }

  void written(int rank, int queue, long chunks) {
    LONGS.setRelease(bytes, ofQueue(rank, queue, WRITTEN), chunks);
  }

  /** How many chunks of each of the others a rank has read, or needs not to read. */
  long read(int rank, int queue) {
    return (long) LONGS.getAcquire(bytes, ofQueue(rank, queue, READ));
  }

  void read(int rank, int queue, long chunks) {
    LONGS.setRelease(bytes, ofQueue(rank, queue, READ), chunks);
  }

  /** Whether a rank has left the group. */
  boolean left(int rank) {
    return (long) LONGS.getAcquire(bytes, ofRank(rank, LEFT)) != 0;
  }

  void leave(int rank) {
    LONGS.setRelease(bytes, ofRank(rank, LEFT), 1L);
  }

  private int place(int rank, int queue, long chunk) {
    return (rank * QUEUES + queue) * places + (int) (chunk % places);
  }

  private int label(int rank, int queue, long chunk) {
    return PAGE + ranks * OF_RANK + place(rank, queue, chunk) * LABEL;
  }

  /** Says what a rank writes, before it says that it has. */
  void label(int rank, int queue, long chunk, long kind, long elements) {
    int at = label(rank, queue, chunk);
    bytes.putLong(at, chunk).putLong(at + 8, kind).putLong(at + 16, elements);
  }

  /** Whether that is what it has written. */
  boolean isLabelled(int rank, int queue, long chunk, long kind, long elements) {
    return bytes.getLong(label(rank, queue, chunk)) == chunk
        && kind(rank, queue, chunk) == kind
        && elements(rank, queue, chunk) == elements;
  }

  long kind(int rank, int queue, long chunk) {
    return bytes.getLong(label(rank, queue, chunk) + 8);
  }

  long elements(int rank, int queue, long chunk) {
    return bytes.getLong(label(rank, queue, chunk) + 16);
  }

  private long start(int place) {
    return firstPlace(ranks) + (long) place * PLACE;
  }

  /** The place of a chunk as a vector; kept here. */
  Tensor chunk(int rank, int queue, long chunk, ScalarType type) {
    return views.computeIfAbsent(type, this::typed)[place(rank, queue, chunk)];
  }

  private Tensor[] typed(ScalarType type) {
    Tensor[] typed = new Tensor[ranks * QUEUES * places];
    try (PointerScope scope = new PointerScope()) {
      for (int place = 0; place < typed.length; place++) {
        typed[place] = all.narrow(0, start(place), PLACE).view(type);
        typed[place].retainReference();
      }
    }
    return typed;
  }

  /** The same as bytes, of which the first are wanted. */
  ByteBuffer chunk(int rank, int queue, long chunk, int wanted) {
    return bytes
        .slice((int) start(place(rank, queue, chunk)), wanted)
        .order(ByteOrder.nativeOrder());
  }

  /** Unmaps it. Nothing may be asked of it afterwards. */
  @Override
  public void close() {
    views.values().stream().flatMap(Arrays::stream).forEach(Tensor::releaseReference);
    views.clear();
    all.releaseReference();
  }
}
