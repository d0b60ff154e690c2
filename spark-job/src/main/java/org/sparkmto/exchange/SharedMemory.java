package org.sparkmto.exchange;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * Memory that the processes of all ranks have mapped. Every rank has a few places there into which
 * it alone writes, one after the other and then the first again, and beside them says how far it
 * has written and read:
 *
 * <pre>
 * a page                     the file's token
 * 512 bytes a rank           how many rounds it has written, how many it has read, whether it left
 * 64 bytes a place           what lies in it: round, kind of the operation, its elements
 * 256 KiB a place            what a rank hands to others in a round
 * </pre>
 *
 * <p>Places stay in the caches of the cores, so that what is handed on does not go through memory.
 */
final class SharedMemory implements AutoCloseable {
  /** Bytes of a place. */
  static final int PLACE = 1 << 18;

  /** Places of a rank. What is written before the first is read again takes three. */
  static final int PLACES = 4;

  /** A mapped buffer has 31 bits of addresses. */
  static final int MOST_RANKS = 1000;

  private static final int PAGE = 4096;

  /** Cores fetch two lines of 64 bytes at a time. */
  private static final int LINE = 128;

  private static final int OF_RANK = 4 * LINE;
  private static final int WRITTEN = 0;
  private static final int READ = LINE;
  private static final int LEFT = 2 * LINE;
  private static final int LABEL = 64;

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final int ranks;
  private final Tensor all;
  private final ByteBuffer bytes;
  private final Map<ScalarType, Tensor[][]> places = new HashMap<>();

  private SharedMemory(int ranks, Tensor all, ByteBuffer bytes) {
    this.ranks = ranks;
    this.all = all;
    this.bytes = bytes;
  }

  /** Bytes for so many ranks. */
  static long bytes(int ranks) {
    return firstPlace(ranks) + (long) ranks * PLACES * PLACE;
  }

  private static long firstPlace(int ranks) {
    long labels = PAGE + (long) ranks * (OF_RANK + PLACES * LABEL);
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

  private static int ofRank(int rank, int what) {
    return PAGE + rank * OF_RANK + what;
  }

  private long number(int rank, int what) {
    return (long) LONGS.getAcquire(bytes, ofRank(rank, what));
  }

  /** How many rounds a rank has written; what it wrote is there for who sees this. */
  long written(int rank) {
    return number(rank, WRITTEN);
  }

  void written(int rank, long rounds) {
    LONGS.setRelease(bytes, ofRank(rank, WRITTEN), rounds);
  }

  /** How many rounds a rank has read, or needs not to read. */
  long read(int rank) {
    return number(rank, READ);
  }

  void read(int rank, long rounds) {
    LONGS.setRelease(bytes, ofRank(rank, READ), rounds);
  }

  /** Whether a rank has left the group. */
  boolean left(int rank) {
    return number(rank, LEFT) != 0;
  }

  void leave(int rank) {
    LONGS.setRelease(bytes, ofRank(rank, LEFT), 1L);
  }

  private int label(int rank, long round) {
    int place = (int) (round % PLACES);
    return PAGE + ranks * OF_RANK + (rank * PLACES + place) * LABEL;
  }

  /** Says what a rank writes in a round, before it says that it has. */
  void label(int rank, long round, long kind, long elements) {
    int at = label(rank, round);
    bytes.putLong(at, round).putLong(at + 8, kind).putLong(at + 16, elements);
  }

  /** Whether that is what it has written. */
  boolean isLabelled(int rank, long round, long kind, long elements) {
    return bytes.getLong(label(rank, round)) == round
        && kind(rank, round) == kind
        && elements(rank, round) == elements;
  }

  long kind(int rank, long round) {
    return bytes.getLong(label(rank, round) + 8);
  }

  long elements(int rank, long round) {
    return bytes.getLong(label(rank, round) + 16);
  }

  private long start(int rank, int place) {
    return firstPlace(ranks) + ((long) rank * PLACES + place) * PLACE;
  }

  /** The place of a rank in a round as a vector; kept here. */
  Tensor place(int rank, long round, ScalarType type) {
    return places.computeIfAbsent(type, this::typed)[rank][(int) (round % PLACES)];
  }

  private Tensor[][] typed(ScalarType type) {
    Tensor[][] views = new Tensor[ranks][PLACES];
    try (PointerScope scope = new PointerScope()) {
      for (int rank = 0; rank < ranks; rank++) {
        for (int place = 0; place < PLACES; place++) {
          views[rank][place] = all.narrow(0, start(rank, place), PLACE).view(type);
          views[rank][place].retainReference();
        }
      }
    }
    return views;
  }

  /** The same as bytes, of which the first are wanted. */
  ByteBuffer place(int rank, long round, int wanted) {
    return bytes
        .slice((int) start(rank, (int) (round % PLACES)), wanted)
        .order(ByteOrder.nativeOrder());
  }

  /** Unmaps it. Nothing may be asked of it afterwards. */
  @Override
  public void close() {
    for (Tensor[][] views : places.values()) {
      for (Tensor[] own : views) {
        for (Tensor view : own) {
          view.releaseReference();
        }
      }
    }
    places.clear();
    all.releaseReference();
  }
}
